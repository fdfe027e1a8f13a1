import { admitDelete } from '../admission/chain.ts';
import type { DeleteOptions, DeleteResult } from '../store.ts';
import type { Call, Kernel } from './kernel.ts';
import { currentObject } from './update.ts';

/**
 * Deletes the object a call names. Finalizers and a Pod's grace period keep the object for a while, with a deletion
 * timestamp.
 */
export async function deleteObject(kernel: Kernel, call: Call, options: DeleteOptions): Promise<DeleteResult> {
  const current = currentObject(kernel, call);
  await admitDelete(kernel, call, current);
  return kernel.store.delete(call.info.key, call.namespace, call.name, { ...options, dryRun: call.dryRun });
}
