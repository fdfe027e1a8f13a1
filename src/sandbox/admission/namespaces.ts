import type { Call, Kernel } from '../api/kernel.ts';
import { forbidden, notFound } from '../status.ts';

const NAMESPACES = { group: '', resource: 'namespaces' };
const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);

/** Refuses new objects in a namespace that is not there or on its way out. */
export function admitNamespace(kernel: Kernel, { info, namespace, name }: Call): void {
  if (!info.namespaced || namespace === undefined) return;
  const home = kernel.store.get('namespaces', undefined, namespace);
  if (!home) throw notFound(NAMESPACES, namespace);
  if (!home.metadata.deletionTimestamp) return;
  throw forbidden(info, name, `unable to create new content in namespace ${namespace} because it is being terminated`, [
    {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    },
  ]);
}

/** Refuses to delete the namespaces a cluster cannot do without. */
export function refuseImmortal({ info, name }: Call): void {
  if (info.key !== 'namespaces' || !IMMORTAL.has(name)) return;
  throw forbidden(info, name, 'this namespace may not be deleted');
}
