import { inventoryReads } from '../../injection/inventory.ts';
import { deletionEffect, TARGET } from '../../injection/plan/deletion-plan.ts';
import type { Fault, Read } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { BACKUP, type NamespaceDeletionParams, plan } from './plan.ts';
import { namespaceBackupRef, namespaceRef, restoreNamespace, restoreNamespaceReads } from './restore.ts';

/** Deletes a namespace with everything in it. Only its labels and annotations can be restored. */
export const namespaceDeletion: Fault<NamespaceDeletionParams> = {
  type: 'NamespaceDeletion',
  appliesTo,
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
