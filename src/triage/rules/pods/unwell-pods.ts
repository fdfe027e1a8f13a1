import type { Since } from '../../../health/trouble.ts';
import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { earliest, sinceNotReady } from '../../../health/view/since.ts';
import { text } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { condition, created } from '../../fields.ts';
import type { Cause } from '../../finding.ts';
import type { RuleInput } from '../../rule.ts';
import { causeOf, type Top, topOf } from './owner.ts';

/** Pods of one workload that fail for one reason. */
export interface UnwellPods<T> {
  top: Top;
  pods: readonly ViewObject[];
  /** What was found in the first of the pods. */
  what: T;
}

/** Until then a pod that is not ready is merely starting. */
export const FIRST_MINUTE = 60_000;
/** A pod that waits longer than this for a node or for its volumes is stuck. */
export const PENDING_TOO_LONG = 120_000;

/** A pod that should be serving and is not. Finished pods, and those being deleted, are other rules' matter. */
export function isUnwell(pod: ViewObject): boolean {
  const { phase } = pod.status;
  if (phase === 'Succeeded' || phase === 'Failed' || pod.metadata.deletionTimestamp !== undefined) return false;
  return phase !== 'Running' || condition(pod, 'Ready')?.status !== 'True';
}

/**
 * Groups the unwell pods by the workload that a person would edit and by what `look` finds in them, so that three pods that fail for
 * one reason are one finding. Pods in their first minute are left out. `look` also gives the key that tells reasons apart.
 */
export function unwellPodGroups<T>(
  { view, now }: Pick<RuleInput, 'view' | 'now'>,
  look: (pod: ViewObject) => { key: string; what: T } | undefined,
): UnwellPods<T>[] {
  const groups = new Map<string, { top: Top; pods: ViewObject[]; what: T }>();
  for (const pod of view.all('Pod')) {
    const found = isUnwell(pod) && now - created(pod) >= FIRST_MINUTE ? look(pod) : undefined;
    if (found === undefined) continue;
    const top = topOf(view, pod);
    const key = `${top.ref.uid ?? `${top.ref.kind}/${top.ref.namespace}/${top.ref.name}`} ${found.key}`;
    const group = groups.get(key);
    if (group) group.pods.push(pod);
    else groups.set(key, { top, pods: [pod], what: found.what });
  }
  return [...groups.values()];
}

/** How long a pod has not been ready, in milliseconds. */
export const unreadyFor = (pod: ViewObject, now: number): number =>
  now - (condition(pod, 'Ready')?.since ?? created(pod));

/** Since when the oldest of the pods is not ready. */
export const unreadySince = (pods: readonly ViewObject[]): Since | undefined => earliest(...pods.map(sinceNotReady));

/** `pods: web-1, web-2 and 3 more`: for an evidence line. */
export function podNames(pods: readonly ViewObject[], most = 3): string {
  const names = pods.slice(0, most).map(pod => pod.metadata.name);
  const more = pods.length - names.length;
  return `${pods.length === 1 ? 'pod' : 'pods'}: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What may explain that pods are unwell: their node, and an injection on the workload or on them. */
export function usualCauses({ top, pods }: Pick<UnwellPods<unknown>, 'top' | 'pods'>): Cause[] {
  const nodes = new Set(pods.map(pod => text(pod.spec.nodeName)).filter(name => name !== ''));
  return [
    causeOf(top.ref, 'chaos/'),
    causeOf(top.ref, 'workload/broken-revision'),
    ...(top.managedBy ? [causeOf(top.managedBy, 'chaos/')] : []),
    ...pods.slice(0, 20).map(pod => causeOf({ ...pod.metadata, kind: 'Pod' }, 'chaos/')),
    ...[...nodes].slice(0, 50).map(name => causeOf({ kind: 'Node', name }, 'node/')),
  ];
}

/** How many of the pods that are wanted this is about: `2 of 3 pods`. */
export function howMany({ top, pods }: Pick<UnwellPods<unknown>, 'top' | 'pods'>): string {
  const wanted = top.object?.spec.replicas;
  if (top.ref.kind === 'Pod') return 'the pod';
  return typeof wanted === 'number' && wanted >= pods.length
    ? `${pods.length} of ${wanted} pods`
    : counted(pods.length, 'pod');
}

/** How the view and reads name a pod. */
export const podRef = ({
  metadata,
}: ViewObject): { apiVersion: string; kind: string; namespace: string; name: string; uid: string } => ({
  apiVersion: 'v1',
  kind: 'Pod',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  uid: metadata.uid,
});
