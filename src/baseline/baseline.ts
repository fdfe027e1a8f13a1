import { titleOf } from '../injection/resources.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import { refOf } from '../k8s/object-ref.ts';
import type { Api, Collection } from '../kube/client/api.ts';
import { pooled } from '../kube/client/pooled.ts';
import type { ApiResource, Discovery } from '../kube/discovery/discovery.ts';
import { LATCH } from '../safety/latch.ts';
import { RECORD_KEY } from '../safety/record-key.ts';
import { fieldsOf } from './fields.ts';
import { baselineResources, type ResourceNote, undiscoveredGroups } from './resources.ts';

/** One object as it was saved. */
interface KeptObject {
  ref: ObjectRef;
  /** Values by field name; for a Secret only digests. */
  fields: Record<string, string>;
}

/** The saved state of namespaces at one time. Times in milliseconds since the epoch, server time. */
export interface Baseline {
  kind: 'mayday-baseline';
  v: 1;
  id: string;
  at: number;
  context: string;
  server: string;
  clusterUid: string;
  /** The namespaces; an empty list means all. */
  namespaces: string[];
  objects: KeptObject[];
  /** Kinds that could not be read, so nothing is known about them. */
  blind: ResourceNote[];
}

/** A baseline, and the objects it was made from, which say who wrote them. */
export interface TakenBaseline {
  baseline: Baseline;
  live: ReadonlyMap<string, KubeObject>;
}

const WIDTH = 8;

/** The key of an object, without the version, since the version it is read in may change. */
export const keyOf = ({ apiVersion, kind, namespace, name }: ObjectRef): string =>
  `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''} ${kind} ${namespace ?? ''}/${name}`;

/**
 * Reads every object of the namespaces (all if none is named), the namespaces themselves, and cluster-scoped objects of kinds that faults
 * write to. Writes nothing; what cannot be read is in `blind`.
 */
export async function takeBaseline(
  api: Api,
  of: Pick<Baseline, 'id' | 'clusterUid' | 'namespaces'>,
  signal?: AbortSignal,
): Promise<TakenBaseline> {
  const { identity } = api;
  const discovery = await api.discovery();
  const blind: ResourceNote[] = discovery.ok
    ? undiscoveredGroups(discovery.value).blind
    : [{ resource: '*', reason: discovery.message }];
  const lists = discovery.ok ? listsOf(discovery.value, of.namespaces) : [];
  const live = new Map<string, KubeObject>();
  await pooled(lists, WIDTH, async ({ resource, collection }) => {
    const page = await api.listAll(collection, signal ? { signal } : {});
    if (!page.ok) {
      // A namespace that does not exist has no objects.
      if (page.reason !== 'not-found') blind.push({ resource: titleOf(resource), reason: page.message });
      return;
    }
    if (page.value.malformedItem !== undefined)
      blind.push({ resource: titleOf(resource), reason: page.value.malformedItem });
    for (const item of page.value.items) {
      const object = { ...item, apiVersion: resource.apiVersion, kind: resource.kind };
      if (isOf(object, of.namespaces) && !isShortLived(object) && !isOurs(object))
        live.set(keyOf(refOf(object)), object);
    }
  });
  const objects = [...live.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, object]) => ({
      ref: refOf(object),
      fields: Object.fromEntries(fieldsOf(object).map(({ name, value }) => [name, value])),
    }));
  const { context, server } = identity;
  const at = Math.round(api.serverTime().now);
  return {
    baseline: { kind: 'mayday-baseline', v: 1, ...of, at, context, server, objects, blind: inOrder(blind) },
    live,
  };
}

interface List {
  resource: ApiResource;
  collection: Collection;
}

function listsOf(discovery: Discovery, namespaces: readonly string[]): List[] {
  return baselineResources(discovery.resources).flatMap(resource => {
    const { apiVersion, kind } = resource;
    if (!resource.namespaced || namespaces.length === 0) return [{ resource, collection: { apiVersion, kind } }];
    return namespaces.map(namespace => ({ resource, collection: { apiVersion, kind, namespace } }));
  });
}

/** Whether an object belongs to the baseline: Namespaces other than the named ones do not. */
const isOf = ({ kind, apiVersion, metadata }: KubeObject, namespaces: readonly string[]): boolean =>
  kind !== 'Namespace' || apiVersion !== 'v1' || namespaces.length === 0 || namespaces.includes(metadata.name);

/** Kinds that a controller creates from an owner, with a new name each time. */
const CREATED_BY_OWNER = new Set(['Pod', 'ReplicaSet', 'ControllerRevision', 'Job']);

const isShortLived = ({ kind, metadata }: KubeObject): boolean =>
  CREATED_BY_OWNER.has(kind) && (metadata.ownerReferences ?? []).some(owner => owner.controller === true);

/** Whether it is an object of mayday itself, which an injection or emergency stop may leave there. */
const isOurs = (object: KubeObject): boolean =>
  [RECORD_KEY, LATCH].some(own => keyOf(own) === keyOf(refOf(object))) ||
  (object.kind === 'Namespace' && object.metadata.name === RECORD_KEY.namespace);

function inOrder(blind: readonly ResourceNote[]): ResourceNote[] {
  const once = new Map(blind.map(one => [`${one.resource} ${one.reason}`, one]));
  return [...once.values()].toSorted((a, b) => (a.resource < b.resource ? -1 : 1));
}
