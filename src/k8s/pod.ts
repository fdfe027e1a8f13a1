import type { KubeObject, OwnerReference } from './object.ts';

interface ContainerStatus {
  name?: string;
  image?: string;
  restartCount?: number;
  state?: { waiting?: { reason?: string; message?: string }; terminated?: { reason?: string } };
}

/** The owner that would recreate a pod. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(owner => owner.controller === true);
}

/** Whether the deletion of the object was requested. */
export const isTerminating = (object: KubeObject): boolean => object.metadata.deletionTimestamp !== undefined;

/** Whether the pod is Succeeded or Failed: nothing runs in it any more. */
export function isFinished(pod: KubeObject): boolean {
  const phase = phaseOf(pod);
  return phase === 'Succeeded' || phase === 'Failed';
}

/** Whether the pod is neither finished nor being deleted. */
export const isActive = (pod: KubeObject): boolean => !isFinished(pod) && !isTerminating(pod);

/** Whether it is a mirror pod, which a kubelet writes for a static pod: deleting it stops nothing. */
export const isMirror = (pod: KubeObject): boolean =>
  pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined || controllerOf(pod)?.kind === 'Node';

/** Whether the pod's Ready condition is True. */
export function isReady(pod: KubeObject): boolean {
  const conditions = statusOf(pod).conditions;
  return (
    Array.isArray(conditions) &&
    conditions.some(
      item => (item as { type?: string }).type === 'Ready' && (item as { status?: string }).status === 'True',
    )
  );
}

/** The pod's phase; Unknown if its status has none. */
export const phaseOf = (pod: KubeObject): string => String(statusOf(pod).phase ?? 'Unknown');

/** Statuses of all ordinary containers. */
export function containerStatuses(pod: KubeObject): ContainerStatus[] {
  const statuses = statusOf(pod).containerStatuses;
  return Array.isArray(statuses) ? (statuses as ContainerStatus[]) : [];
}

function statusOf(pod: KubeObject): Record<string, unknown> {
  return (pod.status ?? {}) as Record<string, unknown>;
}
