import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/host/clock.ts';

describe('the system clock', () => {
  it('sleeps no shorter than asked, and not at all for nothing', async () => {
    const before = systemClock.monotonic();
    await systemClock.sleep(15);
    expect(systemClock.monotonic() - before).toBeGreaterThan(13);
    await systemClock.sleep(-5);
  });
  it('is woken by the signal, with its reason', async () => {
    const stop = new AbortController();
    const slept = systemClock.sleep(60_000, stop.signal);
    stop.abort('enough');
    await expect(slept).rejects.toBe('enough');
    await expect(systemClock.sleep(60_000, stop.signal)).rejects.toBe('enough');
  });
  it('does not take a time beyond the longest timer for no time', async () => {
    const stop = new AbortController();
    const slept = systemClock.sleep(2 ** 40, stop.signal).then(() => 'woke');
    expect(await Promise.race([slept, systemClock.sleep(5).then(() => 'asleep')])).toBe('asleep');
    stop.abort('done');
    await expect(slept).rejects.toBe('done');
  });
});
