import type { Read } from '../../faults/contract.ts';
import { type LabelSelector, labelSelectorText } from '../../k8s/deployment.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import { isActive } from '../../k8s/pod.ts';
import { matches, parseSelector } from '../../k8s/selector-text.ts';
import { own } from '../../text/own.ts';

/** Kinds whose selector selects pods. A selector of any other kind may select other things. */
const SELECTOR_FIELDS: Readonly<Record<string, string>> = {
  'apps/Deployment': 'selector',
  'apps/ReplicaSet': 'selector',
  'apps/StatefulSet': 'selector',
  'apps/DaemonSet': 'selector',
  'batch/Job': 'selector',
  '/Service': 'selector',
  '/ReplicationController': 'selector',
  'policy/PodDisruptionBudget': 'selector',
  'networking.k8s.io/NetworkPolicy': 'podSelector',
};
/** Their selectors are plain maps of labels; an empty one selects nothing. */
const PLAIN_SELECTORS = ['/Service', '/ReplicationController'];

/** The label selector of `object` for pods; '' means all pods of its namespace, undefined means none. */
export function podSelector(object: KubeObject): string | undefined {
  const kind = `${groupOf(object.apiVersion)}/${object.kind}`;
  const field = own(SELECTOR_FIELDS, kind);
  const selector = field === undefined ? undefined : (object.spec as Record<string, unknown> | undefined)?.[field];
  if (typeof selector !== 'object' || selector === null) return undefined;
  if (!PLAIN_SELECTORS.includes(kind)) return labelSelectorText(selector as LabelSelector) ?? '';
  return labelSelectorText({ matchLabels: selector as Record<string, string> });
}

/** Reads the pods that an object may reach: those that it selects, else all pods of its namespace, any of which it may own. */
export function reachRead(object: KubeObject, key: string): Read[] {
  const { namespace } = object.metadata;
  if (namespace === undefined) return [];
  const selector = podSelector(object);
  return [
    {
      key,
      list: { apiVersion: 'v1', kind: 'Pod', namespace },
      ...(selector === undefined || selector === '' ? {} : { labelSelector: selector }),
    },
  ];
}

/** The running pods among `pods` that `object` selects, owns, or is. */
export function reachedBy(object: KubeObject, pods: readonly KubeObject[]): KubeObject[] {
  const text = podSelector(object);
  const requirements = text === undefined ? 'none' : parseSelector(text);
  const { uid } = object.metadata;
  const isReached = (pod: KubeObject) =>
    (typeof requirements !== 'string' && matches(requirements, pod.metadata.labels)) ||
    (uid !== undefined && (pod.metadata.uid === uid || ownedBy(pod, uid)));
  return pods.filter(pod => isActive(pod) && isReached(pod));
}

const ownedBy = (pod: KubeObject, uid: string) =>
  pod.metadata.ownerReferences?.some(owner => owner.uid === uid) ?? false;
