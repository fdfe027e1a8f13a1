/** A JSON object from the cluster whose fields are read one by one. */
export type Fields = Readonly<Record<string, unknown>>;

const NOTHING: Fields = Object.freeze({});

/** Whether the value is a JSON object: neither null nor a list. */
export const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as a JSON object; an empty one when it is something else. */
export const fields = (value: unknown): Fields => (isFields(value) ? value : NOTHING);

/** The value as a list of JSON objects; empty when it is something else. */
export const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : []);

/** The strings of a list. */
export const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter(one => typeof one === 'string') : [];

/** The value as text; empty when it is something else. Numbers become text, since ports may be either. */
export const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

/** The value as a number; `otherwise` when it is something else. */
export const number = (value: unknown, otherwise = 0): number => (typeof value === 'number' ? value : otherwise);

/** A map of strings: labels, selectors. */
export const textMap = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fields(value)).map(([key, one]) => [key, text(one)]));

/** An RFC 3339 time in milliseconds; undefined where it is none. */
export function time(value: unknown): number | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(at) ? at : undefined;
}
