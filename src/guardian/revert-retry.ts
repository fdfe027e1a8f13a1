import type { Clock } from '../host/clock.ts';
import { createBackoff } from '../kube/client/http/backoff.ts';
import type { RunReverted } from '../revert/run-writes.ts';

/** Why the attempts ended. `person`: the object was changed since the injection, and only a person may decide. */
export type RetryEnd = 'reverted' | 'person' | 'given-up';

/** What to repeat, and for how long. */
export interface RevertRetry {
  /** Longest time without success, milliseconds. */
  longestMs: number;
  clock: Clock;
  random: () => number;
  /** One attempt; may reject. */
  revert(): Promise<RunReverted>;
  /** Called with the result of each attempt, or its error. */
  tried(reverted: RunReverted | Error, tries: number): void;
}

const PAUSES = { firstMs: 100, longestMs: 5_000 };

/** Whether another attempt could restore nothing more. */
function needsPerson({ receipts, blind }: RunReverted): boolean {
  return (
    blind.length === 0 &&
    receipts.every(({ verified, outcome }) => verified || outcome === 'diverged' || outcome === 'unconfirmed')
  );
}

/** Repeats the revert until everything is proven restored, with growing pauses while the server cannot be reached. */
export async function revertUntilDone({ longestMs, clock, random, revert, tried }: RevertRetry): Promise<RetryEnd> {
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
    await clock.sleep(backoff.next());
  }
  return 'given-up';
}
