import type { Failure, FailureReason } from '../client/http/outcome.ts';
import type { SyncState, SyncStatus, Timing } from './sync.ts';

/** The state of a reflector besides its rows. Times are monotonic milliseconds. */
export interface ReflectorState {
  state: SyncState;
  /** Why it is in this state. */
  failed?: Failure | undefined;
  everSynced: boolean;
  /** Progress of the present list: objects read, and objects that the server says remain. */
  loaded: number;
  remaining?: number | undefined;
  watchFailures: number;
  /** The server could not be reached since the last watch was open. */
  afterOutage: boolean;
  /** When the server last sent anything. */
  lastReceivedAt: number;
  interruptedAt: number;
  retryAt?: number | undefined;
  /** The resource version to watch from. */
  version: string;
}

/** The state before the first list. */
export const initialState = (now: number): ReflectorState => ({
  state: 'listing',
  everSynced: false,
  loaded: 0,
  watchFailures: 0,
  afterOutage: false,
  lastReceivedAt: now,
  interruptedAt: now,
  version: '',
});

/** The status of the rows, for their readers. */
export function statusOf(self: ReflectorState, rows: number, now: number, timing: Timing): SyncStatus {
  const { state, failed, loaded, remaining, lastReceivedAt, interruptedAt, retryAt } = self;
  const stale = state === 'reconnecting' && now - interruptedAt > timing.staleAfterMs;
  return {
    state: stale ? 'stale' : state,
    rows,
    loaded,
    ...(remaining !== undefined && { remaining }),
    dataAgeMs: now - lastReceivedAt,
    ...(retryAt !== undefined && { retryInMs: Math.max(0, retryAt - now) }),
    ...(failed && { reason: failed.message, why: failed.reason }),
  };
}

// Failures that waiting does not fix: the rows cannot be trusted, whatever their age.
const PERMANENT_FAILURES = new Set<FailureReason>(['forbidden', 'not-found', 'unauthorized', 'invalid']);
// After this many failed watches in a row the version may be invalid (the store was restored from a backup), so list
// again.
const FAILURES_TO_RELIST = 3;

/** The state that a failure leads to. */
export const stateAfter = (self: ReflectorState, because: Failure): SyncState =>
  PERMANENT_FAILURES.has(because.reason) || !self.everSynced ? 'blind' : 'reconnecting';

/** The step after a failure: a failed list starts over; a watch resumes, unless it was refused or keeps failing. */
export function stepAfter(self: ReflectorState, step: 'watch' | 'list', because: Failure): 'watch' | 'list' {
  if (step === 'list' || PERMANENT_FAILURES.has(because.reason)) return 'list';
  if (because.reason === 'server-error') self.watchFailures += 1;
  if (because.reason === 'unreachable') self.afterOutage = true;
  return self.watchFailures < FAILURES_TO_RELIST ? 'watch' : 'list';
}
