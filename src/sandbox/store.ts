import type { SandboxClock } from './clock.ts';
import { cloneJson, type KubeObject, type ManagedFieldsEntry, type NewObject, sameJson, timestamp } from './object.ts';
import type { Random } from './random.ts';
import { groupVersion, type Registry, type ResourceInfo } from './registry.ts';
import { type LabelSelector, requirementsOf, satisfies } from './selector.ts';
import { alreadyExists, conflict, modified, notFound, stillTerminating } from './status.ts';
import { createHistory, type History, rewind, type StoreEvent } from './store/history.ts';
import {
  asksForMore,
  DEFINITIONS,
  type DeleteOptions,
  finalizersFor,
  graceFor,
  isReleased,
  noteDeletion,
} from './store/lifecycle.ts';
import { createShelf, type Shelf } from './store/shelf.ts';

export type { StoreEvent } from './store/history.ts';
export type { DeleteOptions } from './store/lifecycle.ts';

/** Who writes, for `metadata.managedFields`. */
export interface Writer {
  manager: string;
  subresource?: string;
}

export interface WriteOptions {
  /** Without a writer the managed fields stay as they are in the object. */
  by?: Writer;
  /** The subresource a write goes through, where no writer says it. */
  subresource?: string;
  /** Works out and returns the result without keeping it. */
  dryRun?: boolean;
  /** Changes a new object once it has its uid. */
  finish?: (object: KubeObject) => void;
  /** When this is said to have happened, in milliseconds since 1970; now when absent. For a world that begins with a past. */
  at?: number;
  /** The uid of a new object; a random one when absent. For recorded objects that others name by uid. */
  uid?: string;
}

/** Works out `metadata.managedFields` after a write. */
export type FieldTracker = (
  before: KubeObject | undefined,
  after: KubeObject,
  by: Writer,
  time: string,
) => ManagedFieldsEntry[] | undefined;

export interface DeleteResult {
  /** The object as it is now: gone, or with a deletion time. */
  object: KubeObject;
  /** False while finalizers or a grace period hold it. */
  removed: boolean;
}

/**
 * The cluster's objects. Every method is synchronous; what it returns must not be changed in place. `resource` is a
 * registry key (`pods`, `deployments.apps`); `namespace` is undefined for cluster-scoped kinds. Refusals are StatusError.
 */
export interface Store {
  get<T extends KubeObject = KubeObject>(resource: string, namespace: string | undefined, name: string): T | undefined;
  list<T extends KubeObject = KubeObject>(resource: string, namespace?: string, selector?: LabelSelector): T[];
  /** Creates; fills in name (from generateName), uid, times. 409 when the name is taken. No admission, no defaulting. */
  create<T extends KubeObject = KubeObject>(resource: string, object: NewObject, options?: WriteOptions): T;
  /** Replaces. 409 when the object carries a resourceVersion or uid that is not the current one; 404 when there is none. */
  update<T extends KubeObject = KubeObject>(resource: string, object: NewObject, options?: WriteOptions): T;
  /**
   * Changes the current object: `change` gets a copy of its own to edit, or returns another object; returning `false`
   * leaves it alone. Undefined when there is no such object.
   */
  modify<T extends KubeObject = KubeObject>(
    resource: string,
    namespace: string | undefined,
    name: string,
    // biome-ignore lint/suspicious/noConfusingVoidType: a function that edits its argument returns nothing
    change: (draft: T) => T | false | void,
    options?: WriteOptions,
  ): T | undefined;
  /** Deletes, or marks for deletion while finalizers or a grace period hold. 404, and 409 for a failed precondition. */
  delete(resource: string, namespace: string | undefined, name: string, options?: DeleteOptions): DeleteResult;
  /** Calls back after each change of the resource (`*` for all), in order. Returns a way to stop. */
  watch(resource: string, listener: (event: StoreEvent) => void): () => void;
  /** The number of the latest change. */
  revision(): number;
  /** Changes of a resource after a revision; undefined when they are no longer known (410). */
  since(resource: string, revision: number): StoreEvent[] | undefined;
  /** The objects as they were at a revision; undefined when that is no longer known (410). */
  at(resource: string, revision: number, namespace?: string): KubeObject[] | undefined;
  /** Forgets history, so that older revisions answer 410. */
  compact(): void;
  /** Drops all objects of a resource without a trace: for a kind that is no longer defined. */
  forget(resource: string): void;
  count(resource: string): number;
}

export interface StoreParts {
  clock: SandboxClock;
  random: Random;
  registry: Registry;
  /** Absent: managed fields are not tracked. */
  track?: FieldTracker;
  /** Changes remembered per resource. */
  historySize?: number;
}

const UNCHANGED_DEFAULT_HISTORY = 10_000;

export function createStore({ clock, random, registry, track, historySize }: StoreParts): Store {
  const shelves = new Map<string, Shelf>();
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
  const shelfOf = (info: ResourceInfo): Shelf => getOrMake(shelves, storageKey(info), createShelf);
  const historyOf = (info: ResourceInfo): History =>
    getOrMake(histories, storageKey(info), () => createHistory(historySize ?? UNCHANGED_DEFAULT_HISTORY));

  // A listener may write; its change is told after the present one has reached everybody.
  const tell = (event: StoreEvent) => {
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
    if (type === 'DELETED') shelfOf(info).remove(object);
    else shelfOf(info).put(object);
    const event: StoreEvent = { type, resource: info, object, revision, ...(previous ? { previous } : {}) };
    historyOf(info).add(event);
    tell(event);
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

  /** Writes a new state of an existing object; what only the server may set is put back first. */
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
    if (info.counted && asksForMore(info, current, next, options?.by?.subresource ?? options?.subresource))
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
      shelfOf(infoOf(resource)).get(infoOf(resource).namespaced ? namespace : undefined, name) as T | undefined,

    list: <T extends KubeObject>(resource: string, namespace?: string, selector?: LabelSelector) => {
      const all = shelfOf(infoOf(resource)).list(namespace) as T[];
      if (!selector) return all;
      const requirements = requirementsOf(selector);
      return all.filter(object => satisfies(object.metadata.labels, requirements));
    },

    create: <T extends KubeObject>(resource: string, object: NewObject, options?: WriteOptions) => {
      const info = infoOf(resource);
      const made = cloneJson(object) as KubeObject;
      made.apiVersion ??= groupVersion(info.group, info.version);
      made.kind ??= info.kind;
      const meta = made.metadata;
      if (!meta.name && meta.generateName) meta.name = meta.generateName + random.suffix();
      const existing = shelfOf(info).get(info.namespaced ? meta.namespace : undefined, meta.name);
      if (existing)
        throw existing.metadata.deletionTimestamp ? stillTerminating(info, meta.name) : alreadyExists(info, meta.name);
      if (!info.namespaced) delete meta.namespace;
      meta.uid = options?.uid ?? random.uid();
      meta.creationTimestamp = timestamp(options?.at ?? clock.now());
      delete meta.deletionTimestamp;
      delete meta.deletionGracePeriodSeconds;
      if (info.counted) meta.generation = 1;
      else delete meta.generation;
      stamp(undefined, made, options);
      options?.finish?.(made);
      if (!options?.dryRun) commit(info, 'ADDED', made);
      return made as T;
    },

    update: <T extends KubeObject>(resource: string, object: NewObject, options?: WriteOptions) => {
      const info = infoOf(resource);
      const { name = '', namespace, uid, resourceVersion } = object.metadata;
      const current = shelfOf(info).get(info.namespaced ? namespace : undefined, name);
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
      const current = shelfOf(info).get(info.namespaced ? namespace : undefined, name);
      if (!current) return undefined;
      const draft = cloneJson(current) as T;
      const next = change(draft);
      if (next === false) return current as T;
      return replace(info, current, next ? cloneJson(next) : draft, options) as T;
    },

    delete(resource, namespace, name, options = {}) {
      const info = infoOf(resource);
      const current = shelfOf(info).get(info.namespaced ? namespace : undefined, name);
      if (!current) throw notFound(info, name);
      refuseFailedPrecondition(info, current, options.preconditions);
      const next = markDeleted(info, current, options, clock.now());
      if (isReleased(info, next)) {
        if (!options.dryRun) removeNow(info, current, current);
        return { object: info.key === 'pods' ? next : current, removed: true };
      }
      if (sameJson(next, current)) return { object: current, removed: false };
      if (!options.dryRun) commit(info, 'MODIFIED', next, current);
      return { object: next, removed: false };
    },

    watch(resource, listener) {
      const key = resource === '*' ? '*' : storageKey(infoOf(resource));
      const set = getOrMake(listeners, key, () => new Set());
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
      return rewind(shelfOf(info).list(namespace), inScope);
    },

    compact() {
      for (const history of histories.values()) history.compact(revision);
    },

    forget(resource) {
      shelves.delete(resource);
      histories.delete(resource);
    },

    count: resource => shelfOf(infoOf(resource)).size(),
  };
  return store;
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function staleUid(info: ResourceInfo, current: KubeObject, uid: string): string {
  const { namespace, name } = current.metadata;
  const key = `/registry/${info.group && info.custom ? `${info.group}/` : ''}${info.resource}/${namespace ? `${namespace}/` : ''}${name}`;
  return `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`;
}

function refuseFailedPrecondition(
  info: ResourceInfo,
  current: KubeObject,
  wanted: DeleteOptions['preconditions'],
): void {
  const { name, uid, resourceVersion } = current.metadata;
  const of = { group: info.group, resource: info.kind };
  if (wanted?.uid && wanted.uid !== uid)
    throw conflict(
      of,
      name,
      `the UID in the precondition (${wanted.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  if (wanted?.resourceVersion && wanted.resourceVersion !== resourceVersion)
    throw conflict(
      of,
      name,
      `the ResourceVersion in the precondition (${wanted.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
}

/** The object as a deletion leaves it: with a deletion time, a grace period, and the finalizers of the policy. */
function markDeleted(info: ResourceInfo, current: KubeObject, options: DeleteOptions, now: number): KubeObject {
  const next = cloneJson(current);
  const meta = next.metadata;
  const finalizers = finalizersFor(current, options.propagationPolicy);
  if (finalizers.length > 0) meta.finalizers = finalizers;
  else delete meta.finalizers;
  const grace = graceFor(info, current, options.gracePeriodSeconds);
  const already = meta.deletionGracePeriodSeconds;
  const graceful = info.key !== 'namespaces' && info.key !== DEFINITIONS;
  if (meta.deletionTimestamp) {
    if (graceful && options.gracePeriodSeconds !== undefined && grace < (already ?? 0)) {
      meta.deletionGracePeriodSeconds = grace;
      meta.deletionTimestamp = timestamp(Date.parse(meta.deletionTimestamp) - ((already ?? 0) - grace) * 1000);
    }
    return next;
  }
  meta.deletionTimestamp = timestamp(now + grace * 1000);
  noteDeletion(info, next, meta.deletionTimestamp);
  if (graceful) meta.deletionGracePeriodSeconds = grace;
  if (info.counted && graceful && meta.generation !== undefined) meta.generation += 1;
  return next;
}
