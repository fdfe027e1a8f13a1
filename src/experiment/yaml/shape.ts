/** What a place in a document must hold. */
export type Shape =
  | { shape: 'text' }
  | { shape: 'int32' }
  | { shape: 'boolean' }
  | { shape: 'duration' }
  | { shape: 'list'; of: Shape }
  /** Any names, all values text. */
  | { shape: 'texts' }
  | { shape: 'fields'; fields: Readonly<Record<string, Shape>> }
  /** Any value, as JSON. */
  | { shape: 'json' }
  /** Accepted unread. */
  | { shape: 'any' };

export const text: Shape = { shape: 'text' };
export const int32: Shape = { shape: 'int32' };
export const boolean: Shape = { shape: 'boolean' };
export const duration: Shape = { shape: 'duration' };
export const texts: Shape = { shape: 'texts' };
export const any: Shape = { shape: 'any' };
export const list = (of: Shape): Shape => ({ shape: 'list', of });
export const fields = (members: Readonly<Record<string, Shape>>): Shape => ({ shape: 'fields', fields: members });
export const json: Shape = { shape: 'json' };
