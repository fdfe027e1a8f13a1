/**
 * JSON as Go's encoding/json writes it: compact, keys of maps sorted by bytes, `<`, `>`, `&`, U+2028 and U+2029 escaped.
 * The checksum of an undo record covers these bytes, so one different escape would make the record invalid. No library does this.
 */

/** A number that keeps its text, because a JavaScript number would round it. */
export class RawNumber {
  readonly text: string;
  constructor(text: string) {
    if (!/^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(text)) {
      throw new TypeError(`not a JSON number: ${text}`);
    }
    this.text = text;
  }
}

export type GoValue =
  | null
  | boolean
  | number
  | string
  | RawNumber
  | readonly GoValue[]
  | { readonly [key: string]: GoValue };

/** Serialises `value`. `keys`: `sorted` for Go maps, `as-given` for Go structs. */
export function goJson(value: GoValue, keys: 'sorted' | 'as-given' = 'sorted'): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return goString(value);
  if (typeof value === 'number') return goNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (value instanceof RawNumber) return value.text;
  if (isList(value)) return `[${value.map(item => goJson(item, keys)).join(',')}]`;
  const names = Object.keys(value);
  if (keys === 'sorted') names.sort(byBytes);
  return `{${names.map(name => `${goString(name)}:${goJson(value[name] ?? null, keys)}`).join(',')}}`;
}

function isList(value: GoValue): value is readonly GoValue[] {
  return Array.isArray(value);
}

/** Go compares keys as UTF-8; UTF-16 order differs from it beyond the basic plane. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}

function goNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`not a JSON number: ${value}`);
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Go keeps the short escapes \b \f \n \r \t; other control characters and those special in HTML become \u00xx. */
function goString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll(
    /[<>&\u2028\u2029]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
