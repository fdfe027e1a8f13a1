import { deploymentReads } from '../../injection/reach/rollout.ts';
import type { Fault } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { effect } from './effect.ts';
import { plan, reads, type ScaleZeroParams } from './plan.ts';
import { restore } from './restore.ts';

/** Scales a Deployment to 0; the original number of replicas goes into a plain annotation. */
export const scaleZero: Fault<ScaleZeroParams> = {
  type: 'DeploymentScaleZero',
  appliesTo,
  parse: ({ name = '' }) => ({ name }),
  reads,
  plan,
  effectReads: (params, made, live) => deploymentReads(params, made.scope, live),
  effect,
  restoreReads: () => [],
  restore,
};
