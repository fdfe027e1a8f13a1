import { type Inventory, inventoryIn, inventoryText } from '../../injection/inventory.ts';
import { objectIn } from '../../injection/live.ts';
import { refusedNamespace } from '../../injection/plan/allowed.ts';
import { creation, creationPermissions, occupied } from '../../injection/plan/created.ts';
import { deleteWrite, TARGET } from '../../injection/plan/deletion-plan.ts';
import { injectable, isRefusal, refuse } from '../../injection/plan/refuse.ts';
import { inReach } from '../../injection/reach/pod-in-reach.ts';
import { fingerprint } from '../../injection/record/envelope.ts';
import { TYPE_LABEL } from '../../injection/record/markers.ts';
import { ownersOf, ownersUnknownWarnings } from '../../injection/write/ownership.ts';
import { pointer, set } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { isFinished } from '../../k8s/pod.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Facts, Live, Permission, Plan, Refusal, Scope } from '../contract.ts';
import { undoRecords } from '../recognition.ts';
import { backupData, backupText, namespaceBackupRef, namespaceRef } from './restore.ts';

export interface NamespaceDeletionParams {
  namespace: string;
}

export const BACKUP = 'backup';

/** The fields of a namespace that the backup keeps. */
const KEPT = ['labels', 'annotations'].map(map => set(pointer('metadata', map), {}));

/** Plans the writes, or refuses. */
export function plan({ namespace }: NamespaceDeletionParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const refusal = refusedNamespace(namespace, scope);
  if (refusal !== undefined) return refusal;
  const target = injectable(objectIn(live, TARGET), namespaceRef(namespace));
  if (isRefusal(target)) return target;
  const ref = namespaceBackupRef(namespace);
  if (namespace === ref.namespace)
    return refuse('forbidden-target', `the backup of a namespace is kept in ${namespace}: it is never a target`);
  const taken = occupied(objectIn(live, BACKUP), ref, 'and may hold the only copy of the original');
  if (taken !== undefined) return taken;
  const inventory = inventoryIn(live);
  const loaded = refusedIfInjected(inventory);
  if (loaded !== undefined) return loaded;
  const data = backupData(target);
  const backup: KubeObject = {
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: { name: ref.name, namespace: ref.namespace ?? '' },
    data,
  };
  const owners = ownersOf(target, KEPT);
  const isEmpty = inventory.objects.length === 0 && inventory.blind.length === 0;
  return {
    is: 'plan',
    type: 'NamespaceDeletion',
    id: facts.id,
    scope,
    writes: [
      creation('NamespaceDeletion', facts, backup, {
        says: `keep the labels and annotations of ${nameOf(refOf(target))} in ${nameOf(ref)}`,
        injected: fingerprint(backupText(data), true),
        uid: target.metadata.uid,
        owners,
      }),
      deleteWrite(target),
    ],
    undo: { where: `${nameOf(ref)}: labels and annotations only`, reversible: isEmpty },
    pods: inventory.pods.filter(pod => !isFinished(pod)).map(inReach),
    permissions: permissionsFor(target, namespace),
    warnings: [...(isEmpty ? [] : lossWarnings(namespace, inventory)), ...ownersUnknownWarnings(target, owners)],
    target: refOf(target),
  };
}

/** Other injections in the namespace keep their undo records in it, so deleting it would lose them. */
function refusedIfInjected({ objects }: Inventory): Refusal | undefined {
  const victim = objects.find(
    object =>
      object.kind !== 'Pod' && (object.metadata.labels?.[TYPE_LABEL] !== undefined || undoRecords(object).length > 0),
  );
  return victim === undefined
    ? undefined
    : refuse(
        'already-injected',
        `${nameOf(refOf(victim))} carries an injection, whose undo record would go with the namespace: revert it first`,
      );
}

function lossWarnings(namespace: string, { objects, blind }: Inventory): string[] {
  const unseen =
    blind.length === 0 ? [] : [`what ${namespace} holds of these cannot be listed: ${sanitise(blind.join(', '), 300)}`];
  const lost =
    objects.length === 0
      ? []
      : [
          `${sanitise(inventoryText(objects), 300)} in ${namespace} are deleted with it and CANNOT be restored: only its labels and annotations can`,
        ];
  return [...lost, ...unseen];
}

function permissionsFor(target: KubeObject, namespace: string): Permission[] {
  const on = { group: '', kind: 'Namespace', name: target.metadata.name };
  return [
    { verb: 'get', ...on, for: 'inject' },
    { verb: 'delete', ...on, for: 'inject' },
    { verb: 'list', group: '', kind: 'Pod', namespace, for: 'inject' },
    ...creationPermissions(namespaceBackupRef(namespace)),
    { verb: 'get', ...on, for: 'revert' },
    { verb: 'create', group: '', kind: 'Namespace', for: 'revert' },
  ];
}
