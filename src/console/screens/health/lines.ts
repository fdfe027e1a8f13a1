import type { ObjectRow } from '../../../health/table/object-row.ts';
import { cut } from '../../../text/cut.ts';
import { age } from '../../../text/duration.ts';
import type { Clean } from '../../../text/sanitise.ts';
import { width } from '../../../text/width.ts';
import type { Severity } from '../../../triage/finding/finding.ts';
import { pressFor } from '../../keymap/remap.ts';
import type { ConsoleState } from '../../store/state.ts';
import { cell, itemLine, type Line, line, type Span, select, span, type Tone } from '../../widgets/line.ts';
import { windowOf } from '../../widgets/list.ts';
import { shortKind } from '../../widgets/object-name.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import { chosenRow, type KindEntry, shownKinds, type TablesView } from './view.ts';

/** The kinds, the chosen one kept in sight. */
export function kindLines({ tables, settings }: ConsoleState, view: View, columns: number, rows: number): Line[] {
  const head = rule('KINDS', columns, view, pressFor(settings.keys, 'health', 'next-kind', 'tab'));
  if (tables.kinds.length === 0) return [head, line(span('  reading…', 'dim'))];
  const at = Math.max(
    0,
    tables.kinds.findIndex(({ kind }) => kind === tables.kind),
  );
  const { first, last } = windowOf(tables.kinds.length, at, rows - 1);
  return [head, ...tables.kinds.slice(first, last).map((entry, i) => kindRow(entry, first + i === at, view, columns))];
}

const COUNT = 7;

function kindRow({ kind, count, sync }: KindEntry, isChosen: boolean, { glyphs }: View, columns: number): Line {
  const known = sync.state === 'live' ? String(count) : sync.state === 'blind' ? 'BLIND' : `${count}…`;
  const row = line(
    isChosen ? glyphs.cursor : ' ',
    span(cell(shortKind(kind), columns - COUNT - 2), isChosen ? 'title' : 'plain'),
    ' ',
    span(cell(known, COUNT, 'right'), sync.state === 'blind' ? 'warn' : 'dim'),
  );
  return itemLine(isChosen ? select(row) : row, 'kinds', kind);
}

const TONES: Readonly<Record<ObjectRow['state'], Tone>> = {
  ok: 'ok',
  warn: 'warn',
  fail: 'bad',
  wait: 'dim',
  stale: 'warn',
  blind: 'warn',
};

/** The table of the selected kind: each object's own state, what triage found about it, and its age. */
export function tableLines(state: ConsoleState, view: View, columns: number, rows: number): Line[] {
  const { tables } = state;
  const isOfKinds = tables.terms.some(({ kind }) => kind !== undefined);
  const entries = shownKinds(tables.kinds, tables);
  const title = isOfKinds ? entries.map(({ kind }) => shortKind(kind)).join(', ') || 'no kind' : shortKind(tables.kind);
  const head = [
    rule(cut(title.toUpperCase() as Clean, Math.max(10, columns - 30)), columns, view, headText(tables), true),
    ...filterRows(tables),
    ...entries.flatMap(({ kind, sync }) =>
      sync.state === 'blind'
        ? [line(span(`  ${view.glyphs.states.blind} BLIND ${isOfKinds ? `${kind}: ` : ''}${sync.reason}`, 'warn'))]
        : [],
    ),
  ];
  if (isOfKinds && entries.length === 0) return [...head, line(span('  no kind of that name', 'dim'))];
  const known = entries.filter(({ sync }) => sync.state !== 'blind');
  if (entries.length > 0 && known.length === 0) return head;
  const shown = withDeleted(tables);
  if (shown.length === 0) {
    return [...head, ...emptyRows(state, known)];
  }
  const chosen = chosenRow(tables)?.row.uid;
  const at = Math.max(
    0,
    shown.findIndex(({ row }) => row.uid === chosen),
  );
  const { first, last } = windowOf(shown.length, at, rows - head.length);
  const found = findingsByObject(state);
  const cells = shown.slice(first, last).map(one => cellsOf(one, found.get(keyOf(one.row.ref)), isOfKinds, view));
  const widths = widthsFor(cells, columns);
  return [...head, ...cells.map((one, i) => objectLine(one, widths, first + i === at, view))];
}

/** What an empty table means, and which key leads to one that is not. */
function emptyRows({ tables, settings }: ConsoleState, known: readonly KindEntry[]): Line[] {
  if (known.length === 0 || known.some(({ sync }) => sync.state !== 'live')) return [line(span('  reading…', 'dim'))];
  if (tables.all > 0 && tables.isTyping) return [line(span('  nothing matches the filter', 'dim'))];
  if (tables.all > 0)
    return [line(span('  nothing matches the filter: ', 'dim'), span('esc', 'key'), ' takes it away')];
  const next = pressFor(settings.keys, 'health', 'next-kind', 'tab');
  return [line(span('  none in the cluster: ', 'dim'), span(next, 'key'), span(' shows the next kind', 'dim'))];
}

function headText({ rows, all, filter, sort }: TablesView): string {
  const many = filter === '' ? `${all}` : `${rows.length} of ${all}`;
  return `${many}, by ${sort}`;
}

/** What a filter may be made of, said until something is typed. */
const GRAMMAR = 'part of a name, ns: kind: state: -l app=web !not /regex/';

/** The active filter; a term that is not applied says why. */
function filterRows({ filter, terms, isTyping }: TablesView): Line[] {
  if (filter === '' && !isTyping) return [];
  const spans: Span[] = [span('/', 'key'), span(filter), ...(isTyping ? [span('_', 'key')] : [])];
  const inactive = terms.filter(one => one.inactive !== undefined);
  if (filter === '') spans.push(span(`   ${GRAMMAR}`, 'dim'));
  return [line(...spans, ...inactive.map(one => span(`  ${one.text}: ${one.inactive}`, 'warn')))];
}

interface Shown {
  row: ObjectRow;
  isGone: boolean;
}

/** A row that is gone stays at its place in the order of names until its time is over. */
function withDeleted({ rows, deletedRows: goneRows }: TablesView): Shown[] {
  const shown: Shown[] = rows.map(row => ({ row, isGone: false }));
  for (const { row } of goneRows) {
    const at = shown.findIndex(one => one.row.ref.name > row.ref.name);
    shown.splice(at < 0 ? shown.length : at, 0, { row, isGone: true });
  }
  return shown;
}

/** What stands in a row, before it is known how wide its columns are. */
interface Cells {
  uid: string;
  name: string;
  said: string;
  old: string;
  state: ObjectRow['state'];
  isGone: boolean;
}

function cellsOf(
  { row, isGone }: Shown,
  finding: { severity: Severity; summary: string } | undefined,
  isOfKinds: boolean,
  { now }: View,
): Cells {
  const { uid, ref, state, words, created } = row;
  const own = ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`;
  const isBad = finding !== undefined && finding.severity !== 'info';
  return {
    uid,
    name: isOfKinds ? `${shortKind(ref.kind)} ${own}` : own,
    said: isGone ? 'gone' : isBad ? `${words}  ${finding.summary}` : words,
    old: created === undefined ? '' : age(Math.max(0, now.server - created)),
    state: isBad ? (finding.severity === 'warn' ? 'warn' : 'fail') : state,
    isGone,
  };
}

interface Widths {
  name: number;
  said: number;
}

/** Cursor, glyph, gaps and age. */
const AROUND = 14;
const AGE = 8;

/** Names get the room that the words of the rows in sight leave, and at least six tenths. */
function widthsFor(cells: readonly Cells[], columns: number): Widths {
  const room = Math.max(0, columns - AROUND);
  const least = Math.max(20, Math.min(60, Math.floor((columns - 12) * 0.6)));
  const widest = (texts: readonly string[]): number => texts.reduce((most, text) => Math.max(most, width(text)), 0);
  const left = room - widest(cells.map(({ said }) => said));
  const name = Math.max(least, Math.min(left, widest(cells.map(one => one.name))));
  return { name, said: Math.max(0, room - name) };
}

function objectLine(cells: Cells, widths: Widths, isChosen: boolean, { glyphs }: View): Line {
  const { state, isGone } = cells;
  const made = line(
    isChosen ? glyphs.cursor : ' ',
    span(`${isGone ? glyphs.states.stale : glyphs.states[state]} `, isGone ? 'dim' : TONES[state]),
    span(cell(cells.name, widths.name, 'left', 'middle'), isGone ? 'dim' : 'plain'),
    '  ',
    span(cell(cells.said, widths.said), isGone ? 'dim' : TONES[state] === 'ok' ? 'plain' : TONES[state]),
    ' ',
    span(cell(cells.old, AGE, 'right'), 'dim'),
  );
  return itemLine(isChosen ? select(made) : made, 'objects', cells.uid);
}

const keyOf = ({ kind, namespace, name }: { kind: string; namespace?: string; name: string }): string =>
  `${kind}/${namespace ?? ''}/${name}`;

/** What the last look of triage found of each object. */
function findingsByObject({ triage }: ConsoleState): Map<string, { severity: Severity; summary: string }> {
  const found = new Map<string, { severity: Severity; summary: string }>();
  for (const { findings } of triage.result?.gates ?? [])
    for (const { object, severity, summary } of findings)
      if (!found.has(keyOf(object))) found.set(keyOf(object), { severity, summary });
  return found;
}
