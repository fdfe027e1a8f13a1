// What no terminal and no editor draws as itself: control characters, bidi controls, zero-width and other invisible characters, lone
// surrogates. Line feeds are left: JSON and YAML hold them only between values, or as the lines of a block of text.
const UNSEEN = /[\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]|(?!\n)\p{Cc}/gu;

const unit = (code: number) => `\\u${code.toString(16).padStart(4, '0')}`;

/** Writes whatever cannot be seen as an escape of its UTF-16 units, or as `as` says. */
export function escapeUnseen(text: string, as = units): string {
  return text.replace(UNSEEN, as);
}

/** Whether a text holds something that cannot be seen. */
export const holdsUnseen = (text: string): boolean => text.search(UNSEEN) >= 0;

const units = (found: string): string =>
  Array.from({ length: found.length }, (_, index) => unit(found.charCodeAt(index))).join('');

/** JSON that says exactly what the value is and is harmless on a terminal. */
export const jsonText = (value: unknown, indent?: number): string =>
  escapeUnseen(JSON.stringify(value, null, indent) ?? 'null');

/** The value that a text says as JSON; undefined where it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
