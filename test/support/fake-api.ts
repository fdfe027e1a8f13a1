import type { Json, KubeObject, ObjectRef } from '../../src/k8s/object.ts';
import { matches, parseSelector } from '../../src/k8s/selector-text.ts';
import type {
  Api,
  Collection,
  DeleteOptions,
  ListOptions,
  Page,
  PatchType,
  WatchEvent,
  WriteOptions,
} from '../../src/kube/client/api.ts';
import type { Failure, FailureReason, Outcome } from '../../src/kube/client/http/outcome.ts';
import type { ApiResource } from '../../src/kube/discovery/discovery.ts';
import type { Clean } from '../../src/text/sanitise.ts';
import { fakeDiscovery } from './fake-kinds.ts';
import { applyJsonPatch, applyMergePatch } from './fake-patch.ts';
import { byOneHand, unmanaged } from './managed.ts';

type FakeVerb = 'get' | 'list' | 'create' | 'replace' | 'patch' | 'delete';

interface FakeRequest {
  verb: FakeVerb;
  kind: string;
  namespace?: string;
  name?: string;
  body?: Json | KubeObject;
  dryRun?: boolean;
}

/** Decides what happens to a request instead of the normal answer. */
interface Script {
  /** Which requests it is for. */
  on: (request: FakeRequest) => boolean;
  /** How many of them; 1 unless told. */
  times?: number;
  /** The answer. */
  answer: Failure;
  /** `before`: the request never happens. `after`: it happens, and only its answer is lost. */
  when?: 'before' | 'after';
}

export interface FakeApi extends Api {
  /** Everything asked so far. */
  readonly log: FakeRequest[];
  /** Puts an object there as it is, with uid, version and creation time filled in; returns the stored one. */
  put(object: KubeObject): KubeObject;
  /** Changes an object as another writer would; its version moves on. */
  change(ref: ObjectRef, mutate: (object: KubeObject) => void): KubeObject;
  /** The stored object, undefined where there is none. */
  peek(ref: Omit<ObjectRef, 'uid'>): KubeObject | undefined;
  all(): KubeObject[];
  forget(ref: ObjectRef): void;
  script(script: Script): void;
  /** Runs after each write that was stored, as a controller would react. */
  react(reaction: (request: FakeRequest, object: KubeObject) => void): void;
  /** Changes what is about to be stored, as a mutating webhook or a schema that prunes does; the answer shows it. */
  admit(admission: Admission): void;
  /** Which access reviews are denied. */
  deny(predicate: (attributes: Record<string, string>) => boolean): void;
}

/** `former` is what is stored, undefined for a create. */
type Admission = (request: FakeRequest, object: KubeObject, former: KubeObject | undefined) => void;

/** Who the server takes the caller for. */
export interface UserInfo {
  username: string;
  groups: string[];
}
const SELF: UserInfo = { username: 'tester', groups: ['system:authenticated'] };

/** A failure as the client reports it. */
export function failing(reason: FailureReason, message: string, more: Partial<Failure> = {}): Failure {
  const status = STATUS[reason] ?? 0;
  return { ok: false, reason, status, message: message as Clean, ...more };
}

const STATUS: Partial<Record<FailureReason, number>> = {
  'not-found': 404,
  'already-exists': 409,
  conflict: 409,
  forbidden: 403,
  unauthorized: 401,
  gone: 410,
  throttled: 429,
  invalid: 422,
  'server-error': 500,
};

/** An API server in memory: optimistic concurrency, preconditions, finalizers, dry run, label selectors, and scripted failures. */
export function fakeApi(
  objects: readonly KubeObject[] = [],
  options: { kinds?: readonly ApiResource[]; now?: () => number; self?: UserInfo } = {},
): FakeApi {
  const store = new Map<string, KubeObject>();
  const log: FakeRequest[] = [];
  const scripts: (Script & { left: number })[] = [];
  const reactions: ((request: FakeRequest, object: KubeObject) => void)[] = [];
  const admissions: Admission[] = [];
  const denials: ((attributes: Record<string, string>) => boolean)[] = [];
  const discovery = fakeDiscovery(options.kinds);
  const now = options.now ?? (() => Date.UTC(2026, 10, 21, 12));
  let version = 1000;
  let uids = 0;

  const ok = <T>(value: T, status = 200): Outcome<T> => ({ ok: true, value, status });
  const stamp = () => new Date(Math.floor(now() / 1000) * 1000).toISOString().replace('.000Z', 'Z');

  function stored(object: KubeObject): KubeObject {
    const copy = structuredClone(unmanaged(object));
    dropEmptyMaps(copy);
    version += 1;
    copy.metadata.resourceVersion = String(version);
    store.set(keyOf(copy.kind, copy.metadata.namespace, copy.metadata.name), copy);
    return copy;
  }

  function answer<T>(request: FakeRequest, act: () => Outcome<T>): Promise<Outcome<T>> {
    log.push(request);
    const script = scripts.find(item => item.left > 0 && item.on(request));
    if (script === undefined) return Promise.resolve(act());
    script.left -= 1;
    if (script.when === 'after') act();
    return Promise.resolve(script.answer);
  }

  function written(request: FakeRequest, asked: KubeObject, status = 200): Outcome<KubeObject> {
    const object = structuredClone(asked);
    const former = structuredClone(find({ ...object, ...object.metadata }));
    for (const admission of admissions) admission(request, object, former);
    if (request.dryRun) return ok(object, status);
    const kept = stored(object);
    const copy = structuredClone(kept);
    for (const reaction of reactions) reaction(request, copy);
    return ok(copy, status);
  }

  // A namespace is no part of the name of a cluster-scoped object, even where one is given.
  const isClustered = (kind: string) => discovery.resources.some(item => item.kind === kind && !item.namespaced);
  const find = (ref: { kind: string; namespace?: string; name: string }) =>
    store.get(keyOf(ref.kind, isClustered(ref.kind) ? undefined : ref.namespace, ref.name));
  const missing = (ref: { kind: string; name: string }) =>
    failing('not-found', `${ref.kind.toLowerCase()}s "${ref.name}" not found`);

  function create(object: KubeObject, writeOptions: WriteOptions = {}): Promise<Outcome<KubeObject>> {
    const request = requestOf('create', object, writeOptions);
    return answer(request, () => {
      if (object.kind.endsWith('AccessReview')) return ok(review(object, denials), 201);
      if (object.kind === 'SelfSubjectReview')
        return ok({ ...object, status: { userInfo: options.self ?? SELF } }, 201);
      if (find({ ...object, ...object.metadata }) !== undefined) {
        return failing('already-exists', `${object.kind.toLowerCase()}s "${object.metadata.name}" already exists`);
      }
      return written(request, fresh(object), 201);
    });
  }

  function fresh(object: KubeObject): KubeObject {
    uids += 1;
    const uid = object.metadata.uid ?? `00000000-0000-4000-8000-${String(uids).padStart(12, '0')}`;
    return { ...object, metadata: { creationTimestamp: stamp(), ...object.metadata, uid } };
  }

  function update(
    request: FakeRequest,
    ref: ObjectRef,
    next: (current: KubeObject) => KubeObject | Failure,
  ): Promise<Outcome<KubeObject>> {
    return answer(request, () => {
      const current = find(ref);
      if (current === undefined) return missing(ref);
      const changed = next(current);
      if ('ok' in changed) return changed as Failure;
      const stale = violated(changed.metadata, current);
      if (stale !== undefined) return stale;
      changed.metadata.uid = current.metadata.uid ?? '';
      const isDone =
        changed.metadata.deletionTimestamp !== undefined && (changed.metadata.finalizers ?? []).length === 0;
      const outcome = written(request, changed);
      if (isDone && request.dryRun !== true) store.delete(keyOf(ref.kind, ref.namespace, ref.name));
      return outcome;
    });
  }

  function patch(
    ref: ObjectRef,
    type: PatchType,
    body: Json,
    writeOptions: WriteOptions = {},
  ): Promise<Outcome<KubeObject>> {
    return update(requestOf('patch', ref, writeOptions, body), ref, current => {
      const target = current as unknown as Json;
      if (type !== 'json') return applyMergePatch(structuredClone(target), body) as unknown as KubeObject;
      const patched = applyJsonPatch(target, body as unknown as Parameters<typeof applyJsonPatch>[1]);
      return patched === undefined
        ? // A failed test is what the client calls a conflict.
          failing('conflict', 'the server rejected our request due to an error in our request', { status: 422 })
        : (patched as unknown as KubeObject);
    });
  }

  function deleted(request: FakeRequest, current: KubeObject): Outcome<KubeObject> {
    const isHeld = (current.metadata.finalizers ?? []).length > 0;
    if (request.dryRun) {
      const left = structuredClone(current);
      if (isHeld) left.metadata.deletionTimestamp ??= stamp();
      return ok(
        isHeld
          ? left
          : ({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } as unknown as KubeObject),
      );
    }
    if (isHeld) {
      current.metadata.deletionTimestamp ??= stamp();
      return ok(structuredClone(stored(current)));
    }
    store.delete(keyOf(current.kind, current.metadata.namespace, current.metadata.name));
    for (const reaction of reactions) reaction(request, structuredClone(current));
    return ok(structuredClone(current));
  }

  function remove(ref: ObjectRef, deleteOptions: DeleteOptions = {}): Promise<Outcome<KubeObject>> {
    const request = requestOf('delete', ref, deleteOptions);
    return answer(request, () => {
      const current = find(ref);
      if (current === undefined) return missing(ref);
      const stale = violated(deleteOptions, current);
      if (stale !== undefined) return stale;
      return deleted(request, current);
    });
  }

  function listAll(collection: Collection, listOptions: ListOptions = {}): Promise<Outcome<Page>> {
    return answer({ verb: 'list', kind: collection.kind, ...inNamespace(collection) }, () => {
      const requirements = parseSelector(listOptions.labelSelector ?? '');
      const items = [...store.values()]
        .filter(item => item.kind === collection.kind && item.apiVersion === collection.apiVersion)
        .filter(item => collection.namespace === undefined || item.metadata.namespace === collection.namespace)
        .filter(item => typeof requirements === 'string' || matches(requirements, item.metadata.labels));
      return ok({ items: structuredClone(items).map(byOneHand), resourceVersion: String(version) });
    });
  }

  for (const object of objects) put(object);
  function put(object: KubeObject): KubeObject {
    return structuredClone(stored(fresh(object)));
  }

  return {
    identity: { context: 'fake', server: 'https://fake', user: 'tester', namespace: 'default' },
    discovery: () => Promise.resolve(ok(discovery)),
    get: ref =>
      answer(requestOf('get', ref), () => {
        const found = find(ref);
        return found === undefined ? missing(ref) : ok(byOneHand(structuredClone(found)));
      }),
    list: listAll,
    listAll,
    create,
    replace: (object, writeOptions = {}) =>
      update(requestOf('replace', object, writeOptions), { ...object, ...object.metadata }, () =>
        structuredClone(object),
      ),
    patch,
    remove,
    watch: async function* (): AsyncIterable<WatchEvent | Failure> {
      yield failing('gone', 'this server has no watch');
    },
    raw: () => Promise.resolve(failing('not-found', 'the server could not find the requested resource')),
    serverTime: () => ({ now: now(), offsetMs: 0, uncertaintyMs: 0, known: true }),
    get requests() {
      return log.length;
    },
    close: () => Promise.resolve(),
    log,
    put,
    change: (ref, mutate) => {
      const current = find(ref);
      if (current === undefined) throw new Error(`no ${ref.kind} ${ref.name}`);
      mutate(current);
      return structuredClone(stored(current));
    },
    peek: ref => structuredClone(find(ref)),
    all: () => structuredClone([...store.values()]),
    forget: ref => {
      store.delete(keyOf(ref.kind, ref.namespace, ref.name));
    },
    script: script => {
      scripts.push({ ...script, left: script.times ?? 1 });
    },
    react: reaction => {
      reactions.push(reaction);
    },
    admit: admission => {
      admissions.push(admission);
    },
    deny: predicate => {
      denials.push(predicate);
    },
  };
}

/** The conflict that a precondition which no longer holds comes back as. */
function violated(expected: { uid?: string; resourceVersion?: string }, current: KubeObject): Failure | undefined {
  const { uid, resourceVersion } = current.metadata;
  if (expected.uid !== undefined && expected.uid !== uid) {
    return failing('conflict', `Precondition failed: UID in precondition: ${expected.uid}, UID in object meta: ${uid}`);
  }
  if (expected.resourceVersion !== undefined && expected.resourceVersion !== resourceVersion) {
    return failing(
      'conflict',
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  }
  return undefined;
}

const keyOf = (kind: string, namespace: string | undefined, name: string) => `${kind}/${namespace ?? ''}/${name}`;
const inNamespace = (of: { namespace?: string }) => (of.namespace === undefined ? {} : { namespace: of.namespace });

function requestOf(verb: FakeVerb, of: ObjectRef | KubeObject, options: WriteOptions = {}, patch?: Json): FakeRequest {
  const isObject = 'metadata' in of;
  const place = isObject ? of.metadata : (of as ObjectRef);
  const body = patch ?? (isObject ? of : undefined);
  return {
    verb,
    kind: of.kind,
    ...inNamespace(place),
    name: place.name,
    ...(body === undefined ? {} : { body }),
    ...(options.dryRun === undefined ? {} : { dryRun: options.dryRun }),
  };
}

/** The real server leaves empty maps out of what it stores. */
function dropEmptyMaps(object: KubeObject): void {
  const holders: [Record<string, unknown>, string][] = [
    [object.metadata as unknown as Record<string, unknown>, 'labels'],
    [object.metadata as unknown as Record<string, unknown>, 'annotations'],
    [object, 'data'],
  ];
  for (const [holder, key] of holders) {
    const value = holder[key];
    if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) delete holder[key];
  }
}

function review(object: KubeObject, denials: readonly ((attributes: Record<string, string>) => boolean)[]): KubeObject {
  const spec = (object.spec ?? {}) as { resourceAttributes?: Record<string, string>; user?: string };
  const attributes = { ...spec.resourceAttributes, ...(spec.user === undefined ? {} : { user: spec.user }) };
  const allowed = !denials.some(denied => denied(attributes));
  return { ...structuredClone(object), status: { allowed } };
}
