import type { KubeObject } from '../kube/object.ts';
import type { PodInReach } from './fault.ts';

/** The pod as a plan names it. */
export function inReach(pod: KubeObject): PodInReach {
  return { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, uid: pod.metadata.uid ?? '' };
}
