/**
 * The value at a dotted path. As in the framework, paths lead only through maps: keys with dots and list items cannot
 * be reached.
 */
export function fieldAt(object: unknown, path: string): { found: boolean; value?: unknown } {
  let here: unknown = object;
  for (const step of path.split('.')) {
    if (here === null || typeof here !== 'object' || Array.isArray(here)) return { found: false };
    if (!Object.hasOwn(here, step)) return { found: false };
    here = (here as Record<string, unknown>)[step];
  }
  return { found: true, value: here };
}

/** A value as Go's `%v` prints it after JSON decoding, which is what the framework compares with. Map keys are sorted. */
export function printedAsGo(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'number') return printedNumber(value);
  if (Array.isArray(value)) return `[${value.map(printedAsGo).join(' ')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[${entries.map(([key, item]) => `${key}:${printedAsGo(item)}`).join(' ')}]`;
  }
  return String(value);
}

/** Integers stay integers; floats follow `%v`, which turns to an exponent below 1e-4 and from 1e21 on, with at least two digits in it. */
function printedNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return value.toFixed(0);
  const magnitude = Math.abs(value);
  const text = magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e21) ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}
