import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, text } from '../../../k8s/fields.ts';

/** A claim that a pod mounts; `claim` is undefined when it does not exist or is not known. */
export interface MountedClaim {
  name: string;
  claim: ViewObject | undefined;
}

/** The persistent volume claims of a pod. The claim of a generic ephemeral volume is named after pod and volume. */
export function claimsOf(view: ClusterView, pod: ViewObject): MountedClaim[] {
  return list(pod.spec.volumes).flatMap(volume => {
    const name = volume.ephemeral
      ? `${pod.metadata.name}-${text(volume.name)}`
      : text(fields(volume.persistentVolumeClaim).claimName);
    return name === '' ? [] : [{ name, claim: view.get('PersistentVolumeClaim', pod.metadata.namespace, name) }];
  });
}
