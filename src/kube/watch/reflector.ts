import type { Clock } from '../../host/clock.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { cleanText, literal, sanitise } from '../../text/sanitise.ts';
import type { Api, Collection, Page } from '../client/api.ts';
import { createBackoff } from '../client/http/backoff.ts';
import { failure } from '../client/http/failure.ts';
import type { Failure, FailureReason } from '../client/http/outcome.ts';
import { eachPage } from '../client/lists/pages.ts';
import { createPublisher } from './publisher.ts';
import { stateAfter, stateAtStart, statusOf, stepAfter } from './reflector-state.ts';
import { type Batch, createRowStore, type RowStore, sameFields } from './row-store.ts';
import { type SyncState, type SyncStatus, TIMING, type Timing } from './sync.ts';

export type { SyncStatus } from './sync.ts';

export interface Update<Row> extends Batch<Row> {
  status: SyncStatus;
}

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

export interface ReflectorOptions<Row> {
  api: Pick<Api, 'list' | 'watch'>;
  collection: Collection;
  /** The slim row of an object, or undefined to leave it out. The object is dropped afterwards: keep no reference to it. */
  project: (object: KubeObject) => Row | undefined;
  /** Whether two rows are equal; by default all fields must be identical. */
  same?: (a: Row, b: Row) => boolean;
  labelSelector?: string;
  fieldSelector?: string;
  metadataOnly?: boolean;
  /** See `ListOptions`. */
  managedFieldsWith?: string;
  clock: Clock;
  random: () => number;
  timing?: Partial<Timing>;
}

// Failures that a retry will not fix soon. `unauthorized` is not among them, as an expired token may be renewed.
const PERSISTENT_FAILURES = new Set<FailureReason>(['forbidden', 'not-found', 'invalid']);
/** How many objects are processed before the event loop gets its turn. */
const OBJECTS_PER_TURN = 100;
/** What follows a step: watch on, list again, or pause because of a failure. */
type Next = 'watch' | 'list' | Failure;

const keyOf = ({ metadata }: KubeObject) => metadata.uid ?? `${metadata.namespace ?? ''}/${metadata.name}`;

/** Whether a resource version is older. Versions are growing numbers; one that is not a number counts as newer. */
function isEarlier(version: string, than: string): boolean {
  return /^\d+$/.test(version) && /^\d+$/.test(than) && BigInt(version) < BigInt(than);
}

/**
 * Keeps the rows of one collection up to date: a paged list, then a watch with bookmarks, resumed or listed again as
 * needed.
 */
export function createReflector<Row>(options: ReflectorOptions<Row>): Reflector<Row> {
  const { api, collection, clock } = options;
  const timing = { ...TIMING, ...options.timing };
  const store: RowStore<Row> = createRowStore(options.same ?? sameFields);
  const backoff = createBackoff({ firstMs: timing.pauseMs, longestMs: timing.longestPauseMs }, options.random);
  const self = stateAtStart(clock.monotonic());
  const query = {
    ...(options.labelSelector && { labelSelector: options.labelSelector }),
    ...(options.fieldSelector && { fieldSelector: options.fieldSelector }),
    ...(options.metadataOnly && { metadataOnly: true }),
  };

  const pages = {
    ...query,
    ...(options.managedFieldsWith !== undefined && { managedFieldsWith: options.managedFieldsWith }),
    limit: timing.pageSize,
    ...(timing.laterPageSize !== undefined && { laterLimit: timing.laterPageSize }),
  };

  const status = (): SyncStatus => statusOf(self, store.rows.size, clock.monotonic(), timing);

  const publisher = createPublisher(clock, timing.batchMs, (): Update<Row> => ({ ...store.take(), status: status() }));

  function turn(next: SyncState, because?: Failure) {
    if (next === self.state && because?.message === self.failed?.message) return;
    if (next === 'reconnecting' && self.state === 'synced') self.interruptedAt = clock.monotonic();
    self.state = next;
    self.failed = because;
    publisher.now();
  }

  function absorb(object: KubeObject): string {
    const key = keyOf(object);
    const row = options.project(object);
    if (row === undefined) store.remove(key);
    else store.put(key, row);
    return key;
  }

  async function absorbPage(page: Page, seen: Set<string>): Promise<void> {
    self.heardAt = clock.monotonic();
    if (self.state === 'blind') turn(self.everSynced ? 'reconnecting' : 'listing');
    for (const key of page.handed ?? []) seen.add(key);
    for (const [index, object] of page.items.entries()) {
      seen.add(absorb(object));
      // Key presses and frames need not wait for a whole page.
      if (index % OBJECTS_PER_TURN === OBJECTS_PER_TURN - 1) await new Promise(resolve => setImmediate(resolve));
    }
    self.loaded = seen.size;
    self.remaining = page.remaining;
    self.version = page.resourceVersion;
  }

  async function list(signal: AbortSignal): Promise<Next> {
    const seen = new Set<string>();
    let isOver = false;
    // A page of an abandoned list may still arrive.
    const each = (object: KubeObject) => (isOver || signal.aborted ? keyOf(object) : absorb(object));
    self.loaded = 0;
    try {
      for await (const page of eachPage(api, clock, collection, { ...pages, each, signal })) {
        if (!page.ok) return page;
        await absorbPage(page.value, seen);
        if (signal.aborted) return 'list';
        if (page.value.continue) publisher.now();
      }
    } finally {
      isOver = true;
    }
    store.keepOnly(seen);
    self.remaining = undefined;
    self.everSynced = true;
    publisher.now();
    return 'watch';
  }

  /**
   * After an outage the server's store may have been restored from a backup; a watch from a later version would open
   * and stay silent.
   */
  async function isVersionAhead(signal: AbortSignal): Promise<boolean | Failure> {
    const now = await api.list(collection, { ...query, limit: 1, metadataOnly: true, signal });
    return now.ok ? isEarlier(now.value.resourceVersion, self.version) : now;
  }

  async function resume(signal: AbortSignal): Promise<Next> {
    const future = self.afterOutage ? await isVersionAhead(signal) : false;
    if (typeof future !== 'boolean') return future;
    self.afterOutage = false;
    return future ? 'list' : watch(signal);
  }

  async function watch(signal: AbortSignal): Promise<Next> {
    const connection = new AbortController();
    const stop = () => connection.abort();
    signal.addEventListener('abort', stop, { once: true });
    const watchdogTask = watchdog(connection);
    try {
      for await (const event of api.watch(collection, {
        ...query,
        resourceVersion: self.version,
        signal: connection.signal,
        onOpen: opened,
      })) {
        if ('ok' in event) return event.reason === 'gone' ? 'list' : event;
        heard();
        if (event.type === 'BOOKMARK') {
          self.version = event.resourceVersion || self.version;
          continue;
        }
        apply(event.type, event.object);
        publisher.soon(signal);
      }
      return 'watch';
    } finally {
      connection.abort();
      signal.removeEventListener('abort', stop);
      await watchdogTask;
    }
  }

  function apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject) {
    self.version = object.metadata.resourceVersion ?? self.version;
    if (type === 'DELETED') store.remove(keyOf(object));
    else absorb(object);
  }

  function opened() {
    self.heardAt = clock.monotonic();
    turn('synced');
  }

  function heard() {
    self.heardAt = clock.monotonic();
    self.watchFailures = 0;
    backoff.reset();
  }

  /** Aborts a connection that has been silent for too long. */
  async function watchdog(connection: AbortController): Promise<void> {
    const openedAt = clock.monotonic();
    while (!connection.signal.aborted) {
      const silence = clock.monotonic() - Math.max(self.heardAt, openedAt);
      if (silence >= timing.stallMs) {
        turn('reconnecting', failure('unreachable', literal('the watch went silent')));
        connection.abort();
        return;
      }
      await clock.sleep(timing.stallMs - silence, connection.signal).catch(() => undefined);
    }
  }

  /** Reports a failure and waits as long as its kind requires. */
  async function afterFailure(because: Failure, signal: AbortSignal): Promise<void> {
    const pause = PERSISTENT_FAILURES.has(because.reason)
      ? timing.refusedPauseMs
      : Math.max(backoff.next(), because.retryAfterMs ?? 0);
    self.retryAt = clock.monotonic() + pause;
    turn(stateAfter(self, because), because);
    await clock.sleep(pause, signal);
    self.retryAt = undefined;
  }

  async function step(next: 'watch' | 'list', signal: AbortSignal): Promise<'watch' | 'list'> {
    const startedAt = clock.monotonic();
    const outcome = next === 'list' ? await list(signal) : await resume(signal);
    if (signal.aborted) return next;
    if (typeof outcome !== 'string') {
      await afterFailure(outcome, signal);
      return stepAfter(self, next, outcome);
    }
    if (next === 'watch') {
      turn('reconnecting', self.failed);
      // A watch that ends at once, again and again, is treated as a failure.
      if (clock.monotonic() - startedAt < timing.pauseMs) await clock.sleep(backoff.next(), signal);
    }
    return outcome;
  }

  return {
    rows: store.rows,
    status,
    subscribe: publisher.subscribe,
    async run(signal) {
      let next: 'watch' | 'list' = 'list';
      while (!signal.aborted) {
        try {
          next = await step(next, signal);
        } catch (error) {
          if (signal.aborted) return;
          const unread = failure(
            'server-error',
            cleanText`cannot make sense of a ${sanitise(collection.kind, 128)}: ${sanitise(error, 300)}`,
          );
          await afterFailure(unread, signal).catch(() => undefined);
          next = 'list';
        }
      }
    },
  };
}
