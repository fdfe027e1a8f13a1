import type { Timings } from '../run/event.ts';
import type { Moment } from './model.ts';
import { detectedBy, type Monitoring, probeMoments } from './monitoring.ts';

/** What was observed on a game-day in addition to a run's own times. */
export interface DayObservations {
  /** T3: when somebody first said that they see the fault, and who. */
  seenAt?: number;
  seenBy?: string;
  tripped?: readonly { at: number; condition: string }[];
  /** Set where the plan names a source of alerts, or has probes. */
  monitoring?: Monitoring;
}

/** The moments of a scenario that people did by hand, from its beginning (`start`). */
export function momentsByHand(start: number, seen: DayObservations & { until?: number | undefined }): Moment[] {
  const all = momentsOf({ injectedAt: start }, { ...seen, restoredBy: '', isDay: true });
  const isOfHand = ({ id }: Moment) =>
    id === 'T3' || id === 'X' || id === 'P' || (id === 'T2' && seen.monitoring?.alerts);
  return [{ id: 'T0', name: 'begun', at: start, afterMs: 0 }, ...all.filter(isOfHand)];
}

/**
 * T0 to T7 in order, with the proof of the effect and tripped conditions among them; one that is absent says why. None where nothing was
 * injected.
 */
export function momentsOf(
  timings: Timings,
  {
    restoredBy,
    isDay,
    until,
    isUnfinished,
    ...seen
  }: DayObservations & { restoredBy: string; isDay: boolean; until?: number | undefined; isUnfinished?: boolean },
): Moment[] {
  const start = timings.injectedAt;
  if (start === undefined) return [];
  const moment = (id: Moment['id'], name: string, at: number | undefined, missing: string, says?: string): Moment =>
    at === undefined
      ? // The process that watched has died, so it may have happened without being recorded.
        isUnfinished
        ? { id, name, says: 'not known: its process died, or it still runs', isBlind: true }
        : { id, name, says: missing }
      : { id, name, at, afterMs: Math.max(0, at - start), ...(says === undefined ? {} : { says }) };
  const span = { from: start, to: until ?? Number.POSITIVE_INFINITY };
  const { monitoring = {} } = seen;
  const detection = (warnedAt: number | undefined): Moment[] => {
    const warning = moment('W', 'first Warning event', warnedAt, '');
    if (monitoring.alerts === undefined)
      return [moment('T2', 'detected by the cluster', warnedAt, 'no Warning event about a watched object')];
    const { at, says = '', isBlind } = detectedBy(monitoring, span);
    const alert = moment('T2', 'detected by monitoring', at, says, says);
    return [{ ...alert, ...(isBlind ? { isBlind } : {}) }, ...(warnedAt === undefined ? [] : [warning])];
  };
  return [
    moment('T0', 'injected', start, ''),
    moment('E', 'effect proven', timings.effectProvenAt, 'the effect was never proven'),
    moment('T1', 'first symptom', timings.firstSymptomAt, 'nothing that was watched left its baseline'),
    ...detection(timings.detectedAt),
    ...(isDay || seen.seenAt !== undefined
      ? [moment('T3', 'seen by a person', seen.seenAt, 'nobody said so', seen.seenBy)]
      : []),
    ...(seen.tripped ?? []).map(({ at, condition }) => moment('X', 'condition tripped', at, '', condition)),
    moment('T4', 'first human action', timings.engagedAt, 'no write by a person was seen'),
    moment('T5', 'steady with the fault in', timings.healedAt, 'not before the revert', restoredBy),
    moment(
      'T6',
      'reverted, read back',
      timings.revertedAt,
      'there was nothing to revert, or it is not proven',
      'mayday',
    ),
    moment('T7', 'steady for the soak time', timings.stableAt, 'not seen'),
    ...probeMoments(monitoring, span),
  ];
}
