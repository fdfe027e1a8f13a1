import { cloneJson, type KubeObject, type NewObject, sameJson, timestamp } from '../object.ts';
import { groupVersion, type ResourceInfo } from '../registry.ts';
import { alreadyExists, conflict, modified, notFound, stillTerminating } from '../status.ts';
import type { StoreKernel } from './kernel.ts';
import { changesGeneration, type DeleteOptions, isReleased, markDeleted } from './lifecycle.ts';
import { refuseFailedPrecondition, staleUid } from './preconditions.ts';
import type { DeleteResult, StoreParts, WriteOptions } from './types.ts';

type Parts = Pick<StoreParts, 'clock' | 'random' | 'track'>;

/** An object to be written. */
interface Write {
  resource: string;
  object: NewObject;
  options: WriteOptions | undefined;
}

/** Sets who wrote which field. */
function stamp(
  { clock, track }: Parts,
  before: KubeObject | undefined,
  after: KubeObject,
  options: WriteOptions | undefined,
): void {
  if (!options?.by || !track) return;
  const managed = track(before, after, options.by, timestamp(options.at ?? clock.now()));
  if (managed) after.metadata.managedFields = managed;
  else delete after.metadata.managedFields;
}

/** Creates an object, with the fields that only the server sets. */
export function create(kernel: StoreKernel, parts: Parts, { resource, object, options }: Write): KubeObject {
  const { clock, random } = parts;
  const info = kernel.infoOf(resource);
  const created = cloneJson(object) as KubeObject;
  created.apiVersion ??= groupVersion(info.group, info.version);
  created.kind ??= info.kind;
  const meta = created.metadata;
  if (!meta.name && meta.generateName) meta.name = meta.generateName + random.suffix();
  const existing = kernel.collectionOf(info).get(info.namespaced ? meta.namespace : undefined, meta.name);
  if (existing)
    throw existing.metadata.deletionTimestamp ? stillTerminating(info, meta.name) : alreadyExists(info, meta.name);
  if (!info.namespaced) delete meta.namespace;
  meta.uid = options?.uid ?? random.uid();
  meta.creationTimestamp = timestamp(options?.at ?? clock.now());
  delete meta.deletionTimestamp;
  delete meta.deletionGracePeriodSeconds;
  if (info.counted) meta.generation = 1;
  else delete meta.generation;
  stamp(parts, undefined, created, options);
  options?.finish?.(created);
  if (!options?.dryRun) kernel.commit(info, 'ADDED', created);
  return created;
}

const SERVER_FIELDS = ['creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation'] as const;

/** Writes a new state of an existing object; fields that only the server may set are restored first. */
export function replace(
  kernel: StoreKernel,
  parts: Parts,
  { info, current, next }: { info: ResourceInfo; current: KubeObject; next: KubeObject },
  options: WriteOptions | undefined,
): KubeObject {
  const meta = next.metadata;
  const currentMeta = current.metadata;
  meta.uid = currentMeta.uid;
  meta.resourceVersion = currentMeta.resourceVersion ?? '';
  for (const field of SERVER_FIELDS) {
    if (currentMeta[field] === undefined) delete meta[field];
    else Object.assign(meta, { [field]: currentMeta[field] });
  }
  if (info.counted && changesGeneration(info, current, next, options?.by?.subresource ?? options?.subresource))
    meta.generation = (currentMeta.generation ?? 0) + 1;
  stamp(parts, current, next, options);
  if (sameJson(current, next)) return current;
  if (options?.dryRun) return next;
  if (isReleased(info, next) && !isReleased(info, current)) {
    kernel.removeNow(info, current, current);
    return next;
  }
  kernel.commit(info, 'MODIFIED', next, current);
  return next;
}

/** Replaces an object, where uid and version are those that the writer has read. */
export function update(kernel: StoreKernel, parts: Parts, { resource, object, options }: Write): KubeObject {
  const info = kernel.infoOf(resource);
  const { name = '', namespace, uid, resourceVersion } = object.metadata;
  const current = kernel.collectionOf(info).get(info.namespaced ? namespace : undefined, name);
  if (!current) throw notFound(info, name);
  if (uid && uid !== current.metadata.uid) throw conflict(info, name, staleUid(info, current, uid));
  if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) throw modified(info, name);
  return replace(kernel, parts, { info, current, next: cloneJson(object) as KubeObject }, options);
}

/** Removes an object, or marks it where finalizers or a grace period keep it. */
export function remove(
  kernel: StoreKernel,
  { clock }: Parts,
  info: ResourceInfo,
  { namespace, name }: { namespace: string | undefined; name: string },
  options: DeleteOptions,
): DeleteResult {
  const current = kernel.collectionOf(info).get(info.namespaced ? namespace : undefined, name);
  if (!current) throw notFound(info, name);
  refuseFailedPrecondition(info, current, options.preconditions);
  const next = markDeleted(info, current, options, clock.now());
  if (isReleased(info, next)) {
    const last = info.key === 'pods' ? next : current;
    if (!options.dryRun) removeMarked(kernel, info, current, last);
    return { object: last, removed: true };
  }
  if (sameJson(next, current)) return { object: current, removed: false };
  if (!options.dryRun) kernel.commit(info, 'MODIFIED', next, current);
  return { object: next, removed: false };
}

/**
 * A pod gets a deletion timestamp before it is removed, even without a grace period, so that watchers see both
 * changes. A listener may have removed it in between.
 */
function removeMarked(kernel: StoreKernel, info: ResourceInfo, current: KubeObject, last: KubeObject): void {
  if (last !== current) kernel.commit(info, 'MODIFIED', last, current);
  const { namespace, name, uid } = last.metadata;
  if (kernel.collectionOf(info).get(namespace, name)?.metadata.uid === uid) kernel.removeNow(info, last, last);
}
