import { deletionEffect, deletionReads, TARGET } from '../../injection/plan/deletion-plan.ts';
import { podsRead } from '../../injection/reach/pods-using.ts';
import { deletedRestoreReads, restoreDeleted } from '../../injection/restore/deletion-restore.ts';
import type { Fault } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { format, plan, type SecretDeletionParams, targetRef } from './plan.ts';
import { deleted } from './restore.ts';

/** Deletes a Secret; the whole Secret is kept in another Secret of the same namespace. */
export const secretDeletion: Fault<SecretDeletionParams> = {
  type: 'SecretDeletion',
  appliesTo,
  parse: ({ name = '', namespace = '' }) => ({ name, namespace }),
  reads: (params, scope) => {
    const target = targetRef(params, scope);
    return [...deletionReads(format, target), podsRead(target.namespace ?? '')];
  },
  plan,
  effectReads: (_params, made) => [{ key: TARGET, get: made.target }],
  effect: (_params, made, live) => deletionEffect(made, live),
  restoreReads: (found, live) => deletedRestoreReads(deleted, found, live),
  restore: (found, live) => restoreDeleted(deleted, found, live),
};
