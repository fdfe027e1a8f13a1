import { cloneJson, type KubeObject } from '../object.ts';
import type { ResourceInfo } from '../registry.ts';
import { type Collection, createCollection } from './collection.ts';
import { createHistory, type History, type StoreEvent } from './history.ts';
import type { StoreParts } from './types.ts';

/** What the operations of the store work on: objects and histories by resource, one revision for all, and who watches. */
export interface StoreKernel {
  infoOf(resource: string): ResourceInfo;
  collectionOf(info: ResourceInfo): Collection;
  historyOf(info: ResourceInfo): History;
  revision(): number;
  /** Stores a change under the next revision, and passes it to the watchers. */
  commit(info: ResourceInfo, type: StoreEvent['type'], object: KubeObject, previous?: KubeObject): void;
  /** Removes an object without regard to its finalizers. */
  removeNow(info: ResourceInfo, object: KubeObject, previous: KubeObject): void;
  watch(resource: string, listener: (event: StoreEvent) => void): () => void;
  /** Drops all histories. */
  compact(): void;
  /** Drops the objects and the history of a resource. */
  forget(resource: string): void;
}

const HISTORY = 10_000;
const storageKey = (info: ResourceInfo): string => info.storedAs ?? info.key;

/** The storage with nothing in it. */
export function createKernel({ registry, historySize }: Pick<StoreParts, 'registry' | 'historySize'>): StoreKernel {
  const collections = new Map<string, Collection>();
  const histories = new Map<string, History>();
  const watchers = createWatchers();
  let revision = 1;

  const kernel: StoreKernel = {
    infoOf(resource) {
      const info = registry.get(resource);
      if (!info) throw new Error(`the sandbox has no resource ${resource}`);
      return info;
    },
    collectionOf: info => getOrCreate(collections, storageKey(info), createCollection),
    historyOf: info => getOrCreate(histories, storageKey(info), () => createHistory(historySize ?? HISTORY)),
    revision: () => revision,
    commit(info, type, object, previous) {
      revision++;
      object.metadata.resourceVersion = String(revision);
      if (type === 'DELETED') kernel.collectionOf(info).remove(object);
      else kernel.collectionOf(info).put(object);
      const event: StoreEvent = { type, resource: info, object, revision, ...(previous ? { previous } : {}) };
      kernel.historyOf(info).add(event);
      watchers.notify(event);
    },
    removeNow: (info, object, previous) => kernel.commit(info, 'DELETED', cloneJson(object), previous),
    watch: (resource, listener) => watchers.add(resource === '*' ? '*' : storageKey(kernel.infoOf(resource)), listener),
    compact() {
      for (const history of histories.values()) history.compact(revision);
    },
    forget(resource) {
      collections.delete(resource);
      histories.delete(resource);
    },
  };
  return kernel;
}

/** Who watches which resource; `*` is all of them. */
function createWatchers() {
  const listeners = new Map<string, Set<(event: StoreEvent) => void>>();
  const queue: StoreEvent[] = [];
  let delivering = false;
  return {
    // A listener may write: its change is delivered after the present one has reached all listeners.
    notify(event: StoreEvent): void {
      queue.push(event);
      if (delivering) return;
      delivering = true;
      try {
        for (let next = queue.shift(); next; next = queue.shift()) {
          for (const listener of [...(listeners.get(storageKey(next.resource)) ?? []), ...(listeners.get('*') ?? [])])
            listener(next);
        }
      } finally {
        delivering = false;
      }
    },
    add(key: string, listener: (event: StoreEvent) => void): () => void {
      const set = getOrCreate(listeners, key, () => new Set());
      set.add(listener);
      return () => set.delete(listener);
    },
  };
}

function getOrCreate<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = make();
  map.set(key, created);
  return created;
}
