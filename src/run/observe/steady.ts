import type { CheckState } from '../event.ts';

/** How long a state has been steady without a break. Times are milliseconds after the injection (or the revert). */
export interface Steadiness {
  /** Start of the current unbroken steady stretch; undefined while not steady. */
  since?: number;
  /** Length of that stretch so far. */
  forMs: number;
  /** Whether it was ever anything but steady since watching began. */
  wavered: boolean;
}

export const NOT_STEADY: Steadiness = { forMs: 0, wavered: false };

/**
 * The next steadiness after a sample at `atMs`. What could not be read breaks the stretch, because steadiness must be seen,
 * but is not a wavering of the system.
 */
export function followed(before: Steadiness, state: CheckState, atMs: number): Steadiness {
  if (state !== 'pass') return { forMs: 0, wavered: before.wavered || state === 'fail' };
  const since = before.since ?? atMs;
  return { since, forMs: atMs - since, wavered: before.wavered };
}

/** Milliseconds to steady: 0 for a system that was never seen to leave it. */
export const recoveredAfter = (steadiness: Steadiness): number | undefined =>
  steadiness.since === undefined ? undefined : steadiness.wavered ? steadiness.since : 0;
