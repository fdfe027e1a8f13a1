import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, ManagedField } from '../../k8s/object.ts';
import { sanitise } from '../../text/sanitise.ts';

/** The field manager of mayday's own writes. */
const OUR_MANAGER = 'mayday';

/** Field managers of controllers, which restore state without a person. */
const CONTROLLERS = [
  /^kube-controller-manager$/,
  /^argocd/,
  /^flux|^kustomize-controller$|^helm-controller$/,
  /operator/,
  /controller/,
  /^manager$/,
];
const KUBELET = /^kubelet$|^kube-scheduler$/;

/** Classifies a field manager: mayday's, a controller's, a kubelet's or scheduler's, else a person's. */
export function writerKind(manager: string): 'ours' | 'controller' | 'node' | 'person' {
  if (manager === OUR_MANAGER) return 'ours';
  if (KUBELET.test(manager)) return 'node';
  return CONTROLLERS.some(pattern => pattern.test(manager)) ? 'controller' : 'person';
}

type Path = string[];

/** The paths whose values differ, down to the first list; without status and the metadata that the server sets. */
export function changedPaths(before: unknown, after: unknown, path: Path = []): Path[] {
  if (isDeepStrictEqual(before, after)) return [];
  const maps = [before, after].every(value => value !== null && typeof value === 'object' && !Array.isArray(value));
  if (!maps) return [path];
  const a = before as Record<string, unknown>;
  const b = after as Record<string, unknown>;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter(key => !(path.length === 0 && (key === 'status' || key === 'kind' || key === 'apiVersion')))
    .filter(key => !(path[0] === 'metadata' && path.length === 1 && SYSTEM_METADATA.has(key)))
    .flatMap(key => changedPaths(a[key], b[key], [...path, key]));
}
const SYSTEM_METADATA = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'uid',
  'creationTimestamp',
  'selfLink',
]);

/** How many steps of the path an entry of managedFields owns; a list is owned as a whole. */
function depthOwned(fields: unknown, path: Path): number {
  let here = fields;
  for (const [depth, step] of path.entries()) {
    if (here === null || typeof here !== 'object') return depth;
    const next = (here as Record<string, unknown>)[`f:${step}`];
    if (next === undefined) return depth;
    here = next;
  }
  return path.length;
}

const timeOf = (field: ManagedField): number => (field.time ? Date.parse(field.time) : 0);
const newest = (fields: ManagedField[]): ManagedField | undefined =>
  fields.toSorted((a, b) => timeOf(b) - timeOf(a))[0];

/** Times in managedFields have whole seconds, so a write in the same second as the injection may seem earlier. */
const SECOND = 1_000;

/**
 * The field manager that brought the object into the state `after`, by managedFields: the one that owns the changes since `before` (the
 * injected state), or that created the object if it is a new one. `since` is server time in milliseconds. `unknown` if managedFields
 * do not show it.
 */
export function whoRestored(before: KubeObject | undefined, after: KubeObject, since: number): string {
  const fields = (after.metadata.managedFields ?? []).filter(
    field => !field.subresource && timeOf(field) >= since - SECOND,
  );
  const isRecreated = before?.metadata.uid !== undefined && after.metadata.uid !== before.metadata.uid;
  if (before === undefined || isRecreated) {
    const creators = (after.metadata.managedFields ?? []).filter(field => !field.subresource);
    const creator = creators.toSorted((a, b) => timeOf(a) - timeOf(b))[0];
    return sanitise(creator?.manager ?? 'unknown');
  }
  const changed = changedPaths(before, after);
  const owners = changed.flatMap(path => {
    const owning = fields.filter(field => depthOwned(field.fieldsV1, path) === path.length);
    const owner = newest(owning);
    return owner ? [owner] : [];
  });
  return sanitise(
    newest(owners)?.manager ?? newest(fields.filter(field => field.manager !== OUR_MANAGER))?.manager ?? 'unknown',
  );
}

/** The time of the first write since the injection that is neither a controller's nor mayday's, so that a person has stepped in. */
export function firstHumanWrite(objects: readonly KubeObject[], since: number): number | undefined {
  const times = objects
    // The holder of a Lease renews it every few seconds, under any field manager.
    .filter(object => object.kind !== 'Lease')
    .flatMap(object => object.metadata.managedFields ?? [])
    .filter(field => writerKind(field.manager ?? '') === 'person' && timeOf(field) >= since)
    .map(timeOf);
  return times.length > 0 ? Math.min(...times) : undefined;
}
