import type { LoadedExperiment } from '../experiment/types.ts';
import { nextToStart, type SuiteEntry } from './order.ts';

/** How a suite's runs are timed. Milliseconds. */
export interface Timing {
  /** How long the next run waits for its steady state. */
  gateMs: number;
  soakMs: number;
  /** Of one run; the revert comes after it. */
  timeoutMs?: number;
}

/**
 * The longest time that one run can take, from the wait for its steady state to its verdict: under the fault until the TTL or the recovery time,
 * and the recovery time once more after the revert. The requests themselves, which have limits of their own, are not counted.
 */
export function longestRunMs({ experiment }: LoadedExperiment, { gateMs, soakMs, timeoutMs }: Timing): number {
  const { injection, hypothesis } = experiment.spec;
  const recovery = hypothesis.recoveryTimeoutMs + soakMs;
  const underFault = Math.min(injection.ttlMs || Number.POSITIVE_INFINITY, recovery);
  return gateMs + Math.min(underFault + recovery, timeoutMs ?? Number.POSITIVE_INFINITY);
}

/** A run that is going on, and for how long. */
export interface Running {
  entry: SuiteEntry;
  forMs: number;
}

/** The longest time that the rest can take, if every run takes its longest and they start in the suite's order. */
export function longestLeftMs(
  waiting: readonly SuiteEntry[],
  running: readonly Running[],
  parallel: number,
  timing: Timing,
): number {
  const left = [...waiting];
  let now = 0;
  let busy = running.map(({ entry, forMs }) => ({
    entry,
    endsAt: Math.max(0, longestRunMs(entry.loaded, timing) - forMs),
  }));
  for (;;) {
    for (;;) {
      const next = nextToStart(
        left,
        busy.map(({ entry }) => entry),
        parallel,
      );
      if (next === undefined) break;
      left.splice(left.indexOf(next), 1);
      busy.push({ entry: next, endsAt: now + longestRunMs(next.loaded, timing) });
    }
    if (busy.length === 0) return now;
    now = Math.min(...busy.map(({ endsAt }) => endsAt));
    busy = busy.filter(({ endsAt }) => endsAt > now);
  }
}
