import { admitCreate, reviewCreate } from '../admission/chain.ts';
import { refuseEscalation } from '../authz/escalation.ts';
import { asStored } from '../crd/at-version.ts';
import { applyDefaults } from '../defaults/kinds.ts';
import type { KubeObject } from '../object.ts';
import { badRequest, StatusError } from '../status.ts';
import { validateCreate } from '../validate/validate.ts';
import { decodeObject, expectedKindOf } from './decode.ts';
import { recordManagedFields } from './fields.ts';
import type { Call, Kernel } from './kernel.ts';
import { refuseOutOfRange } from './service-ranges.ts';
import { labelJob, prepareForCreate } from './strategy.ts';

/** Sets the namespace of the path on the object, or refuses an object that states another one. */
export function placeInNamespace(call: Call, object: KubeObject): void {
  const { metadata } = object;
  if (!call.info.namespaced) {
    delete (metadata as Partial<typeof metadata>).namespace;
    return;
  }
  if (metadata.namespace && metadata.namespace !== call.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (call.namespace) metadata.namespace = call.namespace;
}

/** What a client may not set on a new object. */
function dropServerFields(object: KubeObject): void {
  const meta = object.metadata as Partial<KubeObject['metadata']> & { selfLink?: string };
  for (const field of [
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'managedFields',
    'selfLink',
  ] as const)
    delete meta[field];
}

/** Creates an object from a request body, through admission, defaulting and validation. */
export async function createObject(kernel: Kernel, call: Call, body: unknown): Promise<KubeObject> {
  const object = decodeObject(kernel, call, body, expectedKindOf(call));
  return createDecoded(kernel, call, object);
}

/** The part of a create that comes after decoding. `owned`: the managed fields are already set (an apply). */
export async function createDecoded(
  kernel: Kernel,
  call: Call,
  object: KubeObject,
  owned = false,
): Promise<KubeObject> {
  const { info } = call;
  placeInNamespace(call, object);
  if (object.metadata.resourceVersion)
    throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created');
  const managed = object.metadata.managedFields;
  dropServerFields(object);
  if (!object.metadata.name && object.metadata.generateName)
    object.metadata.name = object.metadata.generateName + kernel.random.suffix();
  applyDefaults(info.key, object);
  if (owned && managed) object.metadata.managedFields = managed;
  else recordManagedFields(kernel, call, undefined, object);
  const admitted = await admitCreate(kernel, call, object);
  refuseEscalation(kernel, call, undefined, admitted);
  prepareForCreate(kernel, info, admitted);
  validateCreate(kernel, call, admitted);
  if (info.key === 'services') refuseOutOfRange(kernel, admitted);
  await reviewCreate(kernel, call, admitted);
  return kernel.store.create(info.key, asStored(kernel, info, admitted), {
    dryRun: call.dryRun,
    ...(info.key === 'jobs.batch' ? { finish: labelJob } : {}),
  });
}
