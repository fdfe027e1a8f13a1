// Characters that terminals and editors do not show: control characters, bidi controls, zero-width and other
// invisible characters, lone surrogates. Line feeds are kept: JSON and YAML have them only between values, or in
// block texts.
const INVISIBLE_CHARACTERS = /[\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]|(?!\n)\p{Cc}/gu;

const unit = (code: number) => `\\u${code.toString(16).padStart(4, '0')}`;

/** Replaces invisible characters with escapes of their UTF-16 units, or with what `as` returns. */
export function escapeInvisible(text: string, as = units): string {
  return text.replace(INVISIBLE_CHARACTERS, as);
}

/** Whether a text has invisible characters. */
export const hasInvisible = (text: string): boolean => text.search(INVISIBLE_CHARACTERS) >= 0;

const units = (found: string): string =>
  Array.from({ length: found.length }, (_, index) => unit(found.charCodeAt(index))).join('');

/** The JSON of a value with invisible characters escaped, so that it is safe on a terminal. */
export const jsonText = (value: unknown, indent?: number): string =>
  escapeInvisible(JSON.stringify(value, null, indent) ?? 'null');

/**
 * The records of a text of one JSON record a line, and the numbers of the lines that `recordOf` does not know. The last line
 * may be incomplete after a crash (it has no line feed then): it is left out, and not counted as broken.
 */
export function recordsOf<T>(
  lines: readonly string[],
  recordOf: (value: unknown) => T | undefined,
): { records: T[]; broken: number[] } {
  const records: T[] = [];
  const broken: number[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const record = recordOf(parsedJson(line));
    if (record !== undefined) records.push(record);
    else if (index < lines.length - 1) broken.push(index + 1);
  }
  return { records, broken };
}

/** The value of a JSON text; undefined when it is not JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
