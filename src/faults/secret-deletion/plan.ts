import { objectIn } from '../../injection/live.ts';
import { refusedNamespace } from '../../injection/plan/allowed.ts';
import { deletionPlan, TARGET } from '../../injection/plan/deletion-plan.ts';
import { injectable, isRefusal } from '../../injection/plan/refuse.ts';
import { podsUsing } from '../../injection/reach/pods-using.ts';
import type { BackupFormat } from '../../injection/record/backup-format.ts';
import { SECRET_BACKUP_KEY, secretBackupName } from '../../injection/record/markers.ts';
import type { ObjectRef } from '../../k8s/object.ts';
import { usesKey } from '../../k8s/pod-references.ts';
import type { Facts, Live, Plan, Refusal, Scope } from '../contract.ts';

export interface SecretDeletionParams {
  name: string;
  /** If empty, the experiment's own namespace. */
  namespace: string;
}

export const format: BackupFormat = {
  type: 'SecretDeletion',
  keeps: { apiVersion: 'v1', kind: 'Secret' },
  backupKind: 'Secret',
  key: SECRET_BACKUP_KEY,
  backupName: ({ name }) => secretBackupName(name),
};

export function targetRef({ name, namespace }: SecretDeletionParams, scope: Scope): ObjectRef {
  return { apiVersion: 'v1', kind: 'Secret', namespace: namespace || scope.namespace, name };
}

/** Plans the writes, or refuses. */
export function plan(params: SecretDeletionParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const ref = targetRef(params, scope);
  const namespace = ref.namespace ?? '';
  const refusal = refusedNamespace(namespace, scope);
  if (refusal !== undefined) return refusal;
  const target = injectable(objectIn(live, TARGET), ref);
  if (isRefusal(target)) return target;
  const users = podsUsing(live, `the pods of ${namespace} that may use it`, pod =>
    usesKey(pod, { kind: 'Secret', name: params.name }),
  );
  if (isRefusal(users)) return users;
  return deletionPlan(
    { scope, live, facts },
    {
      format,
      target,
      pods: users,
      warnings: [
        `until it is restored, ${secretBackupName(params.name)} holds the whole Secret, for every user who may read Secrets in ${namespace}`,
        ...(users.length === 0
          ? ['no pod mounts it or has it in its environment; mayday cannot see who reads it through the API']
          : []),
      ],
    },
  );
}
