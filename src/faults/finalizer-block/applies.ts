import { aKind, doesNotFit, objectFit } from '../../injection/plan/fit.ts';
import { BLOCK_FINALIZER } from '../../injection/record/markers.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Fit } from '../contract.ts';

/** Any object except a Namespace or a Node, which the framework never blocks. */
export function appliesTo(object: KubeObject): Fit {
  if (['Namespace', 'Node'].includes(object.kind)) return doesNotFit(`${aKind(object.kind)} is never a target`);
  return object.metadata.finalizers?.includes(BLOCK_FINALIZER) === true
    ? doesNotFit(`it already has finalizer ${BLOCK_FINALIZER}`)
    : objectFit(object, { finalizer: BLOCK_FINALIZER });
}
