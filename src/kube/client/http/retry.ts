import type { Clock } from '../../../host/clock.ts';
import type { Failure } from './outcome.ts';
import type { TransportFailure } from './transport.ts';

/** How often and how long a request is retried. */
export interface RetryPolicy {
  /** Attempts after the first. */
  retries: number;
  /** When a server asks for a longer pause, the failure is reported at once. */
  longestPauseMs: number;
  /** The pause when the server names none. */
  pauseMs: number;
}

/** Reads are repeated when a busy server asks for it, and at once after a broken connection. */
export const READS: RetryPolicy = { retries: 3, longestPauseMs: 5_000, pauseMs: 500 };
/** A write is never repeated blindly, as it is not known whether the first one was carried out. */
export const WRITES: RetryPolicy = { retries: 0, longestPauseMs: 0, pauseMs: 0 };

/** Milliseconds to wait before trying again, or undefined when the failure stands. */
function pauseBeforeRetry(policy: RetryPolicy, attempt: number, failed: TransportFailure): number | undefined {
  if (attempt >= policy.retries) return undefined;
  // A broken connection is often an idle one that the server closed, so one retry is enough.
  if (failed.lost) return attempt === 0 ? 0 : undefined;
  if (failed.reason !== 'throttled') return undefined;
  const pause = failed.retryAfterMs ?? policy.pauseMs * 2 ** attempt;
  return pause <= policy.longestPauseMs ? pause : undefined;
}

/** Runs `attempt` until it succeeds, its failure stands, or the signal aborts. */
export async function withRetry<T extends { ok: boolean }>(
  policy: RetryPolicy,
  clock: Clock,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T | TransportFailure>,
): Promise<T | Failure> {
  for (let tried = 0; ; tried += 1) {
    const outcome = await attempt();
    if (outcome.ok) return outcome;
    const pause = pauseBeforeRetry(policy, tried, outcome as TransportFailure);
    if (pause === undefined) return settled(outcome as TransportFailure);
    try {
      await clock.sleep(pause, signal);
    } catch {
      return settled(outcome as TransportFailure);
    }
  }
}

function settled({ lost: _, ...failure }: TransportFailure): Failure {
  return failure;
}
