import type { Clock } from '../../../host/clock.ts';

/** What is known of the server's clock. `known` is false until an answer carried a Date; then the error is at most `uncertaintyMs`. */
export interface ServerTime {
  now: number;
  offsetMs: number;
  uncertaintyMs: number;
  known: boolean;
}

/** Estimates the server's clock from its answers. */
export interface ServerClock {
  /** One answer: its Date header, and this machine's wall clock when the request left and when the answer began. */
  sample(date: string | undefined, sentAt: number, receivedAt: number): void;
  read(): ServerTime;
}

const DATE_RESOLUTION_MS = 1000;
// Two machine clocks drift apart by less than this share of the time since the sample.
const DRIFT = 1e-4;
// If the wall clock jumps by more than this against the monotonic one, the samples are dropped.
const JUMP_MS = 250;

/**
 * The offset of the server's clock from ours, out of the Date headers of its answers. Each answer bounds the offset: the header was cut to a whole
 * second somewhere between sending and receiving. The bounds of all samples are intersected, so that a few answers narrow a second to tens of
 * milliseconds. Samples that contradict (the clock was set, the machine slept) start a new series.
 */
export function createServerClock(clock: Clock): ServerClock {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  let sampledAt = 0;
  let base = 0;
  // Many answers of one second carry the same text, and parsing it costs more than all the rest.
  let parsed = { date: '', stamp: Number.NaN };
  const stampOf = (date: string): number => {
    if (parsed.date !== date) parsed = { date, stamp: Date.parse(date) };
    return parsed.stamp;
  };

  const widened = () => {
    const slack = Math.max(0, clock.monotonic() - sampledAt) * DRIFT;
    return { low: low - slack, high: high + slack };
  };

  return {
    sample(date, sentAt, receivedAt) {
      const stamp = stampOf(date ?? '');
      if (Number.isNaN(stamp)) return;
      const earliest = stamp - receivedAt;
      const latest = stamp + DATE_RESOLUTION_MS - sentAt;
      const before = widened();
      const nowBase = clock.now() - clock.monotonic();
      const jumped = Math.abs(nowBase - base) > JUMP_MS;
      const contradicts = earliest > before.high || latest < before.low;
      low = jumped || contradicts ? earliest : Math.max(before.low, earliest);
      high = jumped || contradicts ? latest : Math.min(before.high, latest);
      base = nowBase;
      sampledAt = clock.monotonic();
    },
    read() {
      const now = clock.now();
      if (!Number.isFinite(low)) return { now, offsetMs: 0, uncertaintyMs: Number.POSITIVE_INFINITY, known: false };
      const bounds = widened();
      const offsetMs = (bounds.low + bounds.high) / 2;
      return { now: now + offsetMs, offsetMs, uncertaintyMs: (bounds.high - bounds.low) / 2, known: true };
    },
  };
}
