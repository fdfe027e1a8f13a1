import type { Clock } from '../host/clock.ts';
import { createBackoff } from '../kube/client/http/backoff.ts';
import type { RunReverted } from '../revert/run-writes.ts';

/**
 * Why the attempts ended. `person`: the object was changed since the injection, and only a person may decide. `told-to-end`: the guardian
 * had to end before the cluster let it restore everything.
 */
export type RetryEnd = 'reverted' | 'person' | 'given-up' | 'told-to-end';

/** What to repeat, and for how long. */
export interface RevertRetry {
  /** Longest time without success, milliseconds. */
  longestMs: number;
  clock: Pick<Clock, 'monotonic'>;
  /** Pauses between attempts; may return early. */
  sleep(ms: number): Promise<void>;
  /** The monotonic time at which the guardian was told to end, if it was. */
  toldToEndAt(): number | undefined;
  random: () => number;
  /** One attempt; may reject. */
  revert(): Promise<RunReverted>;
  /** Called with the result of each attempt, or its error. */
  tried(reverted: RunReverted | Error, tries: number): void;
}

/** How long attempts go on after the guardian was told to end, milliseconds; an attempt that has begun is finished. */
const LAST_TRIES_MS = 10_000;

const PAUSES = { firstMs: 100, longestMs: 5_000 };

/** Whether another attempt could restore nothing more. */
function needsPerson({ receipts, blind }: RunReverted): boolean {
  return (
    blind.length === 0 &&
    receipts.every(({ verified, outcome }) => verified || outcome === 'diverged' || outcome === 'unconfirmed')
  );
}

/** Repeats the revert until everything is proven restored, with growing pauses while the server cannot be reached. At least one attempt is made. */
export async function revertUntilDone(retry: RevertRetry): Promise<RetryEnd> {
  const { longestMs, clock, random, revert, tried } = retry;
  const began = clock.monotonic();
  const backoff = createBackoff(PAUSES, random);
  for (let tries = 1; clock.monotonic() - began < longestMs; tries += 1) {
    try {
      const reverted = await revert();
      tried(reverted, tries);
      if (reverted.remaining === 0) return 'reverted';
      if (needsPerson(reverted)) return 'person';
    } catch (error) {
      tried(error instanceof Error ? error : new Error(String(error)), tries);
    }
    const toldAt = retry.toldToEndAt();
    const leftMs =
      toldAt === undefined ? Number.POSITIVE_INFINITY : Math.max(toldAt, began) + LAST_TRIES_MS - clock.monotonic();
    if (leftMs <= 0) return 'told-to-end';
    await retry.sleep(Math.min(backoff.next(), leftMs));
  }
  return 'given-up';
}
