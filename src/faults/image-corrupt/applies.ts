import { deploymentFit } from '../../injection/plan/fit.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Fit } from '../contract.ts';

/** A Deployment; the image of its first container is replaced unless another is named. */
export const appliesTo = (object: KubeObject): Fit => deploymentFit(object, true);
