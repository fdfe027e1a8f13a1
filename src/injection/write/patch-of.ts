import { type Operation, pointer, test } from '../../k8s/json-patch.ts';
import type { Json, KubeObject, ManagedField } from '../../k8s/object.ts';
import { refOf } from '../../k8s/object-ref.ts';
import type { Precondition, Write } from './write.ts';

/**
 * A JSON patch that applies only to this object, by its uid. With `atVersion` it applies only to the version that was read, for changes
 * that depend on more than the operations test.
 */
export function patchOf(
  object: KubeObject,
  operations: readonly Operation[],
  options: { says: string; atVersion: boolean; owners?: readonly ManagedField[] | undefined },
): Write {
  const { uid, resourceVersion } = object.metadata;
  const precondition: Precondition = {
    ...(uid === undefined ? {} : { uid }),
    ...(options.atVersion && resourceVersion !== undefined ? { resourceVersion } : {}),
  };
  const tests = Object.entries(precondition).map(([field, value]) => test(pointer('metadata', field), value as string));
  return {
    verb: 'patch',
    on: refOf(object),
    patchType: 'json',
    body: [...tests, ...operations] as Json,
    precondition,
    says: options.says,
    ...(options.owners === undefined ? {} : { owners: options.owners }),
  };
}
