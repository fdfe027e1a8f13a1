import type { Clock } from '../../src/host/clock.ts';

export interface FakeClock extends Clock {
  /** Runs `act` when virtual time reaches `ms` from now. */
  after(ms: number, act: () => void): void;
  /** Time stands still from now on: nobody who sleeps wakes again, as when a machine dies. */
  stop(): void;
}

interface Timer {
  at: number;
  ring: () => void;
}

/** A clock whose time moves on by itself, to the next timer, whenever nothing else is left to do. Nothing ever waits for real. */
export function fakeClock(start = Date.UTC(2026, 10, 21, 12)): FakeClock {
  let elapsed = 0;
  let timers: Timer[] = [];
  let pumping = false;
  let stopped = false;

  // A few turns of the event loop let everything that can go on without time passing go on first.
  function pump(turns = 4): void {
    if (turns > 0) {
      setImmediate(() => pump(turns - 1));
      return;
    }
    timers.sort((a, b) => a.at - b.at);
    const next = timers.shift();
    pumping = next !== undefined;
    if (!next) return;
    elapsed = Math.max(elapsed, next.at);
    next.ring();
    pump();
  }

  function set(timer: Timer): void {
    if (stopped) return;
    timers.push(timer);
    if (pumping) return;
    pumping = true;
    pump();
  }

  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    stop: () => {
      stopped = true;
      timers = [];
    },
    after: (ms, act) => set({ at: elapsed + ms, ring: act }),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const timer: Timer = { at: elapsed + ms, ring: () => undefined };
        const stop = () => {
          timers = timers.filter(other => other !== timer);
          reject(signal?.reason);
        };
        timer.ring = () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        };
        signal?.addEventListener('abort', stop, { once: true });
        set(timer);
      }),
  };
}
