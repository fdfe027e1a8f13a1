import type { OwnerReference } from '../../k8s/object.ts';
import { conditionOf } from './conditions.ts';
import type { Obj, Pod, PodTemplate } from './kinds.ts';

/** Whether the deletion of the object was requested. */
export const isTerminating = (o: Obj): boolean => o.metadata.deletionTimestamp !== undefined;
export const isFinished = (p: Pod): boolean => p.status?.phase === 'Succeeded' || p.status?.phase === 'Failed';
export const isActive = (p: Pod): boolean => !isFinished(p) && !isTerminating(p);
export const isReady = (p: Pod): boolean => conditionOf(p.status?.conditions, 'Ready')?.status === 'True';

/** Ready for at least `minReadySeconds`. */
export function isAvailable(p: Pod, minReadySeconds: number, nowMs: number): boolean {
  const ready = conditionOf(p.status?.conditions, 'Ready');
  if (ready?.status !== 'True') return false;
  return minReadySeconds === 0 || Date.parse(ready.lastTransitionTime ?? '') + minReadySeconds * 1000 <= nowMs;
}

/** The owner that controls an object, if any. */
export const controllerOf = (o: Obj): OwnerReference | undefined => o.metadata.ownerReferences?.find(r => r.controller);

/** The owner reference that a controller writes on what it creates or adopts. */
export function controllerRef({
  apiVersion,
  kind,
  metadata,
}: Pick<Obj, 'apiVersion' | 'kind' | 'metadata'>): OwnerReference {
  const { name, uid } = metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** A pod made from a template for an owner; the API server generates its name and fills the defaults in. */
export function podFrom(
  template: PodTemplate,
  namespace: string,
  owner: OwnerReference,
  name: { generateName: string } | { name: string },
): Obj {
  const { labels, annotations } = template.metadata ?? {};
  const metadata = {
    ...name,
    namespace,
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ownerReferences: [owner],
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata: metadata as Obj['metadata'], spec: structuredClone(template.spec) };
}

const PHASE_ORDER: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };
const restarts = (p: Pod) => Math.max(0, ...(p.status?.containerStatuses ?? []).map(c => c.restartCount));
const cost = (p: Pod) => Number(p.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0) || 0;
const readySince = (p: Pod) =>
  isReady(p) ? Date.parse(conditionOf(p.status?.conditions, 'Ready')?.lastTransitionTime ?? '') : 0;
const createdAt = (p: Pod) => Date.parse(p.metadata.creationTimestamp ?? '');

/**
 * The order in which pods are deleted when a set shrinks: unassigned, pending, not ready, cheapest, doubled up on a
 * node, ready for the shortest time, most restarts, youngest (ActivePodsWithRanks of kubernetes v1.36).
 */
export function deletionOrder(pods: readonly Pod[]): Pod[] {
  const onNode = new Map<string, number>();
  for (const p of pods) if (isReady(p)) onNode.set(p.spec.nodeName ?? '', (onNode.get(p.spec.nodeName ?? '') ?? 0) + 1);
  const podsOnNode = (p: Pod) => onNode.get(p.spec.nodeName ?? '') ?? 0;
  const keys: ((p: Pod) => number)[] = [
    p => (p.spec.nodeName ? 1 : 0),
    p => PHASE_ORDER[p.status?.phase ?? 'Pending'] ?? 0,
    p => (isReady(p) ? 1 : 0),
    cost,
    p => -podsOnNode(p),
    p => -readySince(p),
    p => -restarts(p),
    p => -createdAt(p),
  ];
  return [...pods].sort((a, b) => {
    for (const key of keys) if (key(a) !== key(b)) return key(a) - key(b);
    return a.metadata.uid.localeCompare(b.metadata.uid);
  });
}
