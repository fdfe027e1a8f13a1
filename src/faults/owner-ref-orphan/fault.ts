import { type ObjectParams, objectParams, objectReads, TARGET } from '../../injection/plan/any-object.ts';
import type { Fault } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { effect } from './effect.ts';
import { plan } from './plan.ts';
import { restoreOwners, restoreOwnersReads } from './restore.ts';

/** Removes all owner references of an object; the undo record on the object holds them. */
export const ownerRefOrphan: Fault<ObjectParams> = {
  type: 'OwnerRefOrphan',
  appliesTo,
  parse: objectParams,
  reads: objectReads,
  plan,
  effectReads: (_params, made) => [{ key: TARGET, get: made.target }],
  effect,
  restoreReads: restoreOwnersReads,
  restore: restoreOwners,
};
