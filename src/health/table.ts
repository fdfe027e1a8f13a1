import type { Failure } from '../kube/outcome.ts';
import type { Clean } from '../text/sanitise.ts';
import type { Identified, Sink } from './feed.ts';

/** How far one kind is known. `blind` means the server will not show it to us; `retrying` means the rows are growing old. */
export type Sync =
  | { state: 'waiting' }
  | { state: 'loading'; loaded: number; total: number | undefined }
  | { state: 'live' }
  | { state: 'retrying'; reason: Clean; since: number; retryAt: number }
  | { state: 'blind'; reason: Clean; retryAt: number };

const REFUSALS: readonly Failure['reason'][] = ['forbidden', 'unauthorized', 'not-found'];

/**
 * The rows of one kind, keyed by uid, with what is known of their freshness. Mutable on purpose: ten thousand rows are
 * updated in place, and only summaries leave it. Times are monotonic milliseconds from `monotonic`.
 */
export class Table<Row extends Identified> implements Sink<Row> {
  readonly rows = new Map<string, Row>();
  sync: Sync = { state: 'waiting' };
  heardAt: number | undefined;
  #fresh: Set<string> | undefined;
  readonly #monotonic: () => number;
  readonly #touched: (row: Row | undefined, uid: string) => void;
  readonly #stirred: () => void;

  /** `touched` hears of every row that came, changed (row given) or went (row undefined); `stirred` of anything at all. */
  constructor(monotonic: () => number, touched: (row: Row | undefined, uid: string) => void, stirred: () => void) {
    this.#monotonic = monotonic;
    this.#touched = touched;
    this.#stirred = stirred;
  }

  /** Whether the rows are complete: a list was finished at least once. */
  get complete(): boolean {
    return this.sync.state === 'live' || (this.sync.state === 'retrying' && this.#fresh === undefined);
  }

  listing(): void {
    this.#fresh = new Set();
    if (this.rows.size === 0) this.sync = { state: 'loading', loaded: 0, total: undefined };
    this.heard();
  }

  page(rows: readonly Row[], loaded: number, total: number | undefined): void {
    for (const row of rows) this.#put(row);
    if (this.sync.state !== 'retrying') this.sync = { state: 'loading', loaded, total };
    this.heard();
  }

  listed(): void {
    if (this.#fresh) for (const uid of this.rows.keys()) if (!this.#fresh.has(uid)) this.#drop(uid);
    this.#fresh = undefined;
    this.sync = { state: 'live' };
    this.heard();
  }

  changed(row: Row): void {
    this.#put(row);
    this.heard();
  }

  removed(uid: string): void {
    this.#drop(uid);
    this.heard();
  }

  heard(): void {
    this.heardAt = this.#monotonic();
    if (this.sync.state === 'retrying')
      this.sync = this.#fresh ? { state: 'loading', loaded: this.#fresh.size, total: undefined } : { state: 'live' };
    this.#stirred();
  }

  failed(failure: Failure, retryInMs: number): void {
    const now = this.#monotonic();
    const retryAt = now + retryInMs;
    if (REFUSALS.includes(failure.reason)) {
      // What we may no longer see we must not go on showing as if we saw it.
      for (const uid of [...this.rows.keys()]) this.#drop(uid);
      this.sync = { state: 'blind', reason: refusal(failure), retryAt };
    } else {
      const since = this.sync.state === 'retrying' ? this.sync.since : now;
      this.sync = { state: 'retrying', reason: failure.message, since, retryAt };
    }
    this.#stirred();
  }

  #put(row: Row): void {
    this.#fresh?.add(row.uid);
    this.rows.set(row.uid, row);
    this.#touched(row, row.uid);
  }

  #drop(uid: string): void {
    if (this.rows.delete(uid)) this.#touched(undefined, uid);
  }
}

/** The short reason of a refusal: the word an operator looks for first. */
function refusal(failure: Failure): Clean {
  if (failure.reason === 'not-found') return 'not served' as Clean;
  return (failure.reason === 'unauthorized' ? 'unauthorized' : 'forbidden') as Clean;
}
