import { doesNotFit, isKind, podsFit } from '../../injection/plan/fit.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { controllerOf, isFinished, isMirror } from '../../k8s/pod.ts';
import type { Fit } from '../contract.ts';

/** Anything that has pods, or a Pod that a controller would recreate. */
export function appliesTo(object: KubeObject): Fit {
  if (isKind(object, '', 'Pod')) {
    if (isMirror(object)) return doesNotFit('a static pod of its node: deleting it stops nothing');
    if (isFinished(object)) return doesNotFit('nothing runs in it any more');
    if (controllerOf(object) === undefined) return doesNotFit('it has no controller: nothing would bring it back');
  }
  return podsFit(object);
}
