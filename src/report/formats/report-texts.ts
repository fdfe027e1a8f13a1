import { counted } from '../../text/counted.ts';
import { age, measured } from '../../text/duration.ts';
import type { Change, Figure, Finding, Moment, Report, Scenario, ScenarioVerdict, Where } from '../model.ts';

// Texts that all formats of a report share.

/** `2026-11-28 18:30:25 UTC`. In UTC, since a report is read in other time zones too. */
export const timeText = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const afterText = (ms: number): string => `+${measured(ms)}`;

const VERDICTS: readonly ScenarioVerdict[] = ['Resilient', 'Degraded', 'Failed', 'Inconclusive', 'Unfinished'];

/** `3 Resilient, 1 Degraded; 0 remain in the cluster`. */
export function countsText({ counts }: Report): string {
  const verdictCounts = VERDICTS.flatMap(verdict => (counts[verdict] === 0 ? [] : [`${counts[verdict]} ${verdict}`]));
  return `${verdictCounts.join(', ') || 'nothing was run'}; ${counts.residue} remain in the cluster`;
}

/** `4.2s`, or `median 4.2s of 3 (1.0s to 9.1s)`. */
export function figureText({ count, medianMs, minMs, maxMs }: Figure): string {
  if (count === 1) return `${measured(medianMs)} (1 run)`;
  return `median ${measured(medianMs)} of ${count} (${measured(minMs)} to ${measured(maxMs)})`;
}

export const momentText = ({ at, afterMs, says }: Moment): string =>
  at === undefined ? `– ${says ?? ''}`.trim() : `${afterText(afterMs ?? 0)}${says ? ` (${says})` : ''}`;

/** How the steady state came back, in one phrase. */
export function recoveryText({ recoveryMs, selfHealed, restoredBy, verdict }: Scenario): string {
  if (recoveryMs === undefined) return 'not measured';
  if (selfHealed) return `healed by itself after ${measured(recoveryMs)}${restoredBy ? `, by ${restoredBy}` : ''}`;
  if (verdict === 'Resilient' && recoveryMs === 0) return 'never left its steady state';
  const took = recoveryMs < 1 ? 'at once' : measured(recoveryMs);
  return restoredBy === 'mayday' ? `${took} after our revert` : took;
}

export const FLIP_HEAD = ['after', 'what changed', 'to', 'expected', 'found'] as const;
const FLIP_WORDS = { pass: 'steady', fail: 'BROKEN', blind: 'BLIND' } as const;
const MOST_FLIPS = 40;

/** The changes of checks and probes as rows, at most 40. */
export function flipRows({ flips = [] }: Scenario): string[][] {
  const rows = flips
    .slice(0, MOST_FLIPS)
    .map(({ afterMs, name, state, expected, actual }) => [
      afterText(afterMs),
      name,
      FLIP_WORDS[state],
      expected,
      actual,
    ]);
  return flips.length <= MOST_FLIPS ? rows : [...rows, ['…', `${flips.length - MOST_FLIPS} more`, '', '', '']];
}

export function whereText({ context, server, user, host, version }: Where): string {
  const by = user === undefined ? '' : ` as ${user}`;
  const from = host === undefined ? '' : `, from ${host}`;
  const tool = version === undefined ? '' : `, mayday ${version}`;
  return `${context ?? 'an unnamed context'}${server === undefined ? '' : ` (${server})`}${by}${from}${tool}`;
}

export const objectText = (object: Scenario['receipts'][number]['object']): string =>
  `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`;

const sideText = (side: Change['now']): string =>
  side === undefined
    ? '–'
    : `${side.verdict}${side.recoveryMs === undefined ? '' : `, ${measured(side.recoveryMs)}`}${side.runs > 1 ? ` (${side.runs} runs)` : ''}`;

export const changeText = ({ before, now }: Change): string => `${sideText(before)} → ${sideText(now)}`;

/** Owner, due and re-test date of a finding; missing ones are named as missing. */
export const assignedText = ({ owner, due, retestOn }: Finding): string =>
  `owner ${owner ?? 'NOT ASSIGNED'}, due ${due ?? 'not set'}, re-test ${retestOn ?? 'not set'}`;

/** `2026-11-28 18:30:25 UTC, 12m5s`. */
export function spanText({ from, to }: { from?: number | undefined; to?: number | undefined }): string | undefined {
  if (from === undefined) return undefined;
  return to === undefined || to <= from ? timeText(from) : `${timeText(from)}, ${age(to - from)}`;
}

/** How a game-day ended, and how often it was resumed; undefined where the report is not of a game-day. */
export function dayEndText(day: Report['day']): string | undefined {
  if (day === undefined) return undefined;
  const more =
    day.sessions === 0 ? '' : ` It was taken up again ${day.sessions === 1 ? 'once' : `${day.sessions} times`}.`;
  return `${day.ended === undefined ? 'The day has not ended.' : `The day ended: ${day.ended.says}.`}${more}`;
}

/** The differences between the baselines before and after the day, in one phrase; undefined where the report is not of a game-day. */
export function baselineText({ day }: Report): string | undefined {
  if (day === undefined) return undefined;
  const { saved, left, problem } = day.baseline;
  if (!saved) return `no baseline was saved${problem === undefined ? '' : `: ${problem}`}`;
  if (left === undefined) return `a baseline was saved and not compared${problem === undefined ? '' : `: ${problem}`}`;
  if (problem !== undefined) return `${counted(left.length, 'difference')} in what could be compared; ${problem}`;
  return left.length === 0
    ? 'nothing is left: all namespaces are as they were before the day'
    : `${counted(left.length, 'difference')} to what was before the day`;
}

/** A moment with its position on the time line, from 0 (first) to 1 (last). */
export interface PlacedMoment {
  moment: Moment;
  share: number;
}

/** The moments that have a time, in order, with their positions on the time line. */
export function placedMoments(moments: readonly Moment[]): PlacedMoment[] {
  const timed = moments.filter(({ afterMs }) => afterMs !== undefined);
  const end = Math.max(1, ...timed.map(({ afterMs = 0 }) => afterMs));
  return timed
    .toSorted((a, b) => (a.afterMs ?? 0) - (b.afterMs ?? 0))
    .map(moment => ({ moment, share: (moment.afterMs ?? 0) / end }));
}

/** When the fault was in, as positions on the same time line. */
export function faultSpan(moments: readonly Moment[]): { from: number; to: number } | undefined {
  const placed = placedMoments(moments);
  const out = placed.find(({ moment }) => moment.id === 'T6') ?? placed.find(({ moment }) => moment.id === 'T5');
  return placed.length === 0 ? undefined : { from: 0, to: out?.share ?? 1 };
}
