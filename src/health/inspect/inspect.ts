import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { refOf } from '../../k8s/object-ref.ts';
import type { Api } from '../../kube/client/api.ts';
import type { Outcome } from '../../kube/client/http/outcome.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import type { Inspection, InspectionRow, InspectionSection } from './inspection.ts';
import { objectYaml } from './object-yaml.ts';
import { conditionRows, containerRows, dependentRows, eventRows, ownerRows, writerRows } from './sections.ts';

const READ_MS = 8_000;
const MOST_OWNERS = 6;
/** The kinds that are listed to find the dependents of a kind; the owner's uid decides. */
const DEPENDENTS: Readonly<Record<string, readonly { apiVersion: string; kind: string }[]>> = {
  Deployment: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet' }],
  ReplicaSet: [{ apiVersion: 'v1', kind: 'Pod' }],
  StatefulSet: [{ apiVersion: 'v1', kind: 'Pod' }],
  DaemonSet: [{ apiVersion: 'v1', kind: 'Pod' }],
  Job: [{ apiVersion: 'v1', kind: 'Pod' }],
  CronJob: [{ apiVersion: 'batch/v1', kind: 'Job' }],
  Service: [{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' }],
};

type Reading = Pick<Api, 'get' | 'list' | 'serverTime'>;

/**
 * Reads one object and what belongs to it: its conditions, containers, events, owners, dependents, and who wrote it.
 * A section that cannot be read says why. Fails as a whole only when the object itself cannot be read.
 */
export async function inspect(api: Reading, ref: ObjectRef, signal?: AbortSignal): Promise<Outcome<Inspection>> {
  const options = { timeoutMs: READ_MS, ...(signal && { signal }) };
  const found = await api.get(ref, options);
  if (!found.ok) return found;
  const object: KubeObject = { ...found.value, apiVersion: ref.apiVersion, kind: ref.kind };
  const now = api.serverTime().now;
  const [events, owners, dependents] = await Promise.all([
    eventsOf(api, object, options),
    ownersOf(api, object, options),
    dependentsOf(api, object, options),
  ]);
  const sections: InspectionSection[] = [
    section('CONDITIONS', conditionRows(object, now)),
    section('CONTAINERS', object.kind === 'Pod' ? containerRows(object, now) : []),
    section('EVENTS', eventRows(events.items, now), events.blind),
    section('OWNERS', ownerRows(owners.items), owners.blind),
    section('BELONGS TO IT', dependentRows(dependents.items), dependents.blind),
    section('WHO WROTE IT', writerRows(object, now)),
  ].filter(({ rows, blind }) => rows.length > 0 || blind !== undefined);
  const containers = object.kind === 'Pod' ? containerNames(object) : [];
  return { ...found, value: { object: refOf(object), sections, yaml: objectYaml(object), containers } };
}

const section = (title: string, rows: readonly InspectionRow[], blind?: Clean): InspectionSection => ({
  title,
  rows,
  ...(blind !== undefined && { blind }),
});

interface Found {
  items: KubeObject[];
  blind?: Clean;
}

type Options = { timeoutMs: number; signal?: AbortSignal };

async function eventsOf(api: Reading, { metadata, kind }: KubeObject, options: Options): Promise<Found> {
  const about =
    metadata.uid === undefined ? `involvedObject.name=${metadata.name}` : `involvedObject.uid=${metadata.uid}`;
  const namespace = metadata.namespace ?? 'default';
  const collection = { apiVersion: 'v1', kind: 'Event', ...(kind === 'Node' ? {} : { namespace }) };
  const fieldSelector = kind === 'Node' ? `involvedObject.name=${metadata.name},involvedObject.kind=Node` : about;
  const page = await api.list(collection, { ...options, fieldSelector, limit: 100 });
  return page.ok ? { items: page.value.items } : { items: [], blind: page.message };
}

/** The chain of controlling owners, cut after MOST_OWNERS. */
async function ownersOf(api: Reading, object: KubeObject, options: Options): Promise<Found> {
  const items: KubeObject[] = [];
  let child = object;
  while (items.length < MOST_OWNERS) {
    const references = child.metadata.ownerReferences ?? [];
    const owner = references.find(({ controller }) => controller === true) ?? references[0];
    if (!owner) return { items };
    const { namespace } = child.metadata;
    const ref = { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name };
    const found = await api.get(namespace === undefined ? ref : { ...ref, namespace }, options);
    if (!found.ok) return { items, blind: sanitise(`${owner.kind} ${owner.name}: ${found.message}`) };
    if (found.value.metadata.uid !== owner.uid)
      return { items, blind: sanitise(`${owner.kind} ${owner.name} is another one now: the owner is gone`) };
    child = { ...found.value, apiVersion: owner.apiVersion, kind: owner.kind };
    items.push(child);
  }
  return { items };
}

async function dependentsOf(api: Reading, object: KubeObject, options: Options): Promise<Found> {
  const { namespace, uid } = object.metadata;
  const kinds = DEPENDENTS[object.kind] ?? [];
  if (namespace === undefined || uid === undefined) return { items: [] };
  const pages = await Promise.all(
    kinds.map(async kind => ({ kind, page: await api.list({ ...kind, namespace }, options) })),
  );
  const items = pages.flatMap(({ kind, page }) =>
    page.ok
      ? page.value.items
          .filter(one => one.metadata.ownerReferences?.some(owner => owner.uid === uid))
          .map(one => ({ ...one, ...kind }))
      : [],
  );
  const blind = pages.flatMap(({ kind, page }) =>
    page.ok
      ? page.value.continue === undefined
        ? []
        : [`${kind.kind}: only the first page`]
      : [`${kind.kind}: ${page.message}`],
  );
  return { items, ...(blind.length > 0 && { blind: sanitise(blind.join('; ')) }) };
}

function containerNames(object: KubeObject): Clean[] {
  const spec = (object.spec ?? {}) as Record<string, unknown>;
  return ['containers', 'initContainers'].flatMap(field => {
    const list = spec[field];
    return Array.isArray(list) ? list.map(one => sanitise((one as { name?: unknown }).name, 64)) : [];
  });
}
