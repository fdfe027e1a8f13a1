import type { Call, Kernel } from '../api/kernel.ts';
import { forbidden, notFound } from '../status.ts';

const NAMESPACES = { group: '', resource: 'namespaces' };
const PROTECTED_NAMESPACES = new Set(['default', 'kube-system', 'kube-public']);

/** Refuses new objects in a namespace that does not exist or is terminating. */
export function admitNamespace(kernel: Kernel, { info, namespace, name }: Call): void {
  if (!info.namespaced || namespace === undefined) return;
  const found = kernel.store.get('namespaces', undefined, namespace);
  if (!found) throw notFound(NAMESPACES, namespace);
  if (!found.metadata.deletionTimestamp) return;
  throw forbidden(info, name, `unable to create new content in namespace ${namespace} because it is being terminated`, [
    {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    },
  ]);
}

/** Refuses to delete the namespaces that every cluster needs. */
export function refuseProtectedNamespace({ info, name }: Call): void {
  if (info.key !== 'namespaces' || !PROTECTED_NAMESPACES.has(name)) return;
  throw forbidden(info, name, 'this namespace may not be deleted');
}
