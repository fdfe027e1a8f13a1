import { fits, isKind, onlyFor } from '../../injection/plan/fit.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Fit } from '../contract.ts';

/** A Namespace. */
export function appliesTo(object: KubeObject): Fit {
  const { name } = object.metadata;
  return isKind(object, '', 'Namespace') ? fits(object, { namespace: name }, name) : onlyFor('Namespace', object);
}
