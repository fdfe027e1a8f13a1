import { emptySet, type FieldSet } from '../managed/field-set.ts';
import { type Manager, trackUpdate } from '../managed/track.ts';
import { type KubeObject, timestamp } from '../object.ts';
import { groupVersion } from '../registry.ts';
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
  // A share that comes through a Scale has no time.
  const time = call.subresource === 'scale' ? undefined : timestamp(kernel.clock.now());
  const managed = trackUpdate(before, after, schemaOf(kernel, call), managerOf(call), time, unwritable(call));
  if (managed) after.metadata.managedFields = managed;
  else delete after.metadata.managedFields;
}
