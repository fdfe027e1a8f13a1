import { deletionReads, TARGET } from '../../injection/plan/deletion-plan.ts';
import { podsRead } from '../../injection/reach/pods-using.ts';
import { deletedRestoreReads, restoreDeleted } from '../../injection/restore/deletion-restore.ts';
import type { Fault } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { effect } from './effect.ts';
import { format, type LeaseParams, leaseRef, plan } from './plan.ts';
import { deleted } from './restore.ts';

/** Deletes the Lease of a controller's leader election; a complete copy is kept in a ConfigMap beside it. */
export const leaderElectionDisrupt: Fault<LeaseParams> = {
  type: 'LeaderElectionDisrupt',
  appliesTo,
  parse: ({ name = '' }) => ({ name }),
  reads: (params, scope) => [...deletionReads(format, leaseRef(params, scope)), podsRead(scope.namespace)],
  plan,
  effectReads: (_params, made) => [{ key: TARGET, get: made.target }],
  effect,
  restoreReads: (found, live) => deletedRestoreReads(deleted, found, live),
  restore: (found, live) => restoreDeleted(deleted, found, live),
};
