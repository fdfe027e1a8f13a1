/** The form of a value in a document. */
export type Shape =
  | { is: 'text' }
  | { is: 'int32' }
  | { is: 'boolean' }
  | { is: 'duration' }
  | { is: 'list'; of: Shape }
  /** Any names, all values text. */
  | { is: 'texts' }
  | { is: 'fields'; fields: Readonly<Record<string, Shape>> }
  /** Any value, as JSON. */
  | { is: 'json' }
  /** Any value; it is not read. */
  | { is: 'any' };

export const text: Shape = { is: 'text' };
export const int32: Shape = { is: 'int32' };
export const boolean: Shape = { is: 'boolean' };
export const duration: Shape = { is: 'duration' };
export const texts: Shape = { is: 'texts' };
export const any: Shape = { is: 'any' };
export const list = (of: Shape): Shape => ({ is: 'list', of });
export const fields = (members: Readonly<Record<string, Shape>>): Shape => ({ is: 'fields', fields: members });
export const json: Shape = { is: 'json' };
