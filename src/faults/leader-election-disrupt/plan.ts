import { objectIn } from '../../injection/live.ts';
import { deletionPlan, TARGET } from '../../injection/plan/deletion-plan.ts';
import { injectable, isRefusal } from '../../injection/plan/refuse.ts';
import { podsUsing } from '../../injection/reach/pods-using.ts';
import type { BackupFormat } from '../../injection/record/backup-format.ts';
import { LEASE_BACKUP_KEY, leaseBackupName } from '../../injection/record/markers.ts';
import { isHolder, leaseSpec } from '../../k8s/lease.ts';
import type { ObjectRef } from '../../k8s/object.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Facts, Live, Plan, Refusal, Scope } from '../contract.ts';

export interface LeaseParams {
  name: string;
}

export const format: BackupFormat = {
  type: 'LeaderElectionDisrupt',
  keeps: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
  backupKind: 'ConfigMap',
  key: LEASE_BACKUP_KEY,
  backupName: ({ name }) => leaseBackupName(name),
};

export function leaseRef({ name }: LeaseParams, { namespace }: Scope): ObjectRef {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace, name };
}

/** Plans the writes, or refuses. */
export function plan(params: LeaseParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const target = injectable(objectIn(live, TARGET), leaseRef(params, scope));
  if (isRefusal(target)) return target;
  const { holderIdentity = '' } = leaseSpec(target);
  const holders = podsUsing(live, `the pods of ${scope.namespace}, one of which may hold it`, pod =>
    isHolder(pod, holderIdentity),
  );
  if (isRefusal(holders)) return holders;
  return deletionPlan(
    { scope, live, facts },
    {
      format,
      target,
      pods: holders,
      warnings: holders.length > 0 ? [] : [noHolderPod(holderIdentity, scope)],
    },
  );
}

function noHolderPod(holder: string, { namespace }: Scope): string {
  return holder === ''
    ? 'no holder is recorded in this Lease: deleting it affects no leader'
    : `its holder ${sanitise(holder, 120)} is not a pod of ${namespace}, so it is not known which pod is affected`;
}
