import type { Clock } from '../host/clock.ts';
import type { Outcome } from './client/http/outcome.ts';

/** One answer, kept for everyone who asks; a failure is not kept. */
export interface CachedAnswer<T> {
  /** When it was last asked for, on the monotonic clock. */
  readonly askedAt: number;
  /** The kept answer, also one that is still awaited. */
  readonly answer: Promise<Outcome<T>> | undefined;
  /** Asks anew. */
  ask(): Promise<Outcome<T>>;
  forget(): void;
}

/** Keeps the answer of `fetch`. */
export function createCachedAnswer<T>(fetch: () => Promise<Outcome<T>>, clock: Clock): CachedAnswer<T> {
  let answer: Promise<Outcome<T>> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  return {
    get askedAt() {
      return askedAt;
    },
    get answer() {
      return answer;
    },
    async ask() {
      askedAt = clock.monotonic();
      const asked = fetch();
      answer = asked;
      const outcome = await asked;
      if (!outcome.ok && answer === asked) answer = undefined;
      return outcome;
    },
    forget() {
      answer = undefined;
    },
  };
}
