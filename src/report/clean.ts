import { sanitise } from '../text/sanitise.ts';

const LONGEST = 2_000;

/** A text for a report: sanitised, and cut to a readable length. */
export const clean = (text: string): string => sanitise(text, LONGEST);

/** A text quoted as one word for a shell. It is sanitised, so a path with control characters no longer names its file. */
export function shellWord(text: string): string {
  const word = clean(text);
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
