import { describe, expect, it } from 'vitest';
import { createCatchUpClock } from '../../src/sandbox/catch-up-clock.ts';

/** A wall whose timers fire when its time is moved on. */
function createWall() {
  let time = Date.UTC(2026, 0, 1);
  let timers: { at: number; callback: () => void }[] = [];
  return {
    now: () => time,
    setTimeout(callback: () => void, ms: number) {
      const timer = { at: time + ms, callback };
      timers.push(timer);
      return timer;
    },
    clearTimeout(handle: unknown) {
      timers = timers.filter(timer => timer !== handle);
    },
    advance(ms: number) {
      time += ms;
      const due = timers.filter(({ at }) => at <= time);
      timers = timers.filter(({ at }) => at > time);
      for (const { callback } of due) callback();
    },
  };
}

describe('a clock with a past', () => {
  it('begins that long before the wall, and lives through it in the order of its timers', async () => {
    const wall = createWall();
    const clock = createCatchUpClock(wall, 1, 60_000);
    const heard: string[] = [];
    const say = (what: string) => () => void heard.push(`${what} at ${(clock.now() - wall.now()) / 1000}`);
    expect(clock.now()).toBe(wall.now() - 60_000);
    clock.setTimeout(say('late'), 50_000);
    clock.setTimeout(say('early'), 10_000);
    clock.setInterval(say('beat'), 25_000);
    await clock.passTime(30_000);
    expect(heard).toEqual(['early at -50', 'beat at -35']);
    expect(clock.now()).toBe(wall.now() - 30_000);
    await clock.catchUp();
    expect(heard).toEqual(['early at -50', 'beat at -35', 'late at -10', 'beat at -10']);
    expect(clock.now()).toBe(wall.now());
  });

  it('lets what a timer began without waiting be done before the next timer', async () => {
    const clock = createCatchUpClock(createWall(), 1, 60_000);
    const heard: string[] = [];
    clock.setTimeout(async () => {
      await Promise.resolve();
      heard.push('first');
    }, 1000);
    clock.setTimeout(() => heard.push('second'), 1001);
    await clock.catchUp();
    expect(heard).toEqual(['first', 'second']);
  });

  it('hands what is still to come over to the wall, with what is left of its time', async () => {
    const wall = createWall();
    const clock = createCatchUpClock(wall, 1, 60_000);
    const heard: string[] = [];
    clock.setTimeout(() => heard.push('once'), 65_000);
    clock.setInterval(() => heard.push('beat'), 40_000);
    const never = clock.setTimeout(() => heard.push('never'), 66_000);
    await clock.catchUp();
    expect(heard).toEqual(['beat']);
    wall.advance(5000);
    expect(heard).toEqual(['beat', 'once']);
    never.cancel();
    wall.advance(15_000);
    wall.advance(40_000);
    expect(heard).toEqual(['beat', 'once', 'beat', 'beat']);
  });
});
