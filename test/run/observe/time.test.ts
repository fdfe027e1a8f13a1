import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../src/host/clock.ts';
import { scaleClock, startStopwatch } from '../../../src/run/clocks.ts';
import type { CheckState } from '../../../src/run/event.ts';
import { NOT_STEADY, nextSteadiness, recoveredAfter } from '../../../src/run/observe/steady.ts';
import { observeWindow } from '../../../src/run/observe/window.ts';
import { fakeClock } from '../../support/fake-clock.ts';

/** A clock set by hand. */
function handClock(): Clock & { mono: number; wall: number } {
  return {
    mono: 0,
    wall: 1_000_000,
    now() {
      return this.wall;
    },
    monotonic() {
      return this.mono;
    },
    sleep: () => Promise.resolve(),
  };
}

describe('the stopwatch', () => {
  test('does not care for a wall clock that is set, without the server to say so', () => {
    const clock = handClock();
    const watch = startStopwatch(clock, () => ({ now: clock.wall, known: false }));
    clock.mono = 5_000;
    clock.wall += 3_600_000;
    watch.correct();
    expect(watch.elapsed()).toBe(5_000);
  });

  test('moves on when the server shows that we slept, and never goes back', () => {
    const clock = handClock();
    let server = 1_000_000;
    const watch = startStopwatch(clock, () => ({ now: server, known: true }));
    clock.mono = 1_000;
    server += 61_000;
    watch.correct();
    expect(watch.elapsed()).toBe(61_000);
    server -= 120_000;
    watch.correct();
    expect(watch.elapsed()).toBe(61_000);
  });

  test('takes the second of a Date header for no difference', () => {
    const clock = handClock();
    let server = 1_000_000;
    const watch = startStopwatch(clock, () => ({ now: server, known: true }));
    clock.mono = 10_000;
    server += 11_500;
    watch.correct();
    expect(watch.elapsed()).toBe(10_000);
  });
});

test('a scaled clock runs as many times as fast', async () => {
  const real = fakeClock();
  const fast = scaleClock(real, 10);
  await fast.sleep(10_000);
  expect(real.monotonic()).toBe(1_000);
  expect(fast.monotonic()).toBe(10_000);
});

describe('steadiness', () => {
  const states = fc.array(fc.constantFrom<CheckState>('pass', 'fail', 'blind'), { minLength: 1 });

  test('is the length of the last unbroken stretch of passes', () => {
    fc.assert(
      fc.property(states, seen => {
        const end = seen.reduce((so, state, index) => nextSteadiness(so, state, index * 1_000), NOT_STEADY);
        const start = seen.findLastIndex(state => state !== 'pass') + 1;
        expect(end.since).toBe(start < seen.length ? start * 1_000 : undefined);
        expect(end.forMs).toBe(start < seen.length ? (seen.length - 1 - start) * 1_000 : 0);
        expect(end.wavered).toBe(seen.includes('fail'));
        expect(recoveredAfter(end)).toBe(end.since === undefined ? undefined : end.wavered ? end.since : 0);
      }),
    );
  });
});

describe('an observed window', () => {
  const run = (stateAt: (atMs: number) => CheckState, more: { deadlineMs?: number; hardDeadlineMs?: number } = {}) => {
    const clock = fakeClock();
    const watch = startStopwatch(clock, () => ({ now: clock.now(), known: true }));
    const looks: number[] = [];
    const changes = { wait: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal), stop: () => undefined };
    const look = async (atMs: number) => {
      looks.push(atMs);
      return { state: stateAt(atMs) };
    };
    return observeWindow({ watch, changes, soakMs: 10_000, deadlineMs: 60_000, ...more, observe: look, clock }).then(
      end => ({
        ...end,
        looks,
      }),
    );
  };

  test('ends early, once steady for the soak time', async () => {
    expect(await run(atMs => (atMs < 5_000 ? 'fail' : 'pass'))).toMatchObject({
      ended: 'settled',
      settled: true,
      afterMs: 15_000,
    });
  });

  test('starts the soak anew after every wavering', async () => {
    const end = await run(atMs => (atMs < 5_000 || (atMs >= 12_000 && atMs < 13_000) ? 'fail' : 'pass'));
    expect(end).toMatchObject({ settled: true, steadiness: { since: 13_000 } });
  });

  test('lets a soak that began in time finish, and gives up where none did', async () => {
    expect(await run(atMs => (atMs < 59_000 ? 'fail' : 'pass'))).toMatchObject({ settled: true, afterMs: 69_000 });
    expect(await run(() => 'fail')).toMatchObject({ settled: false, ended: 'deadline', afterMs: 60_000 });
    expect(await run(() => 'blind')).toMatchObject({
      settled: false,
      ended: 'deadline',
      steadiness: { wavered: false },
    });
  });

  test('never passes the hard deadline, and looks at it exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 100_000 }), async hardDeadlineMs => {
        const end = await run(() => 'fail', { deadlineMs: 200_000, hardDeadlineMs });
        expect(end).toMatchObject({ ended: 'hard-deadline', afterMs: hardDeadlineMs });
      }),
      { numRuns: 20 },
    );
  });

  test('keeps quiet before the hard deadline, however long the last look took, and says once that it is near', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2_500 }), async lookMs => {
        const clock = fakeClock();
        const watch = startStopwatch(clock, () => ({ now: clock.now(), known: true }));
        const began: number[] = [];
        const near: number[] = [];
        const end = await observeWindow({
          watch,
          clock,
          changes: { wait: ms => clock.sleep(ms), stop: () => undefined },
          soakMs: 100_000,
          deadlineMs: 100_000,
          hardDeadlineMs: 20_000,
          beforeHardDeadline: () => near.push(watch.elapsed()),
          observe: async at => {
            began.push(at);
            await clock.sleep(lookMs);
            return { state: 'pass' };
          },
        });
        expect(end).toMatchObject({ ended: 'hard-deadline', settled: true, afterMs: 20_000 });
        expect(Math.max(...began)).toBeLessThan(19_500);
        expect(near.length).toBeLessThanOrEqual(1);
        if (near[0] !== undefined) expect(near[0]).toBeGreaterThanOrEqual(19_500);
      }),
      { numRuns: 40 },
    );
  });

  test('a recovery deadline in those last moments is kept', async () => {
    expect(await run(() => 'fail', { deadlineMs: 19_800, hardDeadlineMs: 20_000 })).toMatchObject({
      ended: 'deadline',
      settled: false,
      afterMs: 19_800,
    });
  });

  test('does not wait for a server that never answers', async () => {
    const clock = fakeClock();
    const watch = startStopwatch(clock, () => ({ now: clock.now(), known: true }));
    const changes = { wait: (ms: number) => clock.sleep(ms), stop: () => undefined };
    const end = await observeWindow({
      watch,
      changes,
      clock,
      soakMs: 10_000,
      deadlineMs: 60_000,
      hardDeadlineMs: 5_000,
      observe: () => new Promise(() => undefined),
    });
    expect(end).toMatchObject({ ended: 'hard-deadline', settled: false, afterMs: 5_000 });
  });

  test('looks at least each second', async () => {
    const { looks } = await run(() => 'fail');
    const gaps = looks.slice(1).map((at, index) => at - (looks[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1_000);
  });
});
