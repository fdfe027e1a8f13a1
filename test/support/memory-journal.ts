import type { Clock } from '../../src/host/clock.ts';
import type { Journal, JournalRecord } from '../../src/injection/write/journal.ts';

/** A journal that remembers. */
export function memoryJournal(): Journal & { records: JournalRecord[] } {
  const records: JournalRecord[] = [];
  return {
    records,
    append: record => {
      records.push(JSON.parse(JSON.stringify(record)) as JournalRecord);
      return Promise.resolve();
    },
  };
}

/** A clock that moves only when somebody sleeps; `slept` lists for how long. */
export function steppedClock(start = Date.UTC(2026, 10, 21, 12)): Clock & { slept: number[] } {
  const slept: number[] = [];
  let passed = 0;
  return {
    slept,
    now: () => start + passed,
    monotonic: () => passed,
    sleep: (ms, signal) => {
      if (signal?.aborted) return Promise.reject(signal.reason);
      slept.push(ms);
      passed += ms;
      return Promise.resolve();
    },
  };
}
