import type { Clock } from '../../src/host/clock.ts';

export interface ManualClock extends Clock {
  /** Moves time on, waking sleepers in order, and lets what they do settle. */
  advance(ms: number): Promise<void>;
  /** Moves the wall clock only, as setting it would. */
  setWall(ms: number): void;
  /** What is being slept now, in milliseconds still to go. */
  readonly sleeping: number[];
}

/** Lets promises, and I/O that is ready, settle. */
export const settle = async (turns = 5): Promise<void> => {
  for (let turn = 0; turn < turns; turn += 1) await new Promise(resolve => setImmediate(resolve));
};

/** A clock that stands still until told. */
export function manualClock(start = 1_000_000): ManualClock {
  let monotonic = 0;
  let wallOffset = start;
  const sleepers = new Set<{ at: number; wake: () => void }>();
  return {
    now: () => monotonic + wallOffset,
    monotonic: () => monotonic,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper = { at: monotonic + Math.max(0, ms), wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
      }),
    async advance(ms) {
      const end = monotonic + ms;
      await settle();
      for (;;) {
        const next = [...sleepers].sort((a, b) => a.at - b.at)[0];
        if (!next || next.at > end) break;
        sleepers.delete(next);
        monotonic = Math.max(monotonic, next.at);
        next.wake();
        await settle();
      }
      monotonic = end;
      await settle();
    },
    setWall(ms) {
      wallOffset = ms - monotonic;
    },
    get sleeping() {
      return [...sleepers].map(sleeper => sleeper.at - monotonic).sort((a, b) => a - b);
    },
  };
}
