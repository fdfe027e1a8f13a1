import type { KubeObject } from '../kube/object.ts';

/**
 * Whether somebody else wrote the field after the record was put on: managedFields moves a field to whoever changes it, so a field and
 * a record written in one request have a writer in common until a third party steps in. False where managedFields does not say.
 */
export function isRewritten(object: KubeObject, field: readonly string[], record: readonly string[]): boolean {
  const ofField = writersOf(object, field);
  const ofRecord = writersOf(object, record);
  return ofField.length > 0 && ofRecord.length > 0 && !ofField.some(writer => ofRecord.includes(writer));
}

/** Who owns the field at `path`, in the notation of managedFields (`f:data`, `f:mode`), as `manager/operation`. */
export function writersOf(object: KubeObject, path: readonly string[]): string[] {
  return (object.metadata.managedFields ?? [])
    .filter(entry => entry.subresource === undefined || entry.subresource === '')
    .filter(entry => owns(entry.fieldsV1, path))
    .map(entry => `${entry.manager ?? ''}/${entry.operation ?? ''}`);
}

function owns(fields: unknown, path: readonly string[]): boolean {
  let at = fields;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return false;
    at = (at as Record<string, unknown>)[step];
  }
  return true;
}
