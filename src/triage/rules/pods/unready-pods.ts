import type { Since } from '../../../health/trouble.ts';
import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { earliest, sinceNotReady } from '../../../health/view/since.ts';
import { text } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { condition, created } from '../../facts/fields.ts';
import type { FindingDraft } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import type { RuleInput } from '../../rule.ts';
import { podsByTop, type Top } from './owner.ts';

/** Pods of one workload that fail for one reason. */
export interface UnreadyPodGroup<T> {
  top: Top;
  pods: readonly ViewObject[];
  /** What was found in the first pod. */
  problem: T;
}

/** A pod younger than this that is not ready counts as starting. */
export const FIRST_MINUTE = 60_000;
/** A pod that waits longer than this for a node or for its volumes is stuck. */
export const PENDING_TOO_LONG = 120_000;

/** Whether a pod should be ready and is not. Finished and terminating pods are left to other rules. */
export function isUnready(pod: ViewObject): boolean {
  const { phase } = pod.status;
  if (phase === 'Succeeded' || phase === 'Failed' || pod.metadata.deletionTimestamp !== undefined) return false;
  return phase !== 'Running' || condition(pod, 'Ready')?.status !== 'True';
}

/**
 * Groups unready pods by the workload that a person would edit and by the reason that `look` finds, so that three pods
 * that fail for one reason are one finding. Pods in their first minute are left out. `look` also returns the key of
 * the reason.
 */
export function unreadyPodGroups<T>(
  { view, now }: Pick<RuleInput, 'view' | 'now'>,
  look: (pod: ViewObject) => { key: string; problem: T } | undefined,
): UnreadyPodGroup<T>[] {
  const found = new Map<ViewObject, { key: string; problem: T }>();
  for (const pod of view.all('Pod')) {
    const one = isUnready(pod) && now - created(pod) >= FIRST_MINUTE ? look(pod) : undefined;
    if (one !== undefined) found.set(pod, one);
  }
  const reason = (pod: ViewObject) => found.get(pod) as { key: string; problem: T };
  return podsByTop(view, found.keys(), pod => reason(pod).key).map(({ top, pods }) => ({
    top,
    pods,
    problem: reason(pods[0] as ViewObject).problem,
  }));
}

/** How long a pod has not been ready, in milliseconds. */
export const unreadyFor = (pod: ViewObject, now: number): number =>
  now - (condition(pod, 'Ready')?.since ?? created(pod));

/** Since when the first of the pods has not been ready. */
export const unreadySince = (pods: readonly ViewObject[]): Since | undefined => earliest(...pods.map(sinceNotReady));

/** `pods: web-1, web-2 and 3 more`: for an evidence line. */
export function podNames(pods: readonly ViewObject[], most = 3): string {
  const names = pods.slice(0, most).map(pod => pod.metadata.name);
  const more = pods.length - names.length;
  return `${pods.length === 1 ? 'pod' : 'pods'}: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The names of the nodes that pods are on, each once. */
export const nodesOf = (pods: readonly ViewObject[]): string[] =>
  [...new Set(pods.map(pod => text(pod.spec.nodeName)))].filter(name => name !== '');

/** The nodes of pods, whose own findings may explain that of the pods. */
export const nodesAsCauses = (pods: readonly ViewObject[]): Cause[] =>
  nodesOf(pods).map(name => causeOf({ kind: 'Node', name }, 'node/'));

/** What may explain that pods are unready: their node, or an injection on them or their workload. */
export function usualCauses({ top, pods }: Pick<UnreadyPodGroup<unknown>, 'top' | 'pods'>): Cause[] {
  return [
    causeOf(top.ref, 'chaos/'),
    causeOf(top.ref, 'workload/broken-revision'),
    ...(top.managedBy ? [causeOf(top.managedBy, 'chaos/')] : []),
    ...pods.slice(0, 20).map(pod => causeOf({ ...pod.metadata, kind: 'Pod' }, 'chaos/')),
    ...nodesAsCauses(pods).slice(0, 50),
  ];
}

/**
 * A finding about unready pods of one workload. Its object is what a person would edit. The names of the pods come before
 * the evidence, and what usually makes pods unready before the causes.
 */
export const unreadyPodsFinding = (
  { top, pods }: Pick<UnreadyPodGroup<unknown>, 'top' | 'pods'>,
  draft: Omit<FindingDraft, 'severity' | 'object'> & { severity?: FindingDraft['severity'] },
): FindingDraft => ({
  severity: 'high',
  object: top.object ?? top.ref,
  since: unreadySince(pods),
  ...draft,
  evidence: [podNames(pods), ...(draft.evidence ?? [])],
  because: [...usualCauses({ top, pods }), ...(draft.because ?? [])],
});

/** How many of the wanted pods this is about: `2 of 3 pods`. */
export function howMany({ top, pods }: Pick<UnreadyPodGroup<unknown>, 'top' | 'pods'>): string {
  const wanted = top.object?.spec.replicas;
  if (top.ref.kind === 'Pod') return 'the pod';
  return typeof wanted === 'number' && wanted >= pods.length
    ? `${pods.length} of ${wanted} pods`
    : counted(pods.length, 'pod');
}

/** The namespace and name of a pod, as the view and reads use them. */
export const podRef = ({
  metadata,
}: ViewObject): { apiVersion: string; kind: string; namespace: string; name: string; uid: string } => ({
  apiVersion: 'v1',
  kind: 'Pod',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  uid: metadata.uid,
});
