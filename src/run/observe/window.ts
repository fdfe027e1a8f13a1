import type { Clock } from '../../host/clock.ts';
import type { Stopwatch } from '../clocks.ts';
import type { CheckState } from '../event.ts';
import type { Changes } from './changes.ts';
import { NOT_STEADY, nextSteadiness, type Steadiness } from './steady.ts';

/** One observation of the system. */
export interface Observation {
  /** Whether the system is as expected at this moment of the window. */
  state: CheckState;
  /** Ends the window at once, because further observations would not change the result. */
  final?: boolean;
}

export interface WindowEnd {
  /** Steady for the whole soak time, or still steady when the hard deadline ended it early. */
  settled: boolean;
  steadiness: Steadiness;
  ended: 'settled' | 'hopeless' | 'deadline' | 'hard-deadline';
  /** Milliseconds since the window's stopwatch started. */
  afterMs: number;
}

export interface WindowOptions {
  watch: Stopwatch;
  changes: Changes;
  soakMs: number;
  /** A system that is not steady by then has not recovered in time; a soak time that has begun may finish. Milliseconds on the stopwatch. */
  deadlineMs: number;
  /** Ends the window in any case. */
  hardDeadlineMs?: number;
  /** Called once, `QUIET_MS` before the hard deadline, unless the window has ended by then. */
  beforeHardDeadline?(): void;
  /** Reads and judges everything once; its requests end when the signal aborts. */
  observe(atMs: number, signal: AbortSignal): Promise<Observation>;
  clock: Clock;
  signal?: AbortSignal;
}

/** The longest time between two observations, milliseconds. */
const TICK_MS = 1_000;

/**
 * No read starts this close to the hard deadline (less in a short window). The revert at the deadline must not wait for
 * an answer, nor for a new connection after a cancelled read broke the old one.
 */
const QUIET_MS = 500;
const QUIET_SHARE = 0.05;

/**
 * Reads again on every change, and at least once a second, until the system has been steady for the soak time or a
 * deadline is reached.
 */
export async function observeWindow(options: WindowOptions): Promise<WindowEnd> {
  const { watch, soakMs, deadlineMs, hardDeadlineMs = Number.POSITIVE_INFINITY } = options;
  let steadiness: Steadiness = NOT_STEADY;
  const over = (ended: WindowEnd['ended'], settled: boolean, afterMs: number): WindowEnd => ({
    settled,
    steadiness,
    ended,
    afterMs,
  });
  const quietFromMs = hardDeadlineMs - Math.min(QUIET_MS, hardDeadlineMs * QUIET_SHARE);
  for (;;) {
    const asked = watch.elapsed();
    if (asked >= quietFromMs) return over(...(await quietEnd(options, steadiness, hardDeadlineMs)), watch.elapsed());
    const look = await observeInTime(options, asked, hardDeadlineMs - asked);
    if (look === undefined) return over('hard-deadline', steadiness.since !== undefined, watch.elapsed());
    watch.correct();
    const atMs = watch.elapsed();
    steadiness = nextSteadiness(steadiness, look.state, asked);
    const steady = steadiness.since !== undefined;
    if (look.final) return over('hopeless', false, atMs);
    if (steady && steadiness.forMs >= soakMs) return over('settled', true, atMs);
    if (atMs >= hardDeadlineMs) return over('hard-deadline', steady, atMs);
    if (atMs >= deadlineMs && !(steady && (steadiness.since ?? 0) <= deadlineMs)) return over('deadline', false, atMs);
    await options.changes.wait(pause(atMs, steadiness, { ...options, quietFromMs }), options.signal);
  }
}

/**
 * Waits for the hard deadline without reading. Returns how the window ended and whether it settled.
 */
async function quietEnd(
  { watch, clock, signal, deadlineMs, beforeHardDeadline: nearing }: WindowOptions,
  { since }: Steadiness,
  hardDeadlineMs: number,
): Promise<[WindowEnd['ended'], boolean]> {
  const isSteady = since !== undefined;
  const isLate = !isSteady && deadlineMs < hardDeadlineMs;
  nearing?.();
  const endMs = isLate ? deadlineMs : hardDeadlineMs;
  for (let left = endMs - watch.elapsed(); left > 0; left = endMs - watch.elapsed()) {
    await clock.sleep(left, signal);
    watch.correct();
  }
  return [isLate ? 'deadline' : 'hard-deadline', isSteady];
}

/**
 * Reads once; undefined if the hard deadline comes first, so that a server that does not answer cannot delay the revert.
 */
async function observeInTime(options: WindowOptions, asked: number, leftMs: number): Promise<Observation | undefined> {
  const cut = new AbortController();
  const signals = options.signal ? [options.signal, cut.signal] : [cut.signal];
  const look = options.observe(asked, AbortSignal.any(signals));
  if (leftMs === Number.POSITIVE_INFINITY) return look;
  const done = new AbortController();
  const late = options.clock.sleep(Math.max(0, leftMs), done.signal).then(() => undefined);
  // The read that lost the race ends on its own, and its result is ignored.
  look.catch(() => undefined);
  late.catch(() => undefined);
  try {
    return await Promise.race([look, late]);
  } finally {
    cut.abort();
    done.abort();
  }
}

/** Milliseconds until the next moment at which something may be decided; at most `TICK_MS`. */
function pause(atMs: number, steadiness: Steadiness, options: WindowOptions & { quietFromMs: number }): number {
  const moments = [atMs + TICK_MS, options.deadlineMs];
  if (steadiness.since !== undefined) moments.push(steadiness.since + options.soakMs);
  return Math.max(1, Math.min(options.quietFromMs, ...moments.filter(moment => moment > atMs)) - atMs);
}
