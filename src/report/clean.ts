import { sanitise } from '../text/sanitise.ts';

const LONGEST = 2_000;

/** A text as a report may hold it: sanitised, and no longer than a person reads. */
export const clean = (text: string): string => sanitise(text, LONGEST);

/** A word as a shell takes it, whatever it holds; sanitised, so that a name with control characters is not the file's any more. */
export function shellWord(text: string): string {
  const word = clean(text);
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
