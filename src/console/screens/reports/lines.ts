import type { ScenarioVerdict } from '../../../report/model.ts';
import type { PastRun } from '../../../report/past.ts';
import { measured } from '../../../text/duration.ts';
import { width } from '../../../text/width.ts';
import { wrap } from '../../../text/wrap.ts';
import { pressFor } from '../../keymap/remap.ts';
import type { ConsoleState } from '../../store/state.ts';
import { cell, itemLine, type Line, line, select, span, type Tone } from '../../widgets/line.ts';
import { windowOf } from '../../widgets/list.ts';
import { rule } from '../../widgets/rule.ts';
import { timeOfDay } from '../../widgets/time.ts';
import type { View } from '../../widgets/view.ts';
import type { Size } from '../screen.ts';
import { chosenPast, pastKey } from './view.ts';

export const VERDICT_TONES: Readonly<Record<ScenarioVerdict, Tone>> = {
  Resilient: 'ok',
  Degraded: 'warn',
  Failed: 'bad',
  Inconclusive: 'warn',
  Unfinished: 'warn',
};

/** Columns from which a row has room for the fault type, and for the context too. */
const WITH_TYPE = 106;
const WITH_CONTEXT = 132;

/** Past runs, suites and game-days, newest first, the cursor kept in sight. */
export function reportsLines(state: ConsoleState, view: View, { columns, rows }: Size): Line[] {
  const { runs, marked } = state.reports;
  const head = rule('REPORTS', columns, view, headText(state), true);
  if (runs.length === 0)
    return [
      head,
      ...emptyText(state).flatMap(text => wrap(text, columns - 2).map(part => line(span(`  ${part}`, 'dim')))),
    ];
  const chosen = chosenPast(state);
  const at = Math.max(0, chosen ? runs.indexOf(chosen) : 0);
  const { first, last } = windowOf(runs.length, at, rows - 2);
  const result = resultColumns(runs);
  return [
    head,
    headings(columns, result),
    ...runs
      .slice(first, last)
      .map(run =>
        itemLine(
          rowOf(run, { isChosen: run === chosen, isMarked: marked.includes(pastKey(run)) }, view, { columns, result }),
          'reports',
          pastKey(run),
        ),
      ),
  ];
}

function headText({ reports: { phase, runs, total, marked, message } }: ConsoleState): string {
  const marks = marked.length === 0 ? '' : `, ${marked.length} of 2 marked`;
  if (phase === 'reading') return `${total === 0 ? 'reading' : `reading: ${runs.length} of ${total}`}${marks}`;
  if (phase === 'failed') return `not read: ${message}`;
  return `${runs.length}${marks}`;
}

/** An empty list is a claim only after the records were read. */
function emptyText({ reports: { phase, message }, settings }: ConsoleState): string[] {
  if (phase === 'failed') return [`the records of this machine could not be read: ${message}`];
  if (phase !== 'done') return ['reading the records of this machine…'];
  const press = pressFor(settings.keys, 'deck', 'go-to-experiments', '3');
  return [
    'nothing was run on this machine yet',
    `${press} lists the experiments: ${pressFor(settings.keys, 'experiments', 'open', 'enter')} shows the plan of one, and once it is fired its report is here`,
  ];
}

/** With seconds, where there is room for them. */
const whenColumns = (columns: number): number => (columns < WITH_TYPE ? 11 : 14);
const LONGEST_RESULT = 24;
const RECOVERY = 8;
const TYPE = 22;
const CONTEXT = 24;

const beforeName = (columns: number): number => 3 + whenColumns(columns) + 1 + 6;
/** Behind it stand the file and the reason: the name of the file loses its middle, the reason stays. */
const UNREAD = 'cannot be read: ';

/** The column of results is as wide as its longest text, so that names get what is left. */
const resultColumns = (runs: readonly PastRun[]): number =>
  Math.min(LONGEST_RESULT, 1 + runs.reduce((most, run) => Math.max(most, width(resultText(run))), 'verdict'.length));

const nameColumns = (columns: number, result: number): number =>
  columns -
  beforeName(columns) -
  result -
  1 -
  RECOVERY -
  1 -
  (columns >= WITH_TYPE ? TYPE + 1 : 0) -
  (columns >= WITH_CONTEXT ? CONTEXT + 1 : 0);

function headings(columns: number, result: number): Line {
  const name = cell('experiment', nameColumns(columns, result));
  const type = columns >= WITH_TYPE ? `${cell('fault', TYPE)} ` : '';
  const where = columns >= WITH_CONTEXT ? ` ${cell('context', CONTEXT)}` : '';
  return line(
    span(
      `   ${cell('when', whenColumns(columns))} ${cell('what', 6)}${name} ${type}${cell('verdict', result)}${cell('recovery', RECOVERY, 'right')}${where}`,
      'dim',
    ),
  );
}

function rowOf(
  run: PastRun,
  { isChosen, isMarked }: { isChosen: boolean; isMarked: boolean },
  view: View,
  { columns, result }: { columns: number; result: number },
): Line {
  const start = [
    isChosen ? view.glyphs.cursor : ' ',
    span(isMarked ? view.glyphs.marked : ' ', 'key'),
    ' ',
    span(whenText(run.at).slice(0, whenColumns(columns)), 'dim'),
    ' ',
    cell(run.kind, 6),
  ];
  if (run.problem !== undefined) {
    const problem = cell(run.problem, columns - beforeName(columns) - UNREAD.length, 'left', 'middle');
    const row = line(...start, span(UNREAD + problem, 'bad'));
    return isChosen ? select(row) : row;
  }
  const row = line(
    ...start,
    span(cell(run.name, nameColumns(columns, result), 'left', 'middle'), 'title'),
    ' ',
    columns >= WITH_TYPE && `${cell(run.type ?? '', TYPE)} `,
    span(cell(resultText(run), result), toneOf(run)),
    cell(run.recoveryMs === undefined ? '' : measured(run.recoveryMs), RECOVERY, 'right'),
    columns >= WITH_CONTEXT && span(` ${cell(run.context ?? '', CONTEXT)}`, 'dim'),
  );
  return isChosen ? select(row) : row;
}

/** `11-28 14:02:11`, in the zone of this machine. */
function whenText(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${timeOfDay(at)}`;
}

function resultText({ verdict, counts, notRun, residue }: PastRun): string {
  const told = Object.entries(counts ?? {}).map(([word, count]) => `${count} ${word}`);
  if (notRun > 0) told.push(`${notRun} not run`);
  const result = verdict ?? (told.join(', ') || 'nothing run');
  return residue > 0 ? `${residue} REMAIN, ${result}` : result;
}

function toneOf({ verdict, counts = {}, residue }: PastRun): Tone {
  if (residue > 0) return 'bad';
  if (verdict !== undefined) return VERDICT_TONES[verdict];
  const order = ['Failed', 'Unfinished', 'Inconclusive', 'Degraded', 'Resilient'] as const;
  const worst = order.find(one => (counts[one] ?? 0) > 0);
  return worst === undefined ? 'dim' : VERDICT_TONES[worst];
}
