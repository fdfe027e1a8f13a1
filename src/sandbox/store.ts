import { cloneJson, type KubeObject, type NewObject, sameJson, timestamp } from './object.ts';
import { groupVersion, type ResourceInfo } from './registry.ts';
import { type LabelSelector, requirementsOf, satisfies } from './selector.ts';
import { alreadyExists, conflict, modified, notFound, stillTerminating } from './status.ts';
import { type Collection, createCollection } from './store/collection.ts';
import { createHistory, type History, rewind, type StoreEvent } from './store/history.ts';
import { changesGeneration, isReleased, markDeleted } from './store/lifecycle.ts';
import { refuseFailedPrecondition, staleUid } from './store/preconditions.ts';
import type { Store, StoreParts, WriteOptions } from './store/types.ts';

export type { StoreEvent } from './store/history.ts';
export type { DeleteOptions } from './store/lifecycle.ts';
export type { DeleteResult, FieldTracker, Store, StoreParts } from './store/types.ts';

const HISTORY = 10_000;

export function createStore({ clock, random, registry, track, historySize }: StoreParts): Store {
  const collections = new Map<string, Collection>();
  const histories = new Map<string, History>();
  const listeners = new Map<string, Set<(event: StoreEvent) => void>>();
  const queue: StoreEvent[] = [];
  let delivering = false;
  let revision = 1;

  const infoOf = (key: string): ResourceInfo => {
    const info = registry.get(key);
    if (!info) throw new Error(`the sandbox has no resource ${key}`);
    return info;
  };
  const storageKey = (info: ResourceInfo) => info.storedAs ?? info.key;
  const collectionOf = (info: ResourceInfo): Collection => getOrCreate(collections, storageKey(info), createCollection);
  const historyOf = (info: ResourceInfo): History =>
    getOrCreate(histories, storageKey(info), () => createHistory(historySize ?? HISTORY));

  // A listener may write: its change is delivered after the present one has reached all listeners.
  const notify = (event: StoreEvent) => {
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
  };

  const commit = (info: ResourceInfo, type: StoreEvent['type'], object: KubeObject, previous?: KubeObject) => {
    revision++;
    object.metadata.resourceVersion = String(revision);
    if (type === 'DELETED') collectionOf(info).remove(object);
    else collectionOf(info).put(object);
    const event: StoreEvent = { type, resource: info, object, revision, ...(previous ? { previous } : {}) };
    historyOf(info).add(event);
    notify(event);
  };

  const stamp = (before: KubeObject | undefined, after: KubeObject, options?: WriteOptions) => {
    if (!options?.by || !track) return;
    const managed = track(before, after, options.by, timestamp(options.at ?? clock.now()));
    if (managed) after.metadata.managedFields = managed;
    else delete after.metadata.managedFields;
  };

  const removeNow = (info: ResourceInfo, object: KubeObject, previous: KubeObject) => {
    commit(info, 'DELETED', cloneJson(object), previous);
  };

  /**
   * A pod gets a deletion timestamp before it is removed, even without a grace period, so that watchers see both
   * changes. A listener may have removed it in between.
   */
  const removeMarked = (info: ResourceInfo, current: KubeObject, last: KubeObject) => {
    if (last !== current) commit(info, 'MODIFIED', last, current);
    const { namespace, name, uid } = last.metadata;
    if (collectionOf(info).get(namespace, name)?.metadata.uid === uid) removeNow(info, last, last);
  };

  /** Writes a new state of an existing object; fields that only the server may set are restored first. */
  const replace = (info: ResourceInfo, current: KubeObject, next: KubeObject, options?: WriteOptions): KubeObject => {
    const meta = next.metadata;
    const kept = current.metadata;
    meta.uid = kept.uid;
    meta.resourceVersion = kept.resourceVersion ?? '';
    for (const field of [
      'creationTimestamp',
      'deletionTimestamp',
      'deletionGracePeriodSeconds',
      'generation',
    ] as const) {
      if (kept[field] === undefined) delete meta[field];
      else Object.assign(meta, { [field]: kept[field] });
    }
    if (info.counted && changesGeneration(info, current, next, options?.by?.subresource ?? options?.subresource))
      meta.generation = (kept.generation ?? 0) + 1;
    stamp(current, next, options);
    if (sameJson(current, next)) return current;
    if (options?.dryRun) return next;
    if (isReleased(info, next) && !isReleased(info, current)) {
      removeNow(info, current, current);
      return next;
    }
    commit(info, 'MODIFIED', next, current);
    return next;
  };

  const store: Store = {
    get: <T extends KubeObject>(resource: string, namespace: string | undefined, name: string) =>
      collectionOf(infoOf(resource)).get(infoOf(resource).namespaced ? namespace : undefined, name) as T | undefined,

    list: <T extends KubeObject>(resource: string, namespace?: string, selector?: LabelSelector) => {
      const all = collectionOf(infoOf(resource)).list(namespace) as T[];
      if (!selector) return all;
      const requirements = requirementsOf(selector);
      return all.filter(object => satisfies(object.metadata.labels, requirements));
    },

    create: <T extends KubeObject>(resource: string, object: NewObject, options?: WriteOptions) => {
      const info = infoOf(resource);
      const created = cloneJson(object) as KubeObject;
      created.apiVersion ??= groupVersion(info.group, info.version);
      created.kind ??= info.kind;
      const meta = created.metadata;
      if (!meta.name && meta.generateName) meta.name = meta.generateName + random.suffix();
      const existing = collectionOf(info).get(info.namespaced ? meta.namespace : undefined, meta.name);
      if (existing)
        throw existing.metadata.deletionTimestamp ? stillTerminating(info, meta.name) : alreadyExists(info, meta.name);
      if (!info.namespaced) delete meta.namespace;
      meta.uid = options?.uid ?? random.uid();
      meta.creationTimestamp = timestamp(options?.at ?? clock.now());
      delete meta.deletionTimestamp;
      delete meta.deletionGracePeriodSeconds;
      if (info.counted) meta.generation = 1;
      else delete meta.generation;
      stamp(undefined, created, options);
      options?.finish?.(created);
      if (!options?.dryRun) commit(info, 'ADDED', created);
      return created as T;
    },

    update: <T extends KubeObject>(resource: string, object: NewObject, options?: WriteOptions) => {
      const info = infoOf(resource);
      const { name = '', namespace, uid, resourceVersion } = object.metadata;
      const current = collectionOf(info).get(info.namespaced ? namespace : undefined, name);
      if (!current) throw notFound(info, name);
      if (uid && uid !== current.metadata.uid) throw conflict(info, name, staleUid(info, current, uid));
      if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) throw modified(info, name);
      return replace(info, current, cloneJson(object) as KubeObject, options) as T;
    },

    modify: <T extends KubeObject>(
      resource: string,
      namespace: string | undefined,
      name: string,
      // biome-ignore lint/suspicious/noConfusingVoidType: a function that edits its argument returns nothing
      change: (draft: T) => T | false | void,
      options?: WriteOptions,
    ) => {
      const info = infoOf(resource);
      const current = collectionOf(info).get(info.namespaced ? namespace : undefined, name);
      if (!current) return undefined;
      const draft = cloneJson(current) as T;
      const next = change(draft);
      if (next === false) return current as T;
      return replace(info, current, next ? cloneJson(next) : draft, options) as T;
    },

    delete(resource, namespace, name, options = {}) {
      const info = infoOf(resource);
      const current = collectionOf(info).get(info.namespaced ? namespace : undefined, name);
      if (!current) throw notFound(info, name);
      refuseFailedPrecondition(info, current, options.preconditions);
      const next = markDeleted(info, current, options, clock.now());
      if (isReleased(info, next)) {
        const last = info.key === 'pods' ? next : current;
        if (!options.dryRun) removeMarked(info, current, last);
        return { object: last, removed: true };
      }
      if (sameJson(next, current)) return { object: current, removed: false };
      if (!options.dryRun) commit(info, 'MODIFIED', next, current);
      return { object: next, removed: false };
    },

    watch(resource, listener) {
      const key = resource === '*' ? '*' : storageKey(infoOf(resource));
      const set = getOrCreate(listeners, key, () => new Set());
      set.add(listener);
      return () => set.delete(listener);
    },

    revision: () => revision,
    since: (resource, from) => historyOf(infoOf(resource)).since(from),

    at(resource, then, namespace) {
      const info = infoOf(resource);
      const later = historyOf(info).since(then);
      if (!later) return undefined;
      const inScope = namespace === undefined ? later : later.filter(e => e.object.metadata.namespace === namespace);
      return rewind(collectionOf(info).list(namespace), inScope);
    },

    compact() {
      for (const history of histories.values()) history.compact(revision);
    },

    forget(resource) {
      collections.delete(resource);
      histories.delete(resource);
    },

    count: resource => collectionOf(infoOf(resource)).size(),
  };
  return store;
}

function getOrCreate<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = make();
  map.set(key, created);
  return created;
}
