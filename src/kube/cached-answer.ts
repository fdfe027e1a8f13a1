import type { Clock } from '../host/clock.ts';
import type { Outcome } from './client/http/outcome.ts';

/** The last answer of a request, shared by all callers. A failure is not cached. */
export interface CachedAnswer<T> {
  /** When the request was last sent, on the monotonic clock. */
  readonly askedAt: number;
  /** The cached answer, or the one that is still awaited. */
  readonly answer: Promise<Outcome<T>> | undefined;
  /** Sends the request again. */
  ask(): Promise<Outcome<T>>;
  forget(): void;
}

/** A cache for the answer of `fetch`. */
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
      const pending = fetch();
      answer = pending;
      const outcome = await pending;
      if (!outcome.ok && answer === pending) answer = undefined;
      return outcome;
    },
    forget() {
      answer = undefined;
    },
  };
}
