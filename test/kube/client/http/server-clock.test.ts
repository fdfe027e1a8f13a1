import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createServerClock } from '../../../../src/kube/client/http/server-clock.ts';
import { manualClock } from '../../../support/manual-clock.ts';

const START = Date.parse('2026-11-21T12:00:00.400Z');
const header = (serverNow: number) => new Date(Math.floor(serverNow / 1000) * 1000).toUTCString();

describe('the server clock', () => {
  it('knows nothing before an answer, and nothing from one without a date', () => {
    const clock = createServerClock(manualClock(START));
    clock.sample(undefined, 0, 1);
    clock.sample('rubbish', 0, 1);
    expect(clock.read()).toEqual({ now: START, offsetMs: 0, uncertaintyMs: Number.POSITIVE_INFINITY, known: false });
  });

  it('is within a second after one answer, and closer after several', async () => {
    const local = manualClock(START);
    const clock = createServerClock(local);
    const offset = 90_000;
    const ask = async () => {
      const sentAt = local.now();
      await local.advance(20);
      const date = header(local.now() + offset);
      await local.advance(20);
      clock.sample(date, sentAt, local.now());
    };
    await ask();
    const first = clock.read();
    expect(Math.abs(first.offsetMs - offset)).toBeLessThanOrEqual(first.uncertaintyMs);
    for (let count = 0; count < 12; count += 1) {
      await local.advance(130);
      await ask();
    }
    const later = clock.read();
    expect(Math.abs(later.offsetMs - offset)).toBeLessThanOrEqual(later.uncertaintyMs);
    expect(later.uncertaintyMs).toBeLessThan(first.uncertaintyMs / 4);
  });

  it('always contains the truth', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: -5e6, max: 5e6 }),
        fc.array(fc.record({ wait: fc.nat(3000), there: fc.nat(400), back: fc.nat(400) }), {
          minLength: 1,
          maxLength: 20,
        }),
        (offset, trips) => {
          const time = { at: 0 };
          const local = { now: () => START + time.at, monotonic: () => time.at, sleep: async () => undefined };
          const clock = createServerClock(local);
          for (const { wait, there, back } of trips) {
            time.at += wait;
            const sentAt = local.now();
            time.at += there;
            const date = header(local.now() + offset);
            time.at += back;
            clock.sample(date, sentAt, local.now());
          }
          const { offsetMs, uncertaintyMs } = clock.read();
          expect(Math.abs(offsetMs - offset)).toBeLessThanOrEqual(uncertaintyMs + 1e-6);
        },
      ),
    ));

  it('starts anew when our clock was set', async () => {
    const local = manualClock(START);
    const clock = createServerClock(local);
    clock.sample(header(START), START, START);
    local.setWall(START + 3_600_000);
    clock.sample(header(START), START + 3_600_000, START + 3_600_000);
    const { now, uncertaintyMs } = clock.read();
    expect(Math.abs(now - START)).toBeLessThanOrEqual(1000);
    expect(uncertaintyMs).toBeLessThanOrEqual(501);
  });

  it('believes the newest answer when answers contradict each other', () => {
    const clock = createServerClock(manualClock(START));
    clock.sample(header(START), START, START);
    clock.sample(header(START + 60_000), START, START);
    expect(Math.abs(clock.read().offsetMs - 60_000)).toBeLessThanOrEqual(1000);
  });
});
