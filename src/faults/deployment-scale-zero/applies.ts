import { deploymentFit } from '../../injection/plan/fit.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Fit } from '../contract.ts';

/** A Deployment that is not at 0 already. */
export const appliesTo = (object: KubeObject): Fit => deploymentFit(object, false);
