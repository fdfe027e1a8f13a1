import { setImmediate } from 'node:timers/promises';
import { createClock, type SandboxClock, type Timer, type WallClock } from './clock.ts';

/**
 * A clock that starts in the past, runs as fast as the machine can until the present, and then follows the wall
 * clock.
 */
export interface CatchUpClock extends SandboxClock {
  /** Moves on by `ms`, but not beyond the present, firing in order the timers that fall due. */
  passTime(ms: number): Promise<void>;
  /** Moves on to the present; from then on the clock follows the wall clock. */
  catchUp(): Promise<void>;
}

interface Waiting {
  at: number;
  order: number;
  every?: number;
  callback: () => void;
  /** The real timer, once the present is reached. */
  timer?: Timer;
}

/** A clock that begins `leadMs` before the wall clock. With 0 it follows the wall clock at once. */
export function createCatchUpClock(wall: WallClock, speed: number, leadMs: number): CatchUpClock {
  const end = wall.now();
  const real = createClock(wall, speed);
  const waiting = new Set<Waiting>();
  let time = end - leadMs;
  let order = 0;
  let isPast = leadMs > 0;

  const arm = (callback: () => void, ms: number, every?: number): Timer => {
    if (!isPast) return every === undefined ? real.setTimeout(callback, ms) : real.setInterval(callback, every);
    const entry: Waiting = { at: time + Math.max(ms, 0), order: order++, callback, ...(every && { every }) };
    waiting.add(entry);
    return {
      cancel() {
        waiting.delete(entry);
        entry.timer?.cancel();
      },
    };
  };

  const next = (): Waiting | undefined => {
    let first: Waiting | undefined;
    for (const entry of waiting)
      if (!first || entry.at < first.at || (entry.at === first.at && entry.order < first.order)) first = entry;
    return first;
  };

  const passTimeUntil = async (until: number): Promise<void> => {
    // Work that waits for no timer runs first, and after each timer the work that it started.
    for (let due = next(); ; due = next()) {
      if (!due || due.at > until) break;
      time = Math.max(time, due.at);
      if (due.every === undefined) waiting.delete(due);
      else due.at += due.every;
      due.callback();
      await setImmediate();
    }
    time = until;
    await setImmediate();
  };

  /** Turns a pending timer into a real one. */
  const armRealTimer = (entry: Waiting): void => {
    const left = Math.max(0, entry.at - end);
    const fire = () => {
      if (entry.every === undefined) waiting.delete(entry);
      else entry.timer = real.setTimeout(fire, entry.every);
      entry.callback();
    };
    entry.timer = real.setTimeout(fire, left);
  };

  return {
    now: () => (isPast ? time : real.now()),
    setTimeout: (callback, ms) => arm(callback, ms),
    setInterval: (callback, ms) => arm(callback, ms, Math.max(ms, 1)),
    stop() {
      waiting.clear();
      real.stop();
    },
    passTime: ms => passTimeUntil(Math.min(time + ms, end)),
    async catchUp() {
      if (!isPast) return;
      await passTimeUntil(end);
      isPast = false;
      for (const entry of [...waiting]) armRealTimer(entry);
    },
  };
}
