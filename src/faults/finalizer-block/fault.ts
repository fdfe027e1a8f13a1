import { objectParams, objectReads } from '../../injection/plan/any-object.ts';
import { BLOCK_FINALIZER } from '../../injection/record/markers.ts';
import type { Fault } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { effect, effectReads } from './effect.ts';
import { type FinalizerBlockParams, plan } from './plan.ts';
import { restore } from './restore.ts';

/** Adds a finalizer to an object, so that a deletion of it hangs. */
export const finalizerBlock: Fault<FinalizerBlockParams> = {
  type: 'FinalizerBlock',
  appliesTo,
  parse: parameters => ({
    ...objectParams(parameters),
    finalizer: parameters.finalizer || BLOCK_FINALIZER,
  }),
  reads: objectReads,
  plan,
  effectReads,
  effect,
  restoreReads: () => [],
  restore,
};
