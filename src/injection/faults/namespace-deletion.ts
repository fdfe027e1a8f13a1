import type { KubeObject } from '../../kube/object.ts';
import { sanitise } from '../../text/sanitise.ts';
import { outside } from '../allowed.ts';
import { creation, creationPermissions, occupied } from '../created.ts';
import { deleting, deletionEffect, TARGET } from '../deletion-plan.ts';
import { fingerprint } from '../envelope.ts';
import type { Facts, Fault, Live, Permission, Plan, Read, Refusal, Scope } from '../fault.ts';
import { counted, type Inventory, inventoryIn, inventoryReads } from '../inventory.ts';
import { pointer, set } from '../json-patch.ts';
import { objectIn } from '../live.ts';
import { TYPE_LABEL, undoRecords } from '../markers.ts';
import { nameOf, refOf } from '../name.ts';
import { ownersOf, ownersUnknown } from '../ownership.ts';
import { inReach } from '../pod-in-reach.ts';
import { isFinished } from '../pods.ts';
import { injectable, isRefusal, refuse } from '../refuse.ts';
import {
  keptData,
  keptEssence,
  namespaceBackupRef,
  namespaceRef,
  restoreNamespace,
  restoreNamespaceReads,
} from './namespace-deletion-restore.ts';

interface NamespaceDeletionParams {
  namespace: string;
}

const BACKUP = 'backup';

/** What of a namespace is kept. */
const KEPT = ['labels', 'annotations'].map(map => set(pointer('metadata', map), {}));

/** Deletes a namespace with everything in it. Its labels and annotations are kept; nothing else can be. */
export const namespaceDeletion: Fault<NamespaceDeletionParams> = {
  type: 'NamespaceDeletion',
  expects: 'self-heal',
  parse: ({ namespace = '' }) => ({ namespace }),
  reads: ({ namespace }, _scope, live): Read[] => [
    { key: TARGET, get: namespaceRef(namespace) },
    { key: BACKUP, get: namespaceBackupRef(namespace) },
    ...inventoryReads(namespace, live),
  ],
  plan,
  effectReads: (_params, made) => [{ key: TARGET, get: made.target }],
  effect: (_params, made, live) => deletionEffect(made, live),
  restoreReads: restoreNamespaceReads,
  restore: restoreNamespace,
};

function plan({ namespace }: NamespaceDeletionParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const out = outside(namespace, scope);
  if (out !== undefined) return out;
  const target = injectable(objectIn(live, TARGET), namespaceRef(namespace));
  if (isRefusal(target)) return target;
  const ref = namespaceBackupRef(namespace);
  if (namespace === ref.namespace)
    return refuse('forbidden-target', `the backup of a namespace is kept in ${namespace}: it is never a target`);
  const taken = occupied(objectIn(live, BACKUP), ref, 'and may hold the only copy of the original');
  if (taken !== undefined) return taken;
  const inventory = inventoryIn(live);
  const loaded = injectedIn(inventory);
  if (loaded !== undefined) return loaded;
  const data = keptData(target);
  const backup: KubeObject = {
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: { name: ref.name, namespace: ref.namespace ?? '' },
    data,
  };
  const owners = ownersOf(target, KEPT);
  const isEmpty = inventory.objects.length === 0 && inventory.blind.length === 0;
  return {
    kind: 'plan',
    type: 'NamespaceDeletion',
    id: facts.id,
    scope,
    writes: [
      creation('NamespaceDeletion', facts, backup, {
        says: `keep the labels and annotations of ${nameOf(refOf(target))} in ${nameOf(ref)}`,
        injected: fingerprint(keptEssence(data), true),
        uid: target.metadata.uid,
        owners,
      }),
      deleting(target),
    ],
    undo: { where: `${nameOf(ref)}: labels and annotations only`, reversible: isEmpty },
    pods: inventory.pods.filter(pod => !isFinished(pod)).map(inReach),
    permissions: permissionsFor(target, namespace),
    warnings: [...(isEmpty ? [] : lossesOf(namespace, inventory)), ...ownersUnknown(target, owners)],
    target: refOf(target),
  };
}

/** Whatever is injected in there has its undo record in there too. */
function injectedIn({ objects }: Inventory): Refusal | undefined {
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

function lossesOf(namespace: string, { objects, blind }: Inventory): string[] {
  const unseen =
    blind.length === 0 ? [] : [`what ${namespace} holds of these cannot be listed: ${sanitise(blind.join(', '), 300)}`];
  const lost =
    objects.length === 0
      ? []
      : [
          `${sanitise(counted(objects), 300)} in ${namespace} are deleted with it and do NOT come back: only its labels and annotations do`,
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
