import type { KubeObject } from '../object.ts';
import type { ResourceInfo } from '../registry.ts';
import { conflict } from '../status.ts';
import type { DeleteOptions } from './lifecycle.ts';

/** The refusal of a write for an earlier object of the same name. */
export function staleUid(info: ResourceInfo, current: KubeObject, uid: string): string {
  const { namespace, name } = current.metadata;
  const key = `/registry/${info.group && info.custom ? `${info.group}/` : ''}${info.resource}/${namespace ? `${namespace}/` : ''}${name}`;
  return `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`;
}

/** Refuses a delete whose uid or resource version precondition does not hold. */
export function refuseFailedPrecondition(
  info: ResourceInfo,
  current: KubeObject,
  wanted: DeleteOptions['preconditions'],
): void {
  const { name, uid, resourceVersion } = current.metadata;
  const of = { group: info.group, resource: info.kind };
  if (wanted?.uid && wanted.uid !== uid)
    throw conflict(
      of,
      name,
      `the UID in the precondition (${wanted.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  if (wanted?.resourceVersion && wanted.resourceVersion !== resourceVersion)
    throw conflict(
      of,
      name,
      `the ResourceVersion in the precondition (${wanted.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
}
