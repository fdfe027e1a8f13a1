import { objectIn } from '../../injection/live.ts';
import { refusedNamespace } from '../../injection/plan/allowed.ts';
import type { ObjectParams } from '../../injection/plan/any-object.ts';
import { deletionPlan, deletionReads, TARGET } from '../../injection/plan/deletion-plan.ts';
import { blindTo, injectable, isRefusal, refuse } from '../../injection/plan/refuse.ts';
import { blindDependents, dependentReads, dependentsOf } from '../../injection/reach/dependents.ts';
import type { BackupFormat } from '../../injection/record/backup-format.ts';
import { RESOURCE_BACKUP_KEY, resourceBackupName } from '../../injection/record/markers.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { groupOf, nameOf } from '../../k8s/object-ref.ts';
import type { Facts, Live, Plan, Read, Refusal, Scope } from '../contract.ts';

export interface ResourceDeletionParams extends ObjectParams {
  /** If empty, the experiment's own namespace. */
  namespace: string;
}

export const RBAC = 'rbac.authorization.k8s.io';

export const format: BackupFormat = {
  type: 'ResourceDeletion',
  backupKind: 'Secret',
  key: RESOURCE_BACKUP_KEY,
  backupName: ({ kind, name }) => resourceBackupName(kind, name),
};

function targetRef({ apiVersion, kind, name, namespace }: ResourceDeletionParams, scope: Scope): ObjectRef {
  return { apiVersion, kind, namespace: namespace || scope.namespace, name };
}

/** What must be fetched before anything is decided. */
export function reads(params: ResourceDeletionParams, scope: Scope, live: Live): Read[] {
  const target = objectIn(live, TARGET);
  return [
    ...deletionReads(format, targetRef(params, scope)),
    ...(target.state === 'found' ? dependentReads(target.value) : []),
  ];
}

/** Plans the writes, or refuses. */
export function plan(params: ResourceDeletionParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const ref = targetRef(params, scope);
  const out = refusedNamespace(ref.namespace ?? '', scope);
  if (out !== undefined) return out;
  const target = injectable(objectIn(live, TARGET), ref);
  if (isRefusal(target)) return target;
  const refusal = refusedDeletion(target);
  if (refusal !== undefined) return refusal;
  const blind = blindDependents(live);
  if (blind !== undefined) return blindTo(blind.what, blind.failure);
  const lost = LOSSES[`${groupOf(target.apiVersion)}/${target.kind}`];
  return deletionPlan(
    { scope, live, facts },
    {
      format,
      target,
      pods: dependentsOf(target, live),
      ...(lost === undefined ? {} : { warnings: [lost] }),
      reversible: lost === undefined,
    },
  );
}

/** Kinds that lose something when they are deleted and created again, each with the loss. */
const LOSSES: Readonly<Record<string, string>> = {
  '/PersistentVolumeClaim': 'the data of its volume may be deleted with it, and cannot be restored',
  'batch/Job': 'restoring it runs the Job again from the beginning',
  '/ServiceAccount':
    'its token Secrets are deleted with it and are not restored; the tokens of its running pods stay invalid after the revert',
};

function refusedDeletion(target: KubeObject): Refusal | undefined {
  const { namespace, labels, name } = target.metadata;
  const part = labels?.['app.kubernetes.io/part-of'];
  if (namespace === undefined)
    return refuse(
      'outside-blast-radius',
      `${nameOf({ kind: target.kind, name })} is cluster-scoped: only namespaced objects may be deleted`,
    );
  if (part === 'operator-chaos' || part === 'mayday')
    return refuse(
      'forbidden-target',
      `${nameOf({ kind: target.kind, namespace, name })} is part of the chaos tooling itself`,
    );
  return groupOf(target.apiVersion) === RBAC
    ? refuse(
        'forbidden-target',
        `a ${target.kind} grants permissions, and somebody could edit its backup to grant more: use RBACRevoke`,
      )
    : undefined;
}
