import { objectParams } from '../../injection/plan/any-object.ts';
import { deletionEffect, TARGET } from '../../injection/plan/deletion-plan.ts';
import { deletedRestoreReads, restoreDeleted } from '../../injection/restore/deletion-restore.ts';
import type { Fault } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { plan, type ResourceDeletionParams, reads } from './plan.ts';
import { deleted } from './restore.ts';

/** Deletes an object of any namespaced kind; the whole object is kept in a Secret in the same namespace. */
export const resourceDeletion: Fault<ResourceDeletionParams> = {
  type: 'ResourceDeletion',
  appliesTo,
  parse: parameters => ({ ...objectParams(parameters), namespace: parameters.namespace ?? '' }),
  reads,
  plan,
  effectReads: (_params, made) => [{ key: TARGET, get: made.target }],
  effect: (_params, made, live) => deletionEffect(made, live),
  restoreReads: (found, live) => deletedRestoreReads(deleted, found, live),
  restore: (found, live) => restoreDeleted(deleted, found, live),
};
