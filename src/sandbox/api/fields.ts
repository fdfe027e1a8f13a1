import { emptySet, type FieldSet } from '../managed/field-set.ts';
import { type Manager, trackUpdate } from '../managed/track.ts';
import { type KubeObject, timestamp } from '../object.ts';
import { groupVersion } from '../registry.ts';
import { pruneCustom } from '../schema/coerce.ts';
import type { Call, Kernel } from './kernel.ts';
import { hasStatus } from './strategy.ts';

const STATUS: FieldSet = { ...emptySet(), members: new Set(['f:status']) };
const ALL_BUT_STATUS: FieldSet = { ...emptySet(), members: new Set(['f:spec', 'f:metadata']) };

/** Paths a request of this kind cannot write, so nobody comes to own them by it. */
export function unwritable(call: Call): FieldSet | undefined {
  if (!hasStatus(call.info)) return undefined;
  if (call.subresource === '') return STATUS;
  return call.subresource === 'status' && call.info.custom ? ALL_BUT_STATUS : undefined;
}

export const managerOf = (call: Call, operation: Manager['operation'] = 'Update'): Manager => ({
  name: call.manager,
  operation,
  apiVersion: groupVersion(call.info.group, call.version),
  ...(call.subresource ? { subresource: call.subresource } : {}),
});

export const schemaOf = (kernel: Kernel, call: Call) =>
  kernel.schemas.of(call.info.group, call.version, call.info.kind);

/** Sets `metadata.managedFields` of the object for a write that is not an apply. In place. */
export function recordOwner(kernel: Kernel, call: Call, before: KubeObject | undefined, after: KubeObject): void {
  if (before !== undefined && !isTellable(kernel, call, before, after)) {
    delete after.metadata.managedFields;
    return;
  }
  // A share that comes through a Scale has no time.
  const time = call.subresource === 'scale' ? undefined : timestamp(kernel.clock.now());
  const managed = trackUpdate(before, after, schemaOf(kernel, call), managerOf(call), time, unwritable(call));
  if (managed) after.metadata.managedFields = managed;
  else delete after.metadata.managedFields;
}

/**
 * Whether the server can still tell who owns what: not where an entry is of another version of a custom kind whose schema does not have
 * all that is written now. It then drops all entries without a word.
 */
function isTellable({ schemas }: Kernel, { info, version }: Call, before: KubeObject, after: KubeObject): boolean {
  if (!info.custom) return true;
  const others = new Set((before.metadata.managedFields ?? []).map(({ apiVersion }) => apiVersion));
  others.delete(groupVersion(info.group, version));
  return [...others].every(other => {
    const node = schemas.of(info.group, other.slice(other.indexOf('/') + 1), info.kind);
    return node === undefined || pruneCustom(after as unknown as Record<string, unknown>, node).unknown.length === 0;
  });
}
