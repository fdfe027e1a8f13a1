import type { Call, Kernel } from '../api/kernel.ts';
import type { KubeObject } from '../object.ts';
import { admitNamespace, refuseProtectedNamespace } from './namespaces.ts';
import { admitPod } from './pods.ts';
import { applyPolicies } from './policies.ts';
import { refuseOverQuota } from './quota.ts';
import { callMutating, callValidating } from './webhooks.ts';

/** Admission before validation: may change the object. Returns the object to continue with. */
export async function admitCreate(kernel: Kernel, call: Call, object: KubeObject): Promise<KubeObject> {
  admitNamespace(kernel, call);
  if (call.info.key === 'pods') admitPod(kernel, object);
  return callMutating(kernel, call, 'CREATE', object, undefined);
}

/** Admission after validation: may only refuse. */
export async function reviewCreate(kernel: Kernel, call: Call, object: KubeObject): Promise<void> {
  applyPolicies(kernel, call, { operation: 'CREATE', object, before: undefined });
  await callValidating(kernel, call, 'CREATE', object, undefined);
  refuseOverQuota(kernel, call, object);
}

/** Admission of an update before validation: may change the object. Returns the object to continue with. */
export async function admitUpdate(
  kernel: Kernel,
  call: Call,
  before: KubeObject,
  after: KubeObject,
): Promise<KubeObject> {
  return callMutating(kernel, call, 'UPDATE', after, before);
}

/** Admission of an update after validation: may only refuse. */
export async function reviewUpdate(kernel: Kernel, call: Call, before: KubeObject, after: KubeObject): Promise<void> {
  applyPolicies(kernel, call, { operation: 'UPDATE', object: after, before });
  await callValidating(kernel, call, 'UPDATE', after, before);
}

/** Admission of a deletion: may only refuse. */
export async function admitDelete(kernel: Kernel, call: Call, current: KubeObject): Promise<void> {
  refuseProtectedNamespace(call);
  await callMutating(kernel, call, 'DELETE', undefined, current);
  applyPolicies(kernel, call, { operation: 'DELETE', object: undefined, before: current });
  await callValidating(kernel, call, 'DELETE', undefined, current);
}
