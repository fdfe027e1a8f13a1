import { admitUpdate, reviewUpdate } from '../admission/chain.ts';
import { refuseEscalation } from '../authz/escalation.ts';
import { asStored, atVersion } from '../crd/at-version.ts';
import { applyDefaults } from '../defaults/kinds.ts';
import type { KubeObject } from '../object.ts';
import { badRequest, conflict, invalid, modified, notFound, StatusError } from '../status.ts';
import { staleUid } from '../store/preconditions.ts';
import { validateUpdate } from '../validate/validate.ts';
import { placeInNamespace } from './create.ts';
import { decodeObject, expectedKindOf } from './decode.ts';
import { recordManagedFields } from './fields.ts';
import type { Call, Kernel } from './kernel.ts';
import { allocateNodePorts, refuseOutOfRange } from './service-ranges.ts';
import { onlyStatus, prepareForUpdate } from './strategy.ts';

/** The object a call names; 404 when there is none. */
export function currentObject(kernel: Kernel, call: Call): KubeObject {
  const current = kernel.store.get(call.info.key, call.namespace, call.name);
  if (!current) throw notFound(call.info, call.name);
  return inGroupOf(kernel, call, current);
}

/** An object of which another group is stored, in the form of the call's group. */
export const inGroupOf = (kernel: Kernel, call: Call, object: KubeObject): KubeObject =>
  call.info.storedAs === undefined ? object : atVersion(kernel, call.info, call.version, object);

/** Refuses an object that does not have the name of the path. */
export function refuseOtherName(call: Call, object: KubeObject): void {
  const { name } = object.metadata;
  if (!name)
    throw badRequest(`the name of the object (${call.name} based on URL) was undeterminable: name must be provided`);
  if (name !== call.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`);
}

/** Built-in kinds whose updates must state a resource version. */
const VERSIONED = new Set([
  'leases.coordination.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'endpointslices.discovery.k8s.io',
]);

/** Refuses a write that was based on another state of the object than the current one. */
function refuseStale(call: Call, current: KubeObject, next: KubeObject): void {
  const { uid, resourceVersion } = next.metadata;
  const { info, name } = call;
  if (uid && uid !== current.metadata.uid) throw conflict(info, name, staleUid(info, current, uid));
  if (resourceVersion && !/^\d+$/.test(resourceVersion))
    throw new StatusError(500, '', `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`);
  if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) throw modified(info, name);
  if (resourceVersion || !(info.custom || VERSIONED.has(info.key))) return;
  const message = 'Invalid value: 0: must be specified for an update';
  throw invalid(info.group, info.resource, name, [
    { reason: 'FieldValueInvalid', message, field: 'metadata.resourceVersion' },
  ]);
}

/** Replaces an object by a request body. */
export async function updateObject(kernel: Kernel, call: Call, body: unknown): Promise<KubeObject> {
  const next = decodeObject(kernel, call, body, expectedKindOf(call));
  refuseOtherName(call, next);
  placeInNamespace(call, next);
  const current = currentObject(kernel, call);
  refuseStale(call, current, next);
  applyDefaults(call.info.key, next);
  return writeOver(kernel, call, current, next);
}

/**
 * Writes a new state over the current one, through admission and validation. `owned`: the managed fields are already
 * set (an apply).
 */
export async function writeOver(
  kernel: Kernel,
  call: Call,
  current: KubeObject,
  next: KubeObject,
  owned = false,
): Promise<KubeObject> {
  const { info } = call;
  const scoped = call.subresource === 'status' ? onlyStatus(info, current, next) : next;
  keepServerFields(current, scoped);
  if (call.subresource === '') prepareForUpdate(info, current, scoped);
  if (!owned) recordManagedFields(kernel, call, current, scoped);
  const admitted = await admitUpdate(kernel, call, current, scoped);
  refuseEscalation(kernel, call, current, admitted);
  if (info.key === 'services') allocateNodePorts(kernel, admitted);
  validateUpdate(kernel, call, current, admitted);
  if (info.key === 'services') refuseOutOfRange(kernel, admitted);
  await reviewUpdate(kernel, call, current, admitted);
  admitted.metadata.resourceVersion = current.metadata.resourceVersion ?? '';
  return kernel.store.update(info.key, asStored(kernel, info, admitted), {
    dryRun: call.dryRun,
    subresource: call.subresource,
  });
}

/** Keeps the metadata that only the server sets. */
function keepServerFields(current: KubeObject, next: KubeObject): void {
  const { metadata } = current;
  const kept = next.metadata as unknown as Record<string, unknown>;
  delete kept.selfLink;
  for (const field of [
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generation',
  ] as const) {
    if (metadata[field] === undefined) delete kept[field];
    else kept[field] = metadata[field];
  }
}
