import type { PodInReach } from '../../faults/contract.ts';
import type { KubeObject } from '../../k8s/object.ts';

/** The pod as a plan names it. */
export function inReach(pod: KubeObject): PodInReach {
  return { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, uid: pod.metadata.uid ?? '' };
}
