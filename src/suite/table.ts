import type { Verdict } from '../run/event.ts';
import { bar } from '../text/bar.ts';
import { cut } from '../text/cut.ts';
import { age, clockText, measured } from '../text/duration.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { type Clean, sanitise } from '../text/sanitise.ts';
import { width } from '../text/width.ts';
import type { SuiteRow, SuiteView } from './view.ts';

/** The size and time that a table is drawn for. */
export interface TableRoom {
  columns: number;
  rows: number;
  /** Server time, milliseconds since the epoch. */
  now: number;
  /** How many times faster than real time the suite's clock runs: the time left is shown in real time. */
  speed: number;
  glyphs: Glyphs;
}

const HEAD = ['', 'EXPERIMENT', 'STATE', 'TYPE', 'OPERATOR', 'TIER', 'WHAT'];
/** Below this width some columns are left out, so that the result of a run has room. */
const WIDE = 130;
const OF_WIDE = new Set(['TYPE', 'OPERATOR', 'TIER']);
const NAME_COLUMNS = { narrow: 34, wide: 44 };
/** Columns of the mark and the state, with the gaps to the name. */
const BESIDE_NAME = 24;

/** One line of the table, and the run that it shows; none for the title, the counts and the progress. */
export interface TableLine {
  text: Clean;
  of?: SuiteRow;
}

/** The table as plain lines. */
export const tableLines = (view: SuiteView, room: TableRoom): Clean[] => suiteTable(view, room).map(({ text }) => text);

/** The whole suite as a table that fits. Running rows are always shown; finished and waiting ones are only counted where there is no room. */
export function suiteTable(view: SuiteView, room: TableRoom): TableLine[] {
  const shown = chosen(view.rows, Math.max(1, room.rows - 4));
  const isWide = room.columns >= WIDE;
  const kept = HEAD.flatMap((name, column) => (isWide || !OF_WIDE.has(name) ? [column] : []));
  const cells = [HEAD, ...shown.rows.map(row => cellsOf(row, room))].map(row =>
    kept.map(column => sanitise(row[column])),
  );
  const most = isWide ? NAME_COLUMNS.wide : Math.max(8, Math.min(NAME_COLUMNS.narrow, room.columns - BESIDE_NAME));
  const widths = kept.map((_, column) => Math.min(most, Math.max(...cells.map(row => width(row[column] ?? '')))));
  const padded = (cell: Clean, columns: number) => {
    const text = cut(cell, columns);
    return text + ' '.repeat(Math.max(0, columns - width(text)));
  };
  const lines = cells.map(row =>
    row
      .map((cell, column) => (column === kept.length - 1 ? cell : padded(cell, widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const [head = '', ...body] = lines;
  const tableLine = (text: string, of?: SuiteRow): TableLine => ({
    text: cut(sanitise(text), room.columns),
    ...(of === undefined ? {} : { of }),
  });
  return [
    tableLine(head),
    ...(shown.above > 0
      ? [tableLine(`   ${room.glyphs.ellipsis} ${shown.above} above: ${countsOf(view.rows.slice(0, shown.above))}`)]
      : []),
    ...body.map((text, i) => tableLine(text, shown.rows[i])),
    ...(shown.below > 0
      ? [tableLine(`   ${room.glyphs.ellipsis} ${shown.below} more: ${countsOf(view.rows.slice(-shown.below))}`)]
      : []),
    tableLine(progressLine(view, room)),
  ];
}

/** As many rows as there is room for, including the last one that runs. */
function chosen(rows: readonly SuiteRow[], most: number): { rows: readonly SuiteRow[]; above: number; below: number } {
  if (rows.length <= most) return { rows, above: 0, below: 0 };
  const active = rows.findLastIndex(({ state }) => state === 'gate' || state === 'running');
  const finished = rows.findLastIndex(({ state }) => state === 'done');
  const focus = active >= 0 ? active : finished;
  const above = Math.min(rows.length - most, Math.max(0, focus + 2 - most));
  return { rows: rows.slice(above, above + most), above, below: rows.length - above - most };
}

const VERDICT_STATE = { Resilient: 'ok', Degraded: 'warn', Failed: 'fail', Inconclusive: 'blind' } as const;

function cellsOf(row: SuiteRow, room: TableRoom): string[] {
  return [
    markOf(row, room.glyphs),
    row.key,
    stateOf(row),
    row.type,
    row.operator,
    row.tier === 0 ? '-' : String(row.tier),
    whatOf(row, room),
  ];
}

function markOf(row: SuiteRow, { states, live }: Glyphs): string {
  if (row.end) return row.end.residue > 0 ? states.fail : states[VERDICT_STATE[row.end.verdict]];
  if (row.state === 'running' && row.injectedAt !== undefined && !row.isReverted) return live;
  return row.state === 'not-run' ? states.blind : states.wait;
}

function stateOf(row: SuiteRow): string {
  if (row.end) return loud(row.end.verdict);
  if (row.state === 'running') return row.phase ?? 'running';
  return { waiting: 'waiting', gate: 'steady?', 'not-run': 'not run', done: 'done' }[row.state];
}

const loud = (verdict: Verdict): string => verdict.toUpperCase();

function whatOf(row: SuiteRow, { now }: TableRoom): string {
  if (row.end) return endText(row.end);
  if (row.state === 'running' && row.injectedAt !== undefined) {
    if (row.isReverted) return 'reverted, recovering';
    const deadline = row.ttlDeadline ?? row.recoveryDeadline ?? now;
    return `fault in for ${clockText(now - row.injectedAt)}, out in ${clockText(Math.max(0, deadline - now), 'countdown')} at most`;
  }
  return row.says ?? '';
}

/** How a run ended, in a few words: how long it took, who restored, what remains, and the first reason where it is not Resilient. */
export function endText(end: NonNullable<SuiteRow['end']>): string {
  const took = end.recoveryMs === undefined ? [] : [`recovery ${measured(end.recoveryMs)}`];
  const who = end.restoredBy === 'nobody' ? [] : [`restored by ${end.restoredBy}`];
  const rest = end.residue > 0 ? [`${end.residue} REMAIN`] : [];
  const why = end.verdict === 'Resilient' ? [] : end.reasons.slice(0, 1);
  return [...rest, ...took, ...who, ...why].join(', ');
}

function countsOf(rows: readonly SuiteRow[]): string {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(stateOf(row), (counts.get(stateOf(row)) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}

/** The progress bar, with what is done, what is left and the longest time that it can take. */
function progressLine(view: SuiteView, { now, speed, glyphs }: Pick<TableRoom, 'now' | 'speed' | 'glyphs'>): string {
  const total = view.rows.length;
  const done = view.rows.filter(({ state }) => state === 'done').length;
  const notRun = view.rows.filter(({ state }) => state === 'not-run').length;
  const running = view.rows.filter(({ state }) => state === 'gate' || state === 'running').length;
  const bars = bar(total === 0 ? 1 : done / total, 20, glyphs);
  if (view.end) return `${bars} ${done} of ${total} done${notRun === 0 ? '' : `, ${notRun} not run`}  ${view.end.says}`;
  const leftMs = Math.max(0, view.left.longestMs - Math.max(0, now - view.left.at)) / speed;
  return `${bars} ${done} of ${total} done, ${running} running, ${total - done - notRun - running} waiting  ${leftText(leftMs)}`;
}

/** `at most 12m5s left`, in real time. */
export const leftText = (leftMs: number): string => `at most ${age(Math.ceil(leftMs / 1000) * 1000)} left`;
