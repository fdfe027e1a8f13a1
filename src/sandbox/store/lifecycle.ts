import { cloneJson, isRecord, type KubeObject, sameJson, timestamp } from '../object.ts';
import type { ResourceInfo } from '../registry.ts';

type Propagation = 'Orphan' | 'Background' | 'Foreground';

/** How an object is to be deleted. */
export interface DeleteOptions {
  /** The grace period in seconds; only Pods have one. */
  gracePeriodSeconds?: number;
  propagationPolicy?: Propagation;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: boolean;
}

const OWN_FINALIZER = { Orphan: 'orphan', Foreground: 'foregroundDeletion' } as const;

/**
 * Whether an update increments `metadata.generation`. Metadata never counts, and status only for kinds without a
 * status subresource.
 */
export function changesGeneration(
  info: ResourceInfo,
  before: KubeObject,
  after: KubeObject,
  through?: string,
): boolean {
  if (through === 'status') return false;
  // Changed annotations count for Deployments.
  if (info.key === 'deployments.apps' && !sameJson(before.metadata.annotations, after.metadata.annotations))
    return true;
  const hasStatusSubresource = info.subresources.some(s => s.name === 'status');
  const counts = (key: string) =>
    key !== 'metadata' &&
    key !== 'apiVersion' &&
    key !== 'kind' &&
    !(key === 'status' && (hasStatusSubresource || !info.custom));
  const keys = new Set([...Object.keys(before), ...Object.keys(after)].filter(counts));
  const relevant = info.key === 'pods' ? withoutNode : (value: unknown) => value;
  return [...keys].some(key => !sameJson(relevant(before[key]), relevant(after[key])));
}

/** A pod spec without its node: binding a Pod does not change the generation. */
function withoutNode(spec: unknown): unknown {
  if (!isRecord(spec)) return spec;
  const { nodeName: _node, ...rest } = spec;
  return rest;
}

/** The finalizers with that of the propagation policy, and without that of the other one. */
function finalizersFor(object: KubeObject, policy: Propagation | undefined): string[] {
  const current = object.metadata.finalizers ?? [];
  if (policy === undefined) return current;
  const others = current.filter(f => f !== OWN_FINALIZER.Orphan && f !== OWN_FINALIZER.Foreground);
  return policy === 'Background' ? others : [...others, OWN_FINALIZER[policy]];
}

function podGrace(pod: KubeObject, requested: number | undefined): number {
  const spec = isRecord(pod.spec) ? pod.spec : {};
  const phase = isRecord(pod.status) ? pod.status.phase : undefined;
  const wanted =
    requested ?? (typeof spec.terminationGracePeriodSeconds === 'number' ? spec.terminationGracePeriodSeconds : 30);
  // A pod without a node, or one that has ended, needs no grace period.
  if (!spec.nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
  // A negative grace period counts as one second.
  return wanted < 0 ? 1 : wanted;
}

/** The grace period of this deletion in seconds; 0 for kinds without one. */
function graceFor(info: ResourceInfo, object: KubeObject, requested: number | undefined): number {
  return info.key === 'pods' ? podGrace(object, requested) : 0;
}

/** Sets what the status of an object shows once it is marked for deletion. In place. */
function setTerminatingStatus(info: ResourceInfo, object: KubeObject, time: string): void {
  if (info.key === 'namespaces') {
    object.status = { ...(isRecord(object.status) ? object.status : {}), phase: 'Terminating' };
  } else if (info.key === DEFINITIONS) {
    const status = isRecord(object.status) ? object.status : {};
    const conditions = Array.isArray(status.conditions) ? status.conditions : [];
    object.metadata.finalizers = [...(object.metadata.finalizers ?? []), DEFINITION_CLEANUP];
    object.status = {
      ...status,
      conditions: [...conditions, { type: 'Terminating', status: 'True', lastTransitionTime: time, ...PENDING }],
    };
  }
}

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';
/** The finalizer that keeps a definition until all its instances are gone. */
const DEFINITION_CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';
const PENDING = {
  reason: 'InstanceDeletionPending',
  message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
};

/** Whether nothing holds a deleted object any more. */
export function isReleased(info: ResourceInfo, object: KubeObject): boolean {
  const { metadata } = object;
  if (!metadata.deletionTimestamp || metadata.finalizers?.length) return false;
  if (info.key === 'namespaces' && isRecord(object.spec) && Array.isArray(object.spec.finalizers))
    return object.spec.finalizers.length === 0;
  return (metadata.deletionGracePeriodSeconds ?? 0) === 0;
}

/** The object as a deletion leaves it: with a deletion time, a grace period, and the finalizers of the policy. */
export function markDeleted(info: ResourceInfo, current: KubeObject, options: DeleteOptions, now: number): KubeObject {
  const next = cloneJson(current);
  const meta = next.metadata;
  const finalizers = finalizersFor(current, options.propagationPolicy);
  if (finalizers.length > 0) meta.finalizers = finalizers;
  else delete meta.finalizers;
  const grace = graceFor(info, current, options.gracePeriodSeconds);
  const earlierGrace = meta.deletionGracePeriodSeconds;
  const hasGracePeriod = info.key !== 'namespaces' && info.key !== DEFINITIONS;
  if (meta.deletionTimestamp) {
    if (hasGracePeriod && options.gracePeriodSeconds !== undefined && grace < (earlierGrace ?? 0)) {
      meta.deletionGracePeriodSeconds = grace;
      meta.deletionTimestamp = timestamp(Date.parse(meta.deletionTimestamp) - ((earlierGrace ?? 0) - grace) * 1000);
    }
    return next;
  }
  meta.deletionTimestamp = timestamp(now + grace * 1000);
  setTerminatingStatus(info, next, meta.deletionTimestamp);
  if (hasGracePeriod) meta.deletionGracePeriodSeconds = grace;
  if (info.counted && hasGracePeriod && meta.generation !== undefined) meta.generation += 1;
  return next;
}
