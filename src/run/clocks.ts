import type { Clock } from '../host/clock.ts';

/** The server's time as the API client knows it. */
export type ServerTime = () => { now: number; known: boolean };

/** Date headers have whole seconds, so smaller differences are ignored. */
const TOLERANCE_MS = 2_000;

/** Time since the injection. */
export interface Stopwatch {
  /** Server time at the start, milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds since the start. */
  elapsed(): number;
  /** Compares with the server's time; call after an answer. The monotonic clock stands still while a machine sleeps. */
  correct(): void;
  /** Server time of a moment `afterMs` after the start. */
  at(afterMs: number): number;
}

/**
 * Starts counting now. Counts on the monotonic clock, so that setting the wall clock has no effect. Moves forward, never
 * back, if the server's clock shows that more time has passed.
 */
export function startStopwatch(clock: Clock, serverTime: ServerTime): Stopwatch {
  const origin = clock.monotonic();
  const server = serverTime();
  let slept = 0;
  const counted = () => clock.monotonic() - origin;
  return {
    startedAt: Math.round(server.now),
    elapsed: () => counted() + slept,
    correct() {
      const now = serverTime();
      if (!now.known || !server.known) return;
      const behind = now.now - server.now - counted();
      if (behind > slept + TOLERANCE_MS) slept = behind;
    },
    at: afterMs => Math.round(server.now + afterMs),
  };
}

/** A clock that runs `speed` times as fast as the given one, from now on; for a sandbox whose time is scaled. */
export function scaleClock(clock: Clock, speed: number): Clock {
  const wall = clock.now();
  const mono = clock.monotonic();
  return {
    now: () => wall + (clock.now() - wall) * speed,
    monotonic: () => mono + (clock.monotonic() - mono) * speed,
    sleep: (ms, signal) => clock.sleep(ms / speed, signal),
  };
}
