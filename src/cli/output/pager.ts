import stringWidth from 'string-width';
import { ask } from '../confirm.ts';
import { printNoticeItem } from './notice.ts';

/** Rows that a page leaves free for the question below it. */
const LEFT = 2;

/** Splits a line into the terminal rows that it takes. Wide characters count as two columns. */
function rowsOf(line: string, columns: number): string[] {
  const rows = [''];
  let used = 0;
  for (const { segment } of SEGMENTS.segment(line)) {
    const width = stringWidth(segment);
    if (used > 0 && used + width > columns) {
      rows.push('');
      used = 0;
    }
    rows[rows.length - 1] += segment;
    used += width;
  }
  return rows;
}
const SEGMENTS = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Splits lines into pages that fit. A line longer than a page is split over several, so that its beginning never scrolls away unread. */
export function pages(lines: readonly string[], { columns, rows }: { columns: number; rows: number }): string[][] {
  const room = Math.max(1, rows - LEFT);
  const found: string[][] = [[]];
  let used = 0;
  for (const line of lines) {
    const own = rowsOf(line, Math.max(2, columns));
    const isWhole = own.length <= room;
    for (const [part, needs] of isWhole ? [[line, own.length] as const] : own.map(row => [row, 1] as const)) {
      if (used > 0 && used + needs > room) {
        found.push([]);
        used = 0;
      }
      found.at(-1)?.push(part);
      used += needs;
    }
  }
  return found;
}

/** Shows everything on stderr, page by page; false when the reader stops before the end. */
export async function page(lines: readonly string[]): Promise<boolean> {
  const { columns = 80, rows = 24 } = process.stderr;
  const all = pages(lines, { columns, rows });
  for (const [index, lines] of all.entries()) {
    for (const line of lines) printNoticeItem(line);
    const isLast = index === all.length - 1;
    if (
      !isLast &&
      !(await ask(`-- page ${index + 1} of ${all.length}: enter shows the next, anything else stops --`, ''))
    )
      return false;
  }
  return true;
}
