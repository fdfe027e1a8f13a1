import type { Kernel } from '../api/kernel.ts';
import type { KubeObject } from '../object.ts';
import { groupVersion, type ResourceInfo } from '../registry.ts';
import { pruneCustom } from '../schema/coerce.ts';
import { eventInCoreGroup, eventInOtherGroup } from '../schema/event-forms.ts';
import type { SchemaNode } from '../schema/node.ts';

/** Objects as each schema shows them, cached because lists and watches show them many times. */
const seen = new WeakMap<KubeObject, WeakMap<SchemaNode, KubeObject>>();

/**
 * A stored object as one version of its resource shows it. A custom kind is without fields that this version's schema does not have;
 * its conversion changes only the name of the version. Events have other names for some fields in their second group.
 */
export function atVersion(
  { schemas }: Pick<Kernel, 'schemas'>,
  { group, kind, custom, storedAs }: ResourceInfo,
  version: string,
  object: KubeObject,
): KubeObject {
  const apiVersion = groupVersion(group, version);
  if (storedAs !== undefined) return object.apiVersion === apiVersion ? object : eventInOtherGroup(object, apiVersion);
  const node = custom ? schemas.of(group, version, kind) : undefined;
  if (node === undefined) return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
  const bySchema = seen.get(object) ?? new WeakMap<SchemaNode, KubeObject>();
  seen.set(object, bySchema);
  const known = bySchema.get(node);
  if (known !== undefined) return known;
  const { value, unknown } = pruneCustom(object as unknown as Record<string, unknown>, node);
  const isSame = unknown.length === 0 && object.apiVersion === apiVersion;
  const shown = isSame ? object : ({ ...(value as object), apiVersion } as KubeObject);
  bySchema.set(node, shown);
  return shown;
}

/** An object as it is stored: in the storage version and group, without fields that its schema does not have. */
export function asStored<T extends KubeObject>({ schemas }: Pick<Kernel, 'schemas'>, info: ResourceInfo, object: T): T {
  if ((info.storedAs ?? info.key) === 'events') return eventInCoreGroup(object) as T;
  const apiVersion = groupVersion(info.group, info.version);
  const node =
    info.custom && object.apiVersion !== apiVersion ? schemas.of(info.group, info.version, info.kind) : undefined;
  if (node === undefined) return object;
  return { ...(pruneCustom(object as unknown as Record<string, unknown>, node).value as object), apiVersion } as T;
}
