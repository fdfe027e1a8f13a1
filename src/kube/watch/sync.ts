import type { Clean } from '../../text/sanitise.ts';
import type { FailureReason } from '../client/http/outcome.ts';

/**
 * How far the rows can be trusted. `listing`: the first list is running, rows are partial. `synced`: complete, and a
 * watch is open. `reconnecting`: complete as of `dataAgeMs`, the watch is being resumed. `stale`: reconnecting for so
 * long that rows may be wrong. `blind`: never read, or not allowed to; `reason` says why. Never show a zero of `blind`
 * or `listing` as a zero.
 */
export type SyncState = 'listing' | 'synced' | 'reconnecting' | 'stale' | 'blind';

export interface SyncStatus {
  state: SyncState;
  rows: number;
  /** Objects read by the list under way or the last one. */
  loaded: number;
  /** Objects that the present list has still to read, if the server says so. */
  remaining?: number;
  /** Milliseconds since the server last sent anything of this collection (page, event or bookmark), or accepted the watch. */
  dataAgeMs: number;
  /** Milliseconds until the next attempt, while waiting for one. */
  retryInMs?: number;
  /** The last failure while not synced; `why` is its kind (`not-found`: the cluster does not serve this kind at all). */
  reason?: Clean;
  why?: FailureReason;
}

/** All in milliseconds, except for the page sizes. */
export interface Timing {
  pageSize: number;
  /**
   * The size of all pages but the first, if different: the first should arrive soon, and larger ones cost the server
   * less in total.
   */
  laterPageSize?: number;
  /** Shortest time between two batches. */
  batchMs: number;
  /** Silence after which a watch counts as dead; servers send a bookmark every minute. */
  stallMs: number;
  /** An interruption longer than this makes the rows stale. */
  staleAfterMs: number;
  /** First and longest pause after failures. */
  pauseMs: number;
  longestPauseMs: number;
  /** Pause after a refusal that only a change of rights or of the API can end. */
  refusedPauseMs: number;
}

export const TIMING: Timing = {
  pageSize: 500,
  batchMs: 100,
  stallMs: 90_000,
  staleAfterMs: 5_000,
  pauseMs: 300,
  longestPauseMs: 20_000,
  refusedPauseMs: 30_000,
};
