import { setImmediate } from 'node:timers/promises';
import { createClock, type SandboxClock, type Timer, type WallClock } from './clock.ts';

/** A clock that first lives through a past, as fast as the machine can, and then runs with the wall. */
export interface LedClock extends SandboxClock {
  /** Lives through so many milliseconds of the past, and not beyond its end; what falls due on the way happens, in its order. */
  pass(ms: number): Promise<void>;
  /** Lives through what is left of the past; from then on time is the wall's. */
  arrive(): Promise<void>;
}

interface Waiting {
  at: number;
  order: number;
  every?: number;
  callback: () => void;
  /** On the wall, after the past. */
  timer?: Timer;
}

/** A clock whose time begins `leadMs` before the wall's. Without a lead it is the wall's at once. */
export function createLedClock(wall: WallClock, speed: number, leadMs: number): LedClock {
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

  const passUntil = async (until: number): Promise<void> => {
    // What is under way without waiting for a time goes first, and after each thing what it began.
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

  /** Gives a timer of the past to the wall. */
  const handOver = (entry: Waiting): void => {
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
    pass: ms => passUntil(Math.min(time + ms, end)),
    async arrive() {
      if (!isPast) return;
      await passUntil(end);
      isPast = false;
      for (const entry of [...waiting]) handOver(entry);
    },
  };
}
