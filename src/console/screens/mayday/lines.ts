import type { FoundInjection } from '../../../injection/found-injection.ts';
import { isPutBack, type Receipt } from '../../../injection/write/receipt.ts';
import { strippedText } from '../../../revert/report.ts';
import type { ClusterExperiment } from '../../../revert/stop/cluster-experiment.ts';
import type { Stop } from '../../../revert/stop/stop.ts';
import { counted } from '../../../text/counted.ts';
import { age } from '../../../text/duration.ts';
import { pressFor } from '../../keymap/remap.ts';
import type { RevertEnd } from '../../session/revert.ts';
import type { ConsoleState, MaydayView } from '../../store/state.ts';
import { cell, ends, type Line, line, lineWidth, type Span, span } from '../../widgets/line.ts';
import { namedColumns, namedIn, objectName } from '../../widgets/object-name.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import { isLeftToPerson, waiting } from './question.ts';
import { questionLines, questionRows, questionTitle } from './question-lines.ts';

/** The emergency screen: what was found, what became of each, how many remain. Two rows of summary, the list, the result. */
export function maydayLines(state: ConsoleState, view: View, rows: number): Line[] {
  const { mayday } = state;
  const { columns } = view;
  const head = [titleRow(state, view), tallyRow(mayday, view)];
  const tail = resultRows(state, view);
  const room = Math.max(0, rows - head.length - tail.length - 1);
  const list = listLines(mayday, view);
  const top = Math.max(0, Math.min(mayday.top, list.length - room));
  const below = list.length - top - room;
  const shown = list.slice(top, top + room);
  const note = below > 0 ? `${below} more below` : top > 0 ? `${top} more above` : '';
  const filled = [...shown, ...Array.from({ length: Math.max(0, room - shown.length) }, () => line())];
  return [...head, rule(mayday.asked ? questionTitle(mayday.asked) : 'FOUND', columns, view, note), ...filled, ...tail];
}

function titleRow(state: ConsoleState, { columns, now }: View): Line {
  const { link } = state;
  const name = link.state === 'connected' ? link.context : (state.settings.context ?? link.doing);
  return ends(line(span(' MAYDAY ', 'alarm'), '  ', span(name, 'title')), phaseText(state, now.monotonic), columns);
}

function phaseText({ mayday, settings }: ConsoleState, monotonic: number): Line {
  switch (mayday.phase) {
    case 'scanning':
      return mayday.total > 0 ? line(`scanning ${mayday.done} of ${mayday.total} kinds`) : line('scanning…');
    case 'found':
      return line('scan complete');
    case 'aborting':
      return line(span('stopping the runs of this console…', 'warn'));
    case 'reverting':
      return line(span(`reverting: ${mayday.receipts.size} done`, 'warn'));
    case 'done':
      return line(
        'done, scanned again',
        mayday.end?.latched === true &&
          span(`   latch ON: ${pressFor(settings.keys, 'mayday', 'lift-latch', 'L')} lifts it`, 'warn'),
      );
    case 'unreachable':
      return line(
        span(
          `UNREACHABLE, next try in ${Math.max(0, Math.ceil(((mayday.retryAt ?? monotonic) - monotonic) / 1000))}s`,
          'bad',
        ),
      );
  }
}

function tallyRow(mayday: MaydayView, { glyphs }: View): Line {
  const by = (state: FoundInjection['state']): number =>
    mayday.findings.filter(finding => finding.state === state && !mayday.receipts.has(finding.id)).length;
  const receipts = [...mayday.receipts.values()];
  const good = receipts.filter(one => isRestored(one) && one.outcome !== 'stripped').length;
  const kept = receipts.filter(one => isRestored(one) && one.outcome === 'stripped').length;
  const parts: Span[] = [
    span(`${counted(mayday.findings.length, 'injection')} found`, mayday.findings.length > 0 ? 'title' : 'plain'),
  ];
  const add = (count: number, text: string, tone: Span['tone']): void => {
    if (count > 0) parts.push(span('   '), span(text, tone));
  };
  add(good, `${glyphs.states.ok} ${good} restored`, 'ok');
  add(kept, `${kept} kept as it is`, 'ok');
  const asked = waiting(mayday.findings, mayday.receipts);
  const not = receipts.length - good - kept - asked;
  add(not, `${glyphs.states.fail} ${not} not`, 'bad');
  add(asked, `${counted(asked, 'needs', 'need')} your word`, 'warn');
  add(by('injected'), `${by('injected')} to restore`, 'chaos');
  add(by('restored'), `${glyphs.states.ok} ${by('restored')} already restored`, 'ok');
  add(by('diverged'), `${glyphs.diverged} ${by('diverged')} diverged`, 'warn');
  add(by('corrupt'), `${glyphs.states.fail} ${by('corrupt')} corrupt`, 'bad');
  add(by('foreign'), `${by('foreign')} of another tool`, 'dim');
  const open = mayday.orders.filter(({ id }) => mayday.stops.get(id)?.verified !== true);
  const pending = open.filter(({ state }) => state === 'pending').length;
  add(open.length - pending, `${counted(open.length - pending, 'experiment')} of the framework live`, 'chaos');
  add(pending, `${pending} WILL INJECT again`, 'bad');
  add(mayday.blind.length, `${glyphs.states.blind} BLIND to ${mayday.blind.length}`, 'warn');
  return line(...parts);
}

function listLines(mayday: MaydayView, view: View): Line[] {
  if (mayday.asked) return questionLines(mayday.asked, view.columns);
  const ordered = [...mayday.findings].sort((a, b) => waveOf(mayday, a) - waveOf(mayday, b));
  const lines: Line[] = [];
  let last = -1;
  for (const finding of ordered) {
    const wave = mayday.waves.get(finding.id);
    const isFirst = (wave?.wave ?? 0) !== last;
    last = wave?.wave ?? 0;
    lines.push(
      ...findingLines(
        finding,
        mayday.receipts.get(finding.id),
        mayday.waves.size === 0
          ? ''
          : (isFirst && wave ? `WAVE ${wave.wave + 1} ${wave.name}` : '').padEnd(WAVE_COLUMNS),
        view,
      ),
    );
  }
  // A receipt may name something the first scan did not show: what the runs of this console reverted themselves.
  const known = new Set(mayday.findings.map(finding => finding.id));
  for (const receipt of mayday.receipts.values())
    if (!known.has(receipt.id)) lines.push(receiptLine(receipt, ' '.repeat(WAVE_COLUMNS), view));
  for (const order of mayday.orders) lines.push(orderLine(order, mayday.stops.get(order.id), view));
  for (const { resource, reason } of mayday.blind)
    lines.push(line(span(`${view.glyphs.states.blind} BLIND  ${resource}: ${reason}`, 'warn')));
  if (mayday.latch !== '') lines.push(line(span(`  ${mayday.latch}`, 'dim')));
  for (const note of mayday.notes) lines.push(line(span(`  ${note}`, 'dim')));
  return lines;
}

/** An experiment of the framework's controller: its phase and end, or what became of it. */
function orderLine(order: ClusterExperiment, stop: Stop | undefined, { glyphs, now, columns }: View): Line {
  const name = `ChaosExperiment ${objectName(order.object)}`;
  if (stop) {
    const mark = stop.verified ? span(glyphs.states.ok, 'ok') : span(glyphs.states.fail, 'bad');
    return ends(
      line(mark, ' ', name, '  ', span(stop.message, stop.verified ? 'dim' : 'warn')),
      line(span(stop.verified ? stop.outcome : 'NOT STOPPED', stop.verified ? 'ok' : 'bad')),
      columns,
    );
  }
  const { state, ttlEnd, verdict } = order;
  const until =
    ttlEnd === undefined
      ? ''
      : ttlEnd < now.server
        ? `OVERDUE ${age(now.server - ttlEnd)}`
        : `TTL ends in ${age(ttlEnd - now.server)}`;
  const what = state === 'pending' ? 'will inject' : state === 'stuck' ? 'held, Terminating' : '';
  return ends(
    line(span(`${glyphs.live} ${state.padEnd(9)}`, 'chaos'), ' ', span(cell(order.type, 15), 'chaos'), ' ', name),
    line(span([order.phase, verdict, what, until].filter(Boolean).join(', '), state === 'pending' ? 'warn' : 'dim')),
    columns,
  );
}

/** The longest name of a type, `LeaderElectionDisrupt`. */
const LONGEST_TYPE = 21;
/** `WAVE 4 the rest`, and one more. */
const WAVE_COLUMNS = 16;

const waveOf = (mayday: MaydayView, finding: FoundInjection): number => mayday.waves.get(finding.id)?.wave ?? 99;

function findingLines(finding: FoundInjection, receipt: Receipt | undefined, wave: string, view: View): Line[] {
  if (receipt) return [receiptLine(receipt, wave, view), ...divergence(finding, receipt, view)];
  const { glyphs, now, columns } = view;
  const since = finding.injectedAt === undefined ? '' : `${age(now.server - finding.injectedAt)} ago`;
  const overdue =
    finding.expiresAt !== undefined && finding.expiresAt < now.server
      ? span(`OVERDUE ${age(now.server - finding.expiresAt)}  `, 'bad')
      : undefined;
  const start = line(
    stateSpan(finding, glyphs),
    ' ',
    span(cell(finding.type, columns < 100 ? 15 : LONGEST_TYPE), 'chaos'),
    ' ',
  );
  const by = span([finding.by ?? finding.tool, since].filter(Boolean).join(', '), 'dim');
  return [named(start, finding.object, [line(overdue, by), line(overdue ?? span(since, 'dim')), line()], columns)];
}

/** A row with the name of an object: what stands at the right end gives way to the name, the longest that leaves it whole is shown. */
function named(start: Line, object: FoundInjection['object'], rights: readonly Line[], columns: number): Line {
  const room = (right: Line): number => columns - lineWidth(start) - lineWidth(right) - 1;
  const right = rights.find(one => room(one) >= namedColumns(object)) ?? rights.at(-1) ?? line();
  return ends(line(...start.spans, namedIn(object, room(right))), right, columns);
}

function stateSpan(finding: FoundInjection, glyphs: View['glyphs']): Span {
  switch (finding.state) {
    case 'injected':
      return span(`${glyphs.live} injected `, 'chaos');
    case 'restored':
      return span(`${glyphs.states.ok} restored `, 'ok');
    case 'diverged':
      return span(`${glyphs.diverged} diverged `, 'warn');
    case 'corrupt':
      return span(`${glyphs.states.fail} corrupt  `, 'bad');
    case 'foreign':
      return span(`${glyphs.states.wait} foreign  `, 'dim');
  }
}

const isRestored = ({ outcome, verified }: Receipt): boolean =>
  outcome !== 'failed' && outcome !== 'diverged' && outcome !== 'unconfirmed' && verified;

function receiptLine(receipt: Receipt, wave: string, { glyphs, columns }: View): Line {
  const isGood = isRestored(receipt);
  const words: Record<Receipt['outcome'], string> = {
    reverted: 'reverted',
    'already-restored': 'was restored',
    gone: 'gone',
    stripped: 'stripped',
    diverged: 'DIVERGED',
    unconfirmed: 'YOUR WORD',
    failed: 'FAILED',
  };
  const isPerson = isLeftToPerson(receipt.outcome);
  const outcome = `${words[receipt.outcome]}${isGood || receipt.verified || isPerson || receipt.outcome === 'failed' ? '' : ', NOT VERIFIED'}`;
  const mark = isGood
    ? span(glyphs.states.ok, 'ok')
    : isPerson
      ? span(glyphs.diverged, 'warn')
      : span(glyphs.states.fail, 'bad');
  const start = line(wave !== '' && span(`${wave}  `, 'dim'), mark, ' ');
  const end = span(outcome, isGood ? 'ok' : isPerson ? 'warn' : 'bad');
  const took = line(end, span(` ${(receipt.ms / 1000).toFixed(2)}s`, 'dim'));
  const room = columns - lineWidth(start) - lineWidth(took) - 1;
  // The name goes before the time it took, and before what was done.
  if (room < namedColumns(receipt.object)) return named(start, receipt.object, [line(end)], columns);
  const name = namedIn(receipt.object, room);
  return ends(line(...start.spans, name, '  ', span(receipt.message, isGood ? 'dim' : 'warn')), took, columns);
}

/** Why something was left alone, where the receipt itself has no room for it. */
function divergence(finding: FoundInjection, receipt: Receipt, _view: View): Line[] {
  if (receipt.outcome !== 'diverged' || finding.message === undefined || finding.message === receipt.message) return [];
  return [line(span(`    ${finding.message}`, 'dim'))];
}

function resultRows(state: ConsoleState, view: View): Line[] {
  const { mayday } = state;
  const { glyphs } = view;
  if (mayday.asked) return questionRows(mayday.asked);
  if (mayday.end) return [endRow(state, mayday.end, view)];
  if (mayday.isQueued) return queuedRows(mayday, view);
  switch (mayday.phase) {
    case 'unreachable':
      return [line(span(`${glyphs.states.fail} ${mayday.message}; the scan is tried again until it answers`, 'bad'))];
    case 'found':
      return [mayday.findings.length + mayday.orders.length === 0 ? cleanRow(mayday, glyphs) : revertRow(state)];
    case 'scanning':
      return [revertRow(state)];
    default:
      return [line(span(mayday.message, 'dim'))];
  }
}

/** A revert that waits for the cluster, and what kept it from starting. */
const queuedRows = ({ phase, message }: MaydayView, { glyphs }: View): Line[] => [
  ...(phase === 'unreachable' ? [line(span(`${glyphs.states.fail} ${message}`, 'bad'))] : []),
  line(
    span(' ! ', 'alarm'),
    span(' waits: it starts as soon as the cluster answers', 'title'),
    span('   esc takes it back', 'dim'),
  ),
];

const revertRow = ({ settings }: ConsoleState): Line =>
  line(
    span(' ! ', 'alarm'),
    span(' once more (or ', 'title'),
    span(pressFor(settings.keys, 'mayday', 'revert-all', 'y'), 'key'),
    span(') reverts all of it, verified', 'title'),
    span('   esc leaves it as it is', 'dim'),
  );

const cleanRow = ({ blind }: MaydayView, { states }: View['glyphs']): Line =>
  blind.length > 0
    ? line(span(`${states.blind} nothing found in what could be read; BLIND to ${blind.length}`, 'warn'))
    : line(span(`${states.ok} no injection in the cluster`, 'ok'));

function endRow({ mayday, settings }: ConsoleState, end: RevertEnd, { glyphs, columns }: View): Line {
  const verified = end.receipts.filter(isPutBack).length;
  const facts = `   verified ${verified}${strippedText(end.receipts)}   requests ${end.requests}   ${(end.ms / 1000).toFixed(1)}s`;
  const asked = waiting(mayday.findings, mayday.receipts);
  if (asked === 0) return line(remainSpan(end, glyphs), facts);
  const key = span(pressFor(settings.keys, 'mayday', 'ask', 'w'), 'key');
  return ends(
    line(remainSpan(end, glyphs), facts),
    line(key, ` ${counted(asked, 'needs', 'need')} your word`),
    columns,
  );
}

/** The number that remain is only good news when everything could be looked at. */
function remainSpan({ remaining, blind, message }: RevertEnd, { states }: View['glyphs']): Span {
  if (remaining === undefined)
    return span(`${states.blind} REMAIN unknown: ${message ?? 'the second look failed'}`, 'bad');
  if (remaining > 0) return span(`${states.fail} REMAIN ${remaining}`, 'bad');
  return blind > 0
    ? span(`${states.blind} REMAIN 0 seen, BLIND to ${blind}`, 'warn')
    : span(`${states.ok} REMAIN 0`, 'ok');
}
