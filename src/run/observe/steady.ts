import type { CheckState } from '../event.ts';

/** How long a state has been steady without a break. Times are milliseconds after the injection (or the revert). */
export interface Steadiness {
  /** Start of the current steady period; undefined while not steady. */
  since?: number;
  /** Length of that period so far. */
  forMs: number;
  /** Whether it was ever not steady since the observation began. */
  wavered: boolean;
}

export const NOT_STEADY: Steadiness = { forMs: 0, wavered: false };

/**
 * The steadiness after a sample at `atMs`. A blind sample ends the steady period, because steadiness must be observed, but does not
 * count as `wavered`.
 */
export function nextSteadiness(before: Steadiness, state: CheckState, atMs: number): Steadiness {
  if (state !== 'pass') return { forMs: 0, wavered: before.wavered || state === 'fail' };
  const since = before.since ?? atMs;
  return { since, forMs: atMs - since, wavered: before.wavered };
}

/** Milliseconds until steady: 0 for a system that was never observed as not steady. */
export const recoveredAfter = (steadiness: Steadiness): number | undefined =>
  steadiness.since === undefined ? undefined : steadiness.wavered ? steadiness.since : 0;
