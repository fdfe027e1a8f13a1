import { restoreContainerField } from '../../injection/plan/container-field.ts';
import { deploymentReads } from '../../injection/reach/rollout.ts';
import type { Fault } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { effect } from './effect.ts';
import { type CrashLoopParams, plan } from './plan.ts';
import { COMMAND } from './restore.ts';

/** Replaces the command of a Deployment's container by one that cannot start; the original goes into plain annotations. */
export const crashLoop: Fault<CrashLoopParams> = {
  type: 'CrashLoopInject',
  appliesTo,
  parse: ({ name = '', containerName }) => ({
    name,
    ...(containerName === undefined || containerName === '' ? {} : { containerName }),
  }),
  reads: deploymentReads,
  plan,
  effectReads: (params, made, live) => deploymentReads(params, made.scope, live),
  effect,
  restoreReads: () => [],
  restore: found => restoreContainerField(found.live, COMMAND),
};
