import { BACKUP, deletionEffect, deletionPlan, deletionReads, TARGET } from '../../injection/deletion-plan.ts';
import { type DeletedRestore, deletedRestoreReads, restoreDeleted } from '../../injection/deletion-restore.ts';
import { listIn, objectIn } from '../../injection/live.ts';
import type { BackupFormat } from '../../injection/record/backup-format.ts';
import { LEASE_BACKUP_KEY, leaseBackupName } from '../../injection/record/markers.ts';
import { blindTo, injectable, isRefusal } from '../../injection/refuse.ts';
import { isHolder, leaseSpec } from '../../k8s/lease.ts';
import type { ObjectRef } from '../../k8s/object.ts';
import { isFinished } from '../../k8s/pod.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Effect, Facts, Fault, Live, Plan, Refusal, Scope } from '../contract.ts';

interface LeaseParams {
  name: string;
}

const PODS = 'pods';
/** Who holds a Lease and since when: what another process may have taken over meanwhile. */
const HOLDING = ['holderIdentity', 'acquireTime', 'renewTime'];

const format: BackupFormat = {
  type: 'LeaderElectionDisrupt',
  keeps: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
  backupKind: 'ConfigMap',
  key: LEASE_BACKUP_KEY,
  backupName: ({ name }) => leaseBackupName(name),
};

const deleted: DeletedRestore = {
  format,
  // A holder of old would keep everybody waiting for as long as the Lease lasts, and it may be dead.
  prepare: body => ({ ...body, spec: withoutHolder(body.spec) }),
  // Whoever leads now has made the Lease anew, and that it leads is the point of it.
  isBack: () => true,
};

const withoutHolder = (spec: unknown) =>
  Object.fromEntries(Object.entries((spec ?? {}) as object).filter(([key]) => !HOLDING.includes(key)));

/** Deletes the Lease by which a controller leads; all of it is kept in a ConfigMap beside it. */
export const leaderElectionDisrupt: Fault<LeaseParams> = {
  type: 'LeaderElectionDisrupt',
  parse: ({ name = '' }) => ({ name }),
  reads: (params, scope) => [
    ...deletionReads(format, leaseRef(params, scope)),
    { key: PODS, list: { apiVersion: 'v1', kind: 'Pod', namespace: scope.namespace } },
  ],
  plan,
  effectReads: (_params, made) => [{ key: TARGET, get: made.target }],
  effect,
  restoreReads: (found, live) => deletedRestoreReads(deleted, found, live),
  restore: (found, live) => restoreDeleted(deleted, found, live),
};

function leaseRef({ name }: LeaseParams, { namespace }: Scope): ObjectRef {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace, name };
}

function plan(params: LeaseParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const target = injectable(objectIn(live, TARGET), leaseRef(params, scope));
  if (isRefusal(target)) return target;
  const pods = listIn(live, PODS);
  if (pods.state === 'blind') return blindTo(`the pods of ${scope.namespace}, one of which may hold it`, pods.failure);
  const { holderIdentity = '' } = leaseSpec(target);
  const holders = (pods.state === 'found' ? pods.value : []).filter(
    pod => !isFinished(pod) && isHolder(pod, holderIdentity),
  );
  return deletionPlan({
    format: format,
    scope,
    facts,
    target,
    backup: objectIn(live, BACKUP),
    pods: holders,
    permissions: [{ verb: 'list', group: '', kind: 'Pod', namespace: scope.namespace, for: 'inject' }],
    warnings: holders.length > 0 ? [] : [unheld(holderIdentity, scope)],
  });
}

function unheld(holder: string, { namespace }: Scope): string {
  return holder === ''
    ? 'nobody holds this Lease: deleting it disturbs nobody'
    : `its holder ${sanitise(holder, 120)} is no pod of ${namespace}, so whom it disturbs is not known`;
}

/** Gone is disturbed; made anew, the Lease tells who leads now. */
function effect(_params: LeaseParams, made: Plan, live: Live): Effect {
  const shown = deletionEffect(made, live);
  const seen = objectIn(live, TARGET);
  if (seen.state !== 'found') return shown;
  const { holderIdentity = '(nobody)', leaseTransitions = 0 } = leaseSpec(seen.value);
  const line = `held by ${sanitise(holderIdentity, 120)}, ${leaseTransitions} transitions`;
  return { ...shown, evidence: [...shown.evidence, line] };
}
