import type { FoundInjection } from '../../../injection/found-injection.ts';
import type { Receipt } from '../../../injection/write/receipt.ts';
import { unmarkedSays } from '../../../records/unfinished-lines.ts';
import type { ClusterExperiment } from '../../../revert/stop/cluster-experiment.ts';
import type { Stop } from '../../../revert/stop/stop.ts';
import { age } from '../../../text/duration.ts';
import { sanitise } from '../../../text/sanitise.ts';
import { wrapIndented } from '../../../text/wrap.ts';
import type { MaydayView } from '../../store/state.ts';
import { cell, ends, type Line, line, type Span, span, type Tone } from '../../widgets/line.ts';
import { namedRow } from '../../widgets/named-row.ts';
import { objectName } from '../../widgets/object-name.ts';
import type { View } from '../../widgets/view.ts';
import { unsettled } from './question.ts';
import { questionLines } from './question-lines.ts';
import { receiptLines } from './receipt-lines.ts';

/** What was found and what became of each, in waves; below it what could not be read. A question takes the place of the list. */
export function listLines(mayday: MaydayView, view: View): Line[] {
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
    if (!known.has(receipt.id)) lines.push(...receiptLines(receipt, ' '.repeat(WAVE_COLUMNS), view));
  for (const order of mayday.orders) lines.push(orderLine(order, mayday.stops.get(order.id), view));
  for (const { resource, reason } of mayday.blind)
    lines.push(...whole(`${view.glyphs.states.blind} BLIND  ${resource}: ${reason}`, 'warn', view));
  for (const leftover of unsettled(mayday))
    lines.push(...whole(`${view.glyphs.diverged} UNMARKED  ${unmarkedSays(leftover)}`, 'warn', view));
  if (mayday.latch !== '') lines.push(...whole(`  ${mayday.latch}`, 'dim', view));
  for (const note of mayday.notes) lines.push(...whole(`  ${note}`, 'dim', view));
  return lines;
}

/** A text in as many rows as it takes. */
const whole = (text: string, tone: Tone, { columns }: View): Line[] =>
  wrapIndented(sanitise(text, Number.MAX_SAFE_INTEGER), columns).map(part => line(span(part, tone)));

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
  if (receipt) return [...receiptLines(receipt, wave, view), ...divergence(finding, receipt)];
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
  return [namedRow(start, finding.object, [line(overdue, by), line(overdue ?? span(since, 'dim')), line()], columns)];
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

/** Why something was left alone, where the receipt itself has no room for it. */
function divergence(finding: FoundInjection, receipt: Receipt): Line[] {
  if (receipt.outcome !== 'diverged' || finding.message === undefined || finding.message === receipt.message) return [];
  return [line(span(`    ${finding.message}`, 'dim'))];
}
