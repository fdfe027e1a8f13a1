import type { Marker } from '../../../health/marker.ts';
import { isFirstReadPending } from '../../../health/sweep.ts';
import type { ObjectRef } from '../../../k8s/object.ts';
import { age } from '../../../text/duration.ts';
import { sanitise } from '../../../text/sanitise.ts';
import { width } from '../../../text/width.ts';
import { ttlSpan } from '../../app/frame/header.ts';
import { pressFor } from '../../keymap/remap.ts';
import { chosenFault, faultEntries, isLive } from '../../store/select.ts';
import type { ConsoleState, RunView } from '../../store/state.ts';
import { cell, itemLine, type Line, line, type Span, span, type Tone } from '../../widgets/line.ts';
import { namedIn } from '../../widgets/object-name.ts';
import { bar, rule } from '../../widgets/rule.ts';
import { clock, elapsed } from '../../widgets/time.ts';
import type { View } from '../../widgets/view.ts';

/** Cells of the countdown bar; narrow columns need the room for words. */
const barColumns = (columns: number): number => (columns < 44 ? 8 : 14);

/** The live faults with both clocks, ours first, then who keeps others off which operator. */
export function faultLines(state: ConsoleState, view: View, columns: number, rows: number, isFocused: boolean): Line[] {
  const locks = lockLines(state, view, columns).slice(0, Math.max(0, rows - 3));
  const faults = entriesLines(state, view, columns, rows - locks.length, isFocused);
  return [...faults, ...locks];
}

function lockLines({ health }: ConsoleState, { now }: View, columns: number): Line[] {
  return health.locks.map(({ operator, holder, since }) =>
    line(span(cell(`  lock ${operator}: ${holder}, ${age(now.server - since)}`, columns), 'dim')),
  );
}

/** The cursor follows the fault, not the row. */
function entriesLines(state: ConsoleState, view: View, columns: number, rows: number, isFocused: boolean): Line[] {
  const entries = faultEntries(state, view.now);
  const head = rule(
    'FAULTS',
    columns,
    view,
    entries.length > 1 ? `${entries.length}` : '',
    isFocused && entries.length > 0,
  );
  if (entries.length === 0) {
    const { unseen, lastReceivedAt } = state.health;
    const seen = unseen.length > 0 ? 'none seen in what could be read' : 'none in the cluster';
    const nothing = lastReceivedAt === undefined || isFirstReadPending(unseen) ? 'not known yet' : seen;
    const press = (id: string, usual: string): Span => span(pressFor(state.settings.keys, 'deck', id, usual), 'key');
    const isTourable = state.link.state === 'connected' && state.link.isSandbox && state.tour === undefined;
    return [
      head,
      line(span(`  ${nothing}`, 'dim')),
      ...(state.settings.readOnly
        ? []
        : [line('  ', press('experiments', 'e'), span(' chooses an experiment', 'dim'))]),
      line('  ', press('go-to-triage', '5'), span(' says what is broken, and why', 'dim')),
      ...(isTourable ? [line('  ', press('tour', 't'), span(' a tour of three minutes', 'dim'))] : []),
    ].slice(0, Math.max(2, rows));
  }
  const chosen = chosenFault(state, view.now);
  const blocks = entries.map(entry => ({
    key: entry.key,
    lines: entryLines(entry, view, columns, entry.key === chosen?.key).map(one => itemLine(one, 'faults', entry.key)),
  }));
  return [head, ...windowed(blocks, chosen?.key, rows - 1, columns)];
}

/** As many whole blocks as fit, including the selected one, then a line that counts the rest. */
function windowed(
  blocks: readonly { key: string; lines: Line[] }[],
  chosen: string | undefined,
  rows: number,
  columns: number,
): Line[] {
  const at = Math.max(
    0,
    blocks.findIndex(block => block.key === chosen),
  );
  let first = 0;
  const height = (from: number, to: number): number =>
    blocks.slice(from, to + 1).reduce((sum, block) => sum + block.lines.length, 0);
  while (first < at && height(first, at) > rows - (first > 0 || at < blocks.length - 1 ? 1 : 0)) first++;
  const shown: Line[] = [];
  let last = first;
  while (last < blocks.length) {
    const next = blocks[last]?.lines ?? [];
    const isLast = last === blocks.length - 1;
    if (shown.length + next.length > rows - (isLast && first === 0 ? 0 : 1) && last > first) break;
    shown.push(...next);
    last++;
  }
  const hidden = blocks.length - (last - first);
  if (hidden > 0 && shown.length >= rows) shown.length = Math.max(0, rows - 1);
  return hidden > 0 ? [...shown, line(span(cell(`  ${hidden} more`, columns), 'dim'))] : shown.slice(0, rows);
}

function entryLines(
  entry: ReturnType<typeof faultEntries>[number],
  view: View,
  columns: number,
  isChosen: boolean,
): Line[] {
  return entry.is === 'run'
    ? runLines(entry.run, view, columns, isChosen)
    : markLines(entry.mark, view, columns, isChosen);
}

/** The type and what it was injected into; a name that would be cut gets a row of its own. */
function headLines(type: string, on: ObjectRef, view: View, columns: number, isChosen: boolean): Line[] {
  const typeColumns = Math.max(12, width(type));
  const room = columns - typeColumns - 2;
  const isWhole = width(sanitise(on.name)) <= room;
  const tone: Tone = isChosen ? 'title' : 'plain';
  const head = line(
    span(isChosen ? view.glyphs.cursor : ' ', 'accent'),
    span(cell(type, typeColumns), 'chaos'),
    ' ',
    isWhole && span(namedIn(on, room), tone),
  );
  return isWhole ? [head] : [head, line('  ', span(namedIn(on, columns - 2), tone))];
}

function ttlLine(leftMs: number | undefined, wholeMs: number, who: string, view: View, columns: number): Line {
  if (leftMs === undefined) return line('  TTL  ', span('none', 'warn'), span(`   ${who}`, 'dim'));
  if (leftMs <= 0) return line('  TTL  ', ttlSpan(leftMs), span(`   ${who}`, 'dim'));
  return line(
    '  TTL  ',
    span(cell(clock(leftMs), 5, 'right'), 'title'),
    ' ',
    ...bar(leftMs / Math.max(wholeMs, leftMs, 1), barColumns(columns), view),
    span(`  ${who}`, 'dim'),
  );
}

/** A run of this console: its TTL, its recovery clock, what is proven, and in the end the verdict. */
function runLines(run: RunView, view: View, columns: number, isChosen: boolean): Line[] {
  const { now, glyphs } = view;
  const head = headLines(run.type, run.target, view, columns, isChosen);
  if (run.verdict !== undefined) {
    const residue = run.residue ?? 0;
    const tail =
      residue > 0
        ? [span(`  ${glyphs.states.fail} ${residue} NOT RESTORED: press !`, 'bad')]
        : [span('  nothing left behind', 'dim')];
    if (run.interrupted !== undefined && run.interrupted !== 'by you') tail.push(span(`  ${run.interrupted}`, 'dim'));
    return [...head, line('  ', verdictSpan(run, view), ...tail)];
  }
  if (run.injectedAt === undefined) return [...head, line(span(`  ${phaseText(run)}`, 'dim'))];
  const ttl = isLive(run)
    ? ttlLine(
        run.ttlDeadline === undefined ? undefined : run.ttlDeadline - now.server,
        (run.ttlDeadline ?? 0) - run.injectedAt,
        run.isGuarded ? 'guardian on' : 'this console',
        view,
        columns,
      )
    : line('  TTL  ', span('reverted', 'ok'), span('  reading back', 'dim'));
  return [...head, ttl, recoveryLine(run, view)];
}

/** The recovery clock, and whether it counts from the injection (does it recover by itself?) or from the revert (does it recover after that?). */
function recoveryLine(run: RunView, { now, glyphs }: View): Line {
  const isBack = run.recoversFrom === 'revert';
  const label = isBack ? '  back ' : '  heal ';
  const since = isBack ? ' after revert' : '';
  const effect = isBack ? [] : ['  ', effectSpan(run, glyphs)];
  if (run.recoveredAfterMs !== undefined) {
    const took = isBack ? `steady ${age(run.recoveredAfterMs)}` : `steady after ${age(run.recoveredAfterMs)}`;
    return line(label, span(`${glyphs.states.ok} ${took}${since}`, 'ok'), ...effect);
  }
  const deadline = run.recoveryDeadline ?? now.server;
  const began = deadline - run.recoveryMs;
  const isLate = now.server > deadline;
  return line(
    label,
    span(cell(elapsed(now.server - began), 5, 'right'), isLate ? 'bad' : 'title'),
    span(` of ${clock(run.recoveryMs)}${since}${isLate ? ' LATE' : ''}`),
    ...effect,
  );
}

function effectSpan(run: RunView, glyphs: View['glyphs']): Span {
  if (run.effect === 'proven') return span(`${glyphs.states.ok} effect proven`, 'ok');
  if (run.effect === 'absent') return span(`${glyphs.states.fail} no effect`, 'bad');
  return span(`${glyphs.states.wait} effect not yet proven`, 'warn');
}

/** The word an operator reads for where a run is. */
function phaseText(run: RunView): string {
  switch (run.phase) {
    case 'Pending':
      return 'starting';
    case 'SteadyStatePre':
      return 'baseline: is the system steady before the injection?';
    case 'Injecting':
      return 'injecting';
    case 'Observing':
      return 'observing';
    case 'Reverting':
      return 'reverting';
    case 'SteadyStatePost':
      return 'reverted; is the system steady again?';
    case 'Evaluating':
      return 'deciding the verdict';
    case 'Complete':
      return 'complete';
    case 'Aborted':
      return 'aborted';
  }
}

function verdictSpan({ verdict, interrupted }: RunView, { glyphs }: Pick<View, 'glyphs'>): Span {
  if (interrupted !== undefined)
    return span(`${glyphs.states.warn} ABORTED${interrupted === 'by you' ? ' by you' : ''}`, 'warn');
  if (verdict === 'Resilient') return span(`${glyphs.states.ok} RESILIENT`, 'ok');
  if (verdict === 'Degraded') return span(`${glyphs.states.warn} DEGRADED`, 'warn');
  if (verdict === 'Failed') return span(`${glyphs.states.fail} FAILED`, 'bad');
  return span(`${glyphs.states.blind} INCONCLUSIVE`, 'warn');
}

/** A fault found by its mark: who injected it, its deadline, and whether anybody will end it. */
function markLines(mark: Marker, view: View, columns: number, isChosen: boolean): Line[] {
  const { now } = view;
  const left = mark.expires === undefined ? undefined : mark.expires - now.server;
  const whole = mark.expires === undefined || mark.at === undefined ? (left ?? 0) : mark.expires - mark.at;
  const by = mark.by === undefined ? mark.tool : `${mark.by}${mark.host === undefined ? '' : `@${mark.host}`}`;
  const since = mark.at === undefined ? '' : `, ${age(now.server - mark.at)} ago`;
  return [
    ...headLines(mark.type, mark.object, view, columns, isChosen),
    ttlLine(left, whole, 'nobody ends it', view, columns),
    line(span(`  by ${by}${since}${mark.experiment === undefined ? '' : `  ${mark.experiment}`}`, 'dim')),
  ];
}
