import type { Clock } from '../../../host/clock.ts';

/** Deadlines of many things at once. */
export interface Deadlines {
  /** Calls `onLate` in `ms` milliseconds unless the returned function is called before. */
  add(ms: number, onLate: () => void): () => void;
}

interface Waiting {
  at: number;
  onLate: () => void;
}

/** Deadlines that share one sleep, until the first of them: a timer for each request costs as much as sending it. */
export function createDeadlines(clock: Clock): Deadlines {
  const waiting = new Set<Waiting>();
  let asleep: { until: number; wake: AbortController } | undefined;

  function wake(): void {
    asleep?.wake.abort(NOT_NEEDED);
    asleep = undefined;
  }

  function sleepAgain(): void {
    wake();
    let until = Number.POSITIVE_INFINITY;
    for (const { at } of waiting) until = Math.min(until, at);
    // Without a deadline there is no sleep: a sleep keeps the process alive.
    if (until === Number.POSITIVE_INFINITY) return;
    const sleep = { until, wake: new AbortController() };
    asleep = sleep;
    clock.sleep(until - clock.monotonic(), sleep.wake.signal).then(late, () => undefined);
  }

  function late(): void {
    const now = clock.monotonic();
    for (const one of [...waiting]) {
      if (one.at > now) continue;
      waiting.delete(one);
      one.onLate();
    }
    sleepAgain();
  }

  return {
    add(ms, onLate) {
      const one = { at: clock.monotonic() + ms, onLate };
      waiting.add(one);
      if (asleep === undefined || one.at < asleep.until) sleepAgain();
      return () => {
        waiting.delete(one);
        if (waiting.size === 0) wake();
      };
    },
  };
}

/** Shared by all sleeps that end early: creating an error with its stack for each is slow. */
const NOT_NEEDED = new Error('no deadline is waited for');
