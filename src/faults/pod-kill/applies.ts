import { doesNotFit, isKind, podsFit } from '../../injection/plan/fit.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { controllerOf, isFinished, isMirror } from '../../k8s/pod.ts';
import type { Fit } from '../contract.ts';

/** Any object that selects or owns pods, or a Pod that a controller would replace. */
export function appliesTo(object: KubeObject): Fit {
  if (isKind(object, '', 'Pod')) {
    if (isMirror(object)) return doesNotFit('a static pod of its node: deleting it stops nothing');
    if (isFinished(object)) return doesNotFit('it has finished: nothing runs in it');
    if (controllerOf(object) === undefined) return doesNotFit('it has no controller: nothing would replace it');
  }
  return podsFit(object);
}
