import type { ObjectRow } from '../../../health/table/object-row.ts';
import { cut } from '../../../text/cut.ts';
import { age } from '../../../text/duration.ts';
import type { Clean } from '../../../text/sanitise.ts';
import type { Severity } from '../../../triage/finding/finding.ts';
import { pressFor } from '../../keymap/remap.ts';
import type { ConsoleState } from '../../store/state.ts';
import { cell, itemLine, type Line, line, type Span, select, span, type Tone } from '../../widgets/line.ts';
import { windowOf } from '../../widgets/list.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import { chosenRow, type KindEntry, shownKinds, type TablesView } from './view.ts';

/** Short names for kinds that are too long for the list. */
const SHORT: Readonly<Record<string, string>> = {
  ValidatingWebhookConfiguration: 'ValidatingWebhook',
  MutatingWebhookConfiguration: 'MutatingWebhook',
  ValidatingAdmissionPolicy: 'AdmissionPolicy',
  ValidatingAdmissionPolicyBinding: 'PolicyBinding',
  CustomResourceDefinition: 'CRD',
  HorizontalPodAutoscaler: 'HPA',
  PodDisruptionBudget: 'PDB',
  PersistentVolumeClaim: 'PVC',
  PersistentVolume: 'PV',
};
const shortKind = (kind: string): string => SHORT[kind] ?? kind;

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
    const why =
      !known.length || known.some(({ sync }) => sync.state !== 'live')
        ? 'reading…'
        : tables.all > 0
          ? 'nothing matches the filter'
          : 'none';
    return [...head, line(span(`  ${why}`, 'dim'))];
  }
  const chosen = chosenRow(tables)?.row.uid;
  const at = Math.max(
    0,
    shown.findIndex(({ row }) => row.uid === chosen),
  );
  const { first, last } = windowOf(shown.length, at, rows - head.length);
  const findings = findingsByObject(state);
  return [
    ...head,
    ...shown
      .slice(first, last)
      .map((one, i) =>
        objectLine(one, findings.get(keyOf(one.row.ref)), { isChosen: first + i === at, isOfKinds }, view, columns),
      ),
  ];
}

function headText({ rows, all, filter, sort }: TablesView): string {
  const many = filter === '' ? `${all}` : `${rows.length} of ${all}`;
  return `${many}, by ${sort}`;
}

/** The active filter; a term that is not applied says why. */
function filterRows({ filter, terms, isTyping }: TablesView): Line[] {
  if (filter === '' && !isTyping) return [];
  const spans: Span[] = [span('/', 'key'), span(filter), ...(isTyping ? [span('_', 'key')] : [])];
  const inactive = terms.filter(one => one.inactive !== undefined);
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

function objectLine(
  { row, isGone }: Shown,
  finding: { severity: Severity; summary: string } | undefined,
  { isChosen, isOfKinds }: { isChosen: boolean; isOfKinds: boolean },
  { glyphs, now }: View,
  columns: number,
): Line {
  const { ref, state, words, created } = row;
  const old = created === undefined ? '' : age(Math.max(0, now.server - created));
  const own = ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`;
  const name = isOfKinds ? `${shortKind(ref.kind)} ${own}` : own;
  const nameColumns = Math.max(20, Math.min(60, Math.floor((columns - 12) * 0.6)));
  const wordColumns = Math.max(0, columns - nameColumns - 14);
  const isBad = finding !== undefined && finding.severity !== 'info';
  const said = isGone ? 'gone' : isBad ? `${words}  ${finding.summary}` : words;
  const worst = isBad ? (finding.severity === 'warn' ? 'warn' : 'fail') : state;
  const made = line(
    isChosen ? glyphs.cursor : ' ',
    span(`${isGone ? glyphs.states.stale : glyphs.states[worst]} `, isGone ? 'dim' : TONES[worst]),
    span(cell(name, nameColumns, 'left', 'middle'), isGone ? 'dim' : 'plain'),
    '  ',
    span(cell(said, wordColumns), isGone ? 'dim' : TONES[worst] === 'ok' ? 'plain' : TONES[worst]),
    ' ',
    span(cell(old, 8, 'right'), 'dim'),
  );
  return itemLine(isChosen ? select(made) : made, 'objects', row.uid);
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
