import type { Clean } from './sanitise.ts';
import { graphemes, width } from './width.ts';

/** Where a text that is too long is cut. */
export type CutAt = 'end' | 'middle' | 'start';
export type Align = 'left' | 'right';

type Grapheme = { text: string; width: number };

/**
 * The text in at most `columns` columns. What is cut away is marked by `mark` (one column). Names are cut in the middle: both the
 * beginning and the generated end tell them apart.
 */
export function cut(text: Clean, columns: number, at: CutAt = 'end', mark = '…'): Clean {
  if (width(text) <= columns) return text;
  if (columns <= 0) return '' as Clean;
  const room = columns - width(mark);
  if (room <= 0) return mark as Clean;
  const parts = graphemes(text);
  if (at === 'end') return (head(parts, room) + mark) as Clean;
  if (at === 'start') return (mark + tail(parts, room)) as Clean;
  const front = head(parts, Math.ceil(room / 2));
  return (front + mark + tail(parts, room - width(front))) as Clean;
}

function head(parts: readonly Grapheme[], room: number): string {
  let text = '';
  let left = room;
  for (const part of parts) {
    if (part.width > left) break;
    text += part.text;
    left -= part.width;
  }
  return text;
}

function tail(parts: readonly Grapheme[], room: number): string {
  let start = parts.length;
  let left = room;
  while (start > 0) {
    const part = parts[start - 1] as Grapheme;
    if (part.width > left) break;
    left -= part.width;
    start -= 1;
  }
  return parts
    .slice(start)
    .map(part => part.text)
    .join('');
}

/** Fills up with blanks to `columns` columns; longer text is unchanged. */
export function pad(text: Clean, columns: number, align: Align = 'left'): Clean {
  const blanks = ' '.repeat(Math.max(0, columns - width(text)));
  return (align === 'left' ? text + blanks : blanks + text) as Clean;
}

/** Exactly `columns` columns: cut when too long, filled up when too short (also where half of a wide character was cut). */
export function fitTo(text: Clean, columns: number, options: { align?: Align; at?: CutAt; mark?: string } = {}): Clean {
  return pad(cut(text, columns, options.at, options.mark), columns, options.align);
}
