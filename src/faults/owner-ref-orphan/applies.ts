import { aKind, doesNotFit, objectFit } from '../../injection/plan/fit.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Fit } from '../contract.ts';

/** Any object that has an owner. */
export function appliesTo(object: KubeObject): Fit {
  if (['Namespace', 'Node'].includes(object.kind)) return doesNotFit(`${aKind(object.kind)} is never a target`);
  return (object.metadata.ownerReferences ?? []).length === 0 ? doesNotFit('it has no owner') : objectFit(object);
}
