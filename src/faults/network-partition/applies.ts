import { podsFit } from '../../injection/plan/fit.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Fit } from '../contract.ts';

/** Any object that selects or owns pods. */
export const appliesTo = (object: KubeObject): Fit => podsFit(object);
