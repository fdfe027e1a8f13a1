import { ask } from './confirm.ts';
import { tellItem } from './tell.ts';

/** Rows of the terminal that a page leaves to the question below it. */
const LEFT = 2;

/** Columns and rows that a text takes on a terminal this wide. */
const rowsOf = (line: string, columns: number): number => Math.max(1, Math.ceil(line.length / Math.max(1, columns)));

/** The lines in pages that fit; a line longer than a page is a page of its own. */
export function pages(lines: readonly string[], { columns, rows }: { columns: number; rows: number }): string[][] {
  const room = Math.max(1, rows - LEFT);
  const found: string[][] = [[]];
  let used = 0;
  for (const line of lines) {
    const needs = rowsOf(line, columns);
    if (used > 0 && used + needs > room) {
      found.push([]);
      used = 0;
    }
    found.at(-1)?.push(line);
    used += needs;
  }
  return found;
}

/** Shows everything on stderr, page by page; false when whoever reads it wants no more. */
export async function page(lines: readonly string[]): Promise<boolean> {
  const { columns = 80, rows = 24 } = process.stderr;
  const all = pages(lines, { columns, rows });
  for (const [index, lines] of all.entries()) {
    for (const line of lines) tellItem(line);
    const isLast = index === all.length - 1;
    if (
      !isLast &&
      !(await ask(`-- page ${index + 1} of ${all.length}: enter shows the next, anything else stops --`, ''))
    )
      return false;
  }
  return true;
}
