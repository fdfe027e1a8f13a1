import { type Align, type CutAt, cut, fitTo, pad } from './cut.ts';
import type { Clean } from './sanitise.ts';
import { width } from './width.ts';

/** One column of a table of `Row`s. Widths are terminal columns. */
export interface Column<Row> {
  title: Clean;
  cell: (row: Row) => Clean;
  /** Never narrower while it is shown. */
  min: number;
  /** Never wider, unless it grows; as wide as its content when absent. */
  max?: number;
  align?: Align;
  cutAt?: CutAt;
  /** Columns with a higher number go first when there is no room; 0 is never dropped. */
  priority: number;
  /** Takes what room is left over. */
  grow?: boolean;
}

/** Which columns are shown, and how wide. Kept apart from the rows so that it can be reused while scrolling. */
export interface TablePlan<Row> {
  columns: readonly { column: Column<Row>; width: number }[];
  gap: number;
  width: number;
  ellipsis: string;
}

export interface TableOptions {
  /** Columns in all, of the terminal. */
  width: number;
  /** Blanks between columns; 2 unless told. */
  gap?: number;
  ellipsis?: string;
}

/** Chooses columns and widths for these rows: drops by priority until the minimums fit, then gives each what its content needs, widest cut first. */
export function planTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: TableOptions,
): TablePlan<Row> {
  const gap = options.gap ?? 2;
  const shown = fitting(columns, options.width, gap);
  const wanted = shown.map(column => naturalWidth(column, rows));
  const room = options.width - gap * Math.max(0, shown.length - 1);
  const widths = spread(shown, shrink(shown, wanted, room), room);
  return {
    columns: shown.map((column, index) => ({ column, width: widths[index] ?? 0 })),
    gap,
    width: options.width,
    ellipsis: options.ellipsis ?? '…',
  };
}

function fitting<Row>(columns: readonly Column<Row>[], total: number, gap: number): Column<Row>[] {
  const shown = [...columns];
  const needed = () => shown.reduce((sum, column) => sum + column.min, 0) + gap * Math.max(0, shown.length - 1);
  while (needed() > total) {
    const last = Math.max(...shown.map(column => column.priority));
    if (last <= 0 || shown.length <= 1) break;
    shown.splice(
      shown.findLastIndex(column => column.priority === last),
      1,
    );
  }
  return shown;
}

function naturalWidth<Row>(column: Column<Row>, rows: readonly Row[]): number {
  const content = rows.reduce((most, row) => Math.max(most, width(column.cell(row))), width(column.title));
  return Math.max(column.min, Math.min(content, column.max ?? content));
}

/** Takes from the widest column that can give until all fit. */
function shrink<Row>(columns: readonly Column<Row>[], wanted: readonly number[], room: number): number[] {
  const widths = [...wanted];
  let over = widths.reduce((sum, each) => sum + each, 0) - room;
  while (over > 0) {
    const widest = widths.reduce(
      (best, each, index) => (each > (columns[index]?.min ?? 0) && each > (widths[best] ?? -1) ? index : best),
      widths.findIndex((each, index) => each > (columns[index]?.min ?? 0)),
    );
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    over -= 1;
  }
  return widths;
}

function spread<Row>(columns: readonly Column<Row>[], widths: readonly number[], room: number): number[] {
  const growing = columns.flatMap((column, index) => (column.grow ? [index] : []));
  const left = room - widths.reduce((sum, each) => sum + each, 0);
  if (left <= 0 || growing.length === 0) return [...widths];
  const share = Math.floor(left / growing.length);
  const extra = left - share * growing.length;
  return widths.map((each, index) => {
    const place = growing.indexOf(index);
    return place < 0 ? each : each + share + (place < extra ? 1 : 0);
  });
}

/** The titles as one line of exactly the table's width. */
export function headerLine<Row>(plan: TablePlan<Row>): Clean {
  return join(plan, column => column.title);
}

/** A row as one line of exactly the table's width. */
export function rowLine<Row>(plan: TablePlan<Row>, row: Row): Clean {
  return join(plan, column => column.cell(row));
}

function join<Row>(plan: TablePlan<Row>, text: (column: Column<Row>) => Clean): Clean {
  const cells = plan.columns.map(({ column, width: columns }) =>
    fitTo(text(column), columns, {
      mark: plan.ellipsis,
      ...(column.align && { align: column.align }),
      ...(column.cutAt && { at: column.cutAt }),
    }),
  );
  // A single column that may not be dropped can still be wider than a very small terminal.
  return pad(cut(cells.join(' '.repeat(plan.gap)) as Clean, plan.width, 'end', plan.ellipsis), plan.width);
}
