import { beside, exactly, type Line, sized, type Tone } from './line.ts';

/** What a screen is made of: panes of lines, side by side in rows and one below the other in columns. */
export type Layout =
  | { is: 'pane'; columns: number; rows: number; lines: readonly Line[] }
  | { is: 'row'; gap: number; parts: readonly Layout[] }
  | { is: 'column'; parts: readonly Layout[] };

/** Lines in a box of a fixed size: cut where there are too many, blank where there are too few. */
export const pane = (columns: number, rows: number, lines: readonly Line[]): Layout => ({
  is: 'pane',
  columns,
  rows: Math.max(0, rows),
  lines,
});

export const row = (...parts: readonly Layout[]): Layout => ({ is: 'row', gap: 2, parts });
export const column = (...parts: readonly Layout[]): Layout => ({ is: 'column', parts });

/** Columns that a layout takes. */
function columnsOf(layout: Layout): number {
  if (layout.is === 'pane') return layout.columns;
  const each = layout.parts.map(columnsOf);
  return layout.is === 'column'
    ? Math.max(0, ...each)
    : each.reduce((sum, one) => sum + one, 0) + layout.gap * Math.max(0, each.length - 1);
}

/** The rows of a layout, each as wide as the layout: what Ink's boxes would draw, without Ink. */
export function flat(layout: Layout): Line[] {
  if (layout.is === 'pane') return sized(layout.lines, layout.rows).map(one => exactly(one, layout.columns));
  if (layout.is === 'column') return layout.parts.flatMap(flat);
  const [first, ...rest] = layout.parts;
  if (first === undefined) return [];
  let columns = columnsOf(first);
  return rest.reduce<Line[]>((left, part) => {
    const width = columnsOf(part);
    const both = beside(left, columns, flat(part), width, layout.gap);
    columns += layout.gap + width;
    return both;
  }, flat(first));
}

/** The layout, or its first rows where it is higher than the room for it. */
export const within = (layout: Layout, columns: number, rows: number): Layout =>
  rowsOf(layout) > rows ? pane(columns, rows, flat(layout)) : layout;

/** The line that a layout shows in this cell, counted from its own corner. */
export function lineAt(layout: Layout, x: number, y: number): Line | undefined {
  if (layout.is === 'pane')
    return x >= 0 && x < layout.columns && y >= 0 && y < layout.rows ? layout.lines[y] : undefined;
  let [left, top] = [0, 0];
  for (const part of layout.parts) {
    const found = lineAt(part, x - left, y - top);
    if (found) return found;
    if (layout.is === 'row') left += columnsOf(part) + layout.gap;
    else top += rowsOf(part);
  }
  return undefined;
}

function rowsOf(layout: Layout): number {
  if (layout.is === 'pane') return layout.rows;
  const each = layout.parts.map(rowsOf);
  return layout.is === 'row' ? Math.max(0, ...each) : each.reduce((sum, one) => sum + one, 0);
}

/** The tones that are kept when old data is dimmed: errors, injections and keys. */
const KEPT: ReadonlySet<Tone> = new Set(['bad', 'chaos', 'key', 'alarm']);

/** A layout of old data. */
export function dimmed(layout: Layout): Layout {
  if (layout.is !== 'pane') return { ...layout, parts: layout.parts.map(dimmed) };
  const dim = (line: Line): Line => ({
    ...line,
    spans: line.spans.map(piece => (KEPT.has(piece.tone) ? piece : { ...piece, tone: 'dim' })),
  });
  return { ...layout, lines: layout.lines.map(dim) };
}
