import { aKind, doesNotFit, fits, isKind } from '../../injection/plan/fit.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Fit } from '../contract.ts';

const QUOTA = { quotaName: 'chaos-quota', pods: '0' };

/** A Namespace, or a workload in the namespace to limit: the quota allows no further pod there. */
export function appliesTo(object: KubeObject): Fit {
  if (isKind(object, '', 'Namespace')) return fits(object, QUOTA, object.metadata.name);
  const isWorkload =
    isKind(object, 'apps', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet') ||
    isKind(object, 'batch', 'Job', 'CronJob') ||
    isKind(object, '', 'Pod', 'ReplicationController');
  return isWorkload
    ? fits(object, QUOTA)
    : doesNotFit(`it is for a Namespace or an object that creates pods, this is ${aKind(object.kind)}`);
}
