import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, ManagedField } from '../../k8s/object.ts';
import { sanitise } from '../../text/sanitise.ts';

/** The manager name on our own writes. */
const OUR_MANAGER = 'mayday';

/** Managers that restore state automatically, without a person asking for it. */
const CONTROLLERS = [
  /^kube-controller-manager$/,
  /^argocd/,
  /^flux|^kustomize-controller$|^helm-controller$/,
  /operator/,
  /controller/,
  /^manager$/,
];
const KUBELET = /^kubelet$|^kube-scheduler$/;

/** Whether a manager name is ours, a controller's, a kubelet's or scheduler's, or else a person's. */
export function writerKind(manager: string): 'ours' | 'controller' | 'node' | 'person' {
  if (manager === OUR_MANAGER) return 'ours';
  if (KUBELET.test(manager)) return 'node';
  return CONTROLLERS.some(pattern => pattern.test(manager)) ? 'controller' : 'person';
}

type Path = string[];

/** Paths whose values differ, down to the first list; system-owned metadata and status aside. */
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

/** How many steps of the path a manager's entry owns; lists are owned from their field on. */
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

/** Managed times have whole seconds, so a write in the same second as the injection may carry a smaller number. */
const SECOND = 1_000;

/**
 * Who wrote `after` into the state it is in now, told from managedFields: the manager that owns what changed since `before`
 * (as injected), or made the object when it is a new one. `since` is server time in milliseconds. `unknown` when nothing tells.
 */
export function whoRestored(before: KubeObject | undefined, after: KubeObject, since: number): string {
  const fields = (after.metadata.managedFields ?? []).filter(
    field => !field.subresource && timeOf(field) >= since - SECOND,
  );
  const reborn = before?.metadata.uid !== undefined && after.metadata.uid !== before.metadata.uid;
  if (before === undefined || reborn) {
    const makers = (after.metadata.managedFields ?? []).filter(field => !field.subresource);
    const maker = makers.toSorted((a, b) => timeOf(a) - timeOf(b))[0];
    return sanitise(maker?.manager ?? 'unknown');
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

/** The first write since the injection that came neither from a controller nor from us: a person stepped in. */
export function firstHumanWrite(objects: readonly KubeObject[], since: number): number | undefined {
  const times = objects
    // A Lease is written by whoever holds it, under whatever name, every few seconds.
    .filter(object => object.kind !== 'Lease')
    .flatMap(object => object.metadata.managedFields ?? [])
    .filter(field => writerKind(field.manager ?? '') === 'person' && timeOf(field) >= since)
    .map(timeOf);
  return times.length > 0 ? Math.min(...times) : undefined;
}
