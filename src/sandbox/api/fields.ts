import { emptySet, type FieldSet } from '../managed/field-set.ts';
import { type Manager, trackUpdate } from '../managed/track.ts';
import { type KubeObject, timestamp } from '../object.ts';
import { groupVersion } from '../registry.ts';
import { pruneCustom } from '../schema/coerce.ts';
import type { Call, Kernel } from './kernel.ts';
import { hasStatus } from './strategy.ts';

const STATUS: FieldSet = { ...emptySet(), members: new Set(['f:status']) };
const ALL_BUT_STATUS: FieldSet = { ...emptySet(), members: new Set(['f:spec', 'f:metadata']) };

/** Paths that a request of this kind cannot write, so it gains no ownership of them. */
export function unwritablePaths(call: Call): FieldSet | undefined {
  if (!hasStatus(call.info)) return undefined;
  if (call.subresource === '') return STATUS;
  return call.subresource === 'status' && call.info.custom ? ALL_BUT_STATUS : undefined;
}

/** The field manager of a call, as an entry of managedFields names it. */
export const managerOf = (call: Call, operation: Manager['operation'] = 'Update'): Manager => ({
  name: call.manager,
  operation,
  apiVersion: groupVersion(call.info.group, call.version),
  ...(call.subresource ? { subresource: call.subresource } : {}),
});

/** The schema of the call's kind in the version of its path; undefined if there is none. */
export const schemaOf = (kernel: Kernel, call: Call) =>
  kernel.schemas.of(call.info.group, call.version, call.info.kind);

/** Sets `metadata.managedFields` of the object for a write that is not an apply. In place. */
export function recordManagedFields(
  kernel: Kernel,
  call: Call,
  before: KubeObject | undefined,
  after: KubeObject,
): void {
  if (before !== undefined && !canTrackOwners(kernel, call, before, after)) {
    delete after.metadata.managedFields;
    return;
  }
  // An entry that was written through the scale subresource has no time.
  const time = call.subresource === 'scale' ? undefined : timestamp(kernel.clock.now());
  const managed = trackUpdate(before, after, schemaOf(kernel, call), managerOf(call), time, unwritablePaths(call));
  if (managed) after.metadata.managedFields = managed;
  else delete after.metadata.managedFields;
}

/**
 * Whether the server can keep track of field owners. It cannot when an entry is of another version of a custom kind
 * and that version's schema lacks a field that is written now. Then it silently drops all entries.
 */
function canTrackOwners({ schemas }: Kernel, { info, version }: Call, before: KubeObject, after: KubeObject): boolean {
  if (!info.custom) return true;
  const others = new Set((before.metadata.managedFields ?? []).map(({ apiVersion }) => apiVersion));
  others.delete(groupVersion(info.group, version));
  return [...others].every(other => {
    const node = schemas.of(info.group, other.slice(other.indexOf('/') + 1), info.kind);
    return node === undefined || pruneCustom(after as unknown as Record<string, unknown>, node).unknown.length === 0;
  });
}
