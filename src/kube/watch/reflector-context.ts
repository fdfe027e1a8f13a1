import type { Clock } from '../../host/clock.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Api, Collection, ListOptions } from '../client/api.ts';
import { type Backoff, createBackoff } from '../client/http/backoff.ts';
import type { Failure } from '../client/http/outcome.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import { initialState, type ReflectorState, statusOf } from './reflector-state.ts';
import { type Batch, createRowStore, type RowStore, sameFields } from './row-store.ts';
import { type SyncState, type SyncStatus, TIMING, type Timing } from './sync.ts';

/** A batch of changes with the status at that time. */
export interface Update<Row> extends Batch<Row> {
  status: SyncStatus;
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

/** The state and the tools that the list and the watch of a reflector share. */
export interface ReflectorContext<Row> {
  api: Pick<Api, 'list' | 'watch'>;
  collection: Collection;
  clock: Clock;
  timing: Timing;
  /** The query of both the list and the watch. */
  query: Pick<ListOptions, 'labelSelector' | 'fieldSelector' | 'metadataOnly'>;
  managedFieldsWith: string | undefined;
  store: RowStore<Row>;
  self: ReflectorState;
  backoff: Backoff;
  publisher: Publisher<Update<Row>>;
  status(): SyncStatus;
  /** Changes the state and publishes it. */
  setState(next: SyncState, because?: Failure): void;
  /** Puts the row of an object into the store. Returns its key. */
  absorb(object: KubeObject): string;
}

/** The key of an object's row: its uid. */
export const keyOf = ({ metadata }: KubeObject): string =>
  metadata.uid ?? `${metadata.namespace ?? ''}/${metadata.name}`;

/** The shared state of the parts of one reflector, with no rows yet. */
export function createReflectorContext<Row>(options: ReflectorOptions<Row>): ReflectorContext<Row> {
  const { api, collection, clock, labelSelector, fieldSelector, metadataOnly } = options;
  const timing = { ...TIMING, ...options.timing };
  const store: RowStore<Row> = createRowStore(options.same ?? sameFields);
  const self = initialState(clock.monotonic());
  const status = (): SyncStatus => statusOf(self, store.rows.size, clock.monotonic(), timing);
  const publisher = createPublisher(clock, timing.batchMs, (): Update<Row> => ({ ...store.take(), status: status() }));
  return {
    api,
    collection,
    clock,
    timing,
    query: {
      ...(labelSelector && { labelSelector }),
      ...(fieldSelector && { fieldSelector }),
      ...(metadataOnly && { metadataOnly: true }),
    },
    managedFieldsWith: options.managedFieldsWith,
    store,
    self,
    backoff: createBackoff({ firstMs: timing.pauseMs, longestMs: timing.longestPauseMs }, options.random),
    publisher,
    status,
    setState(next, because) {
      if (next === self.state && because?.message === self.failed?.message) return;
      if (next === 'reconnecting' && self.state === 'synced') self.interruptedAt = clock.monotonic();
      self.state = next;
      self.failed = because;
      publisher.publishNow();
    },
    absorb(object) {
      const key = keyOf(object);
      const row = options.project(object);
      if (row === undefined) store.remove(key);
      else store.put(key, row);
      return key;
    },
  };
}
