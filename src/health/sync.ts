import type { FailureReason } from '../kube/client/http/outcome.ts';
import type { SyncStatus } from '../kube/watch/reflector.ts';
import type { Clean } from '../text/sanitise.ts';

/**
 * How well one line of the board is known. `blind` means that it cannot be read; `retrying` means that the rows are
 * getting old.
 */
export type Sync =
  | { state: 'waiting' }
  | { state: 'loading'; loaded: number; total: number | undefined }
  | { state: 'live' }
  | { state: 'retrying'; reason: Clean; ageMs: number; retryInMs: number | undefined }
  | { state: 'blind'; reason: Clean };

/** Failures without an answer of the server. */
const OUT_OF_REACH: readonly FailureReason[] = [
  'unreachable',
  'aborted',
  'server-error',
  'too-large',
  'throttled',
  'gone',
];

const SHORT: Partial<Record<FailureReason, string>> = {
  forbidden: 'forbidden',
  unauthorized: 'unauthorized',
  'not-found': 'not served',
};

/**
 * What a feed's status means for a line of the board. A list that failed without an answer of the server is being
 * retried, not blind.
 */
export function syncOf(status: SyncStatus): Sync {
  const reason = status.reason ?? ('no reason given' as Clean);
  switch (status.state) {
    case 'synced':
      return { state: 'live' };
    case 'listing':
      if (status.loaded === 0) return { state: 'waiting' };
      return {
        state: 'loading',
        loaded: status.loaded,
        total: status.remaining === undefined ? undefined : status.loaded + status.remaining,
      };
    case 'blind':
      if (status.why !== undefined && !OUT_OF_REACH.includes(status.why))
        return { state: 'blind', reason: (SHORT[status.why] ?? reason) as Clean };
      return retrying(status, reason);
    case 'reconnecting':
      // A watch that ends normally is resumed within a second, so it still counts as live.
      return status.why === undefined ? { state: 'live' } : retrying(status, reason);
    case 'stale':
      return retrying(status, reason);
  }
}

function retrying(status: SyncStatus, reason: Clean): Sync {
  return { state: 'retrying', reason, ageMs: status.dataAgeMs, retryInMs: status.retryInMs };
}

const ORDER: readonly Sync['state'][] = ['blind', 'retrying', 'waiting', 'loading', 'live'];

/** The worst of several states: a line is only as well known as its least known source. */
export function worst(syncs: readonly Sync[]): Sync {
  return syncs.reduce((a, b) => (ORDER.indexOf(b.state) < ORDER.indexOf(a.state) ? b : a), { state: 'live' });
}
