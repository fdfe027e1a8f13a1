import { cut } from '../../text/cut.ts';
import type { Clean } from '../../text/sanitise.ts';
import { width } from '../../text/width.ts';

/** Breaks plain text at blanks into lines of at most `columns`; a single longer word is cut. */
export function wrap(text: string, columns: number): string[] {
  const room = Math.max(1, columns);
  const lines: string[] = [];
  let now = '';
  for (const word of text.split(/ +/)) {
    const joined = now === '' ? word : `${now} ${word}`;
    if (width(joined) <= room) now = joined;
    else {
      if (now !== '') lines.push(now);
      now = width(word) <= room ? word : cut(word as Clean, room);
    }
  }
  if (now !== '') lines.push(now);
  return lines;
}
