import { cleanText, sanitise } from '../../text/sanitise.ts';
import { failure } from '../client/http/failure.ts';
import type { Failure, FailureReason } from '../client/http/outcome.ts';
import { reflectList } from './reflect-list.ts';
import { reflectWatch } from './reflect-watch.ts';
import {
  createReflectorContext,
  type ReflectorContext,
  type ReflectorOptions,
  type Update,
} from './reflector-context.ts';
import { stateAfter, stepAfter } from './reflector-state.ts';
import type { SyncStatus } from './sync.ts';

export type { Update } from './reflector-context.ts';
export type { SyncStatus } from './sync.ts';

export interface Reflector<Row> {
  /** By uid. Always the same map, changed in place just before a batch is handed out. */
  readonly rows: ReadonlyMap<string, Row>;
  status(): SyncStatus;
  /**
   * Calls back after changes, at most every `batchMs`, and when the state changes; returns a function that stops it.
   */
  subscribe(listener: (update: Update<Row>) => void): () => void;
  /** Lists and watches until the signal aborts; never rejects. Call it once. */
  run(signal: AbortSignal): Promise<void>;
}

/**
 * Keeps the rows of one collection up to date: a paged list, then a watch with bookmarks, resumed or listed again as
 * needed.
 */
export function createReflector<Row>(options: ReflectorOptions<Row>): Reflector<Row> {
  const reflecting = createReflectorContext(options);
  return {
    rows: reflecting.store.rows,
    status: reflecting.status,
    subscribe: reflecting.publisher.subscribe,
    async run(signal) {
      let next: 'watch' | 'list' = 'list';
      while (!signal.aborted) {
        try {
          next = await step(reflecting, next, signal);
        } catch (error) {
          if (signal.aborted) return;
          const unread = failure(
            'server-error',
            cleanText`cannot make sense of a ${sanitise(options.collection.kind, 128)}: ${sanitise(error, 300)}`,
          );
          await afterFailure(reflecting, unread, signal).catch(() => undefined);
          next = 'list';
        }
      }
    },
  };
}

async function step<Row>(
  reflecting: ReflectorContext<Row>,
  next: 'watch' | 'list',
  signal: AbortSignal,
): Promise<'watch' | 'list'> {
  const { self, clock, timing, backoff, setState } = reflecting;
  const startedAt = clock.monotonic();
  const outcome = next === 'list' ? await reflectList(reflecting, signal) : await reflectWatch(reflecting, signal);
  if (signal.aborted) return next;
  if (typeof outcome !== 'string') {
    await afterFailure(reflecting, outcome, signal);
    return stepAfter(self, next, outcome);
  }
  if (next === 'watch') {
    setState('reconnecting', self.failed);
    // A watch that ends at once, again and again, is treated as a failure.
    if (clock.monotonic() - startedAt < timing.pauseMs) await clock.sleep(backoff.next(), signal);
  }
  return outcome;
}

// Failures that a retry will not fix soon. `unauthorized` is not among them, as an expired token may be renewed.
const PERSISTENT_FAILURES = new Set<FailureReason>(['forbidden', 'not-found', 'invalid']);

/** Reports a failure and waits as long as its kind requires. */
async function afterFailure<Row>(
  { self, clock, timing, backoff, setState }: ReflectorContext<Row>,
  because: Failure,
  signal: AbortSignal,
): Promise<void> {
  const pause = PERSISTENT_FAILURES.has(because.reason)
    ? timing.refusedPauseMs
    : Math.max(backoff.next(), because.retryAfterMs ?? 0);
  self.retryAt = clock.monotonic() + pause;
  setState(stateAfter(self, because), because);
  await clock.sleep(pause, signal);
  self.retryAt = undefined;
}
