import { sanitise } from '../text/sanitise.ts';
import { elementFor, type FieldSet } from './field-set.ts';
import type { KubeObject, ManagedField } from './object.ts';

/**
 * Who last wrote the values at these paths, with the time: `argocd-controller (Update) at 2026-11-28T12:00:00Z`.
 * Without paths, who last wrote the object. Undefined when managedFields does not say. Entries of subresources count:
 * `kubectl scale` writes through one.
 */
export function lastWriter(object: KubeObject, paths: readonly (readonly string[])[]): string | undefined {
  const last = lastEntry(object, paths);
  if (last === undefined) return undefined;
  const how = [last.operation, last.subresource].filter(Boolean).join(' of ');
  return sanitise(`${last.manager || 'a manager without a name'} (${how}) at ${last.time ?? 'an unknown time'}`, 160);
}

/** The entry of managedFields with the last write. */
export function lastEntry(object: KubeObject, paths: readonly (readonly string[])[]): ManagedField | undefined {
  const entries = object.metadata.managedFields ?? [];
  const owners =
    paths.length === 0 ? entries : entries.filter(entry => paths.some(path => owns(entry.fieldsV1, object, path)));
  return owners.toSorted((a, b) => timeOf(b) - timeOf(a))[0];
}

const timeOf = ({ time }: ManagedField): number => Date.parse(time ?? '') || 0;

/** Whether an entry of managedFields holds the member at `path`, by name, or as an item of a list by its keys. */
function owns(fields: unknown, object: KubeObject, path: readonly string[]): boolean {
  let at = fields;
  let value: unknown = object;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return false;
    const members = at as FieldSet;
    const isOwnedWhole = Object.keys(members).every(key => key === '.');
    if (isOwnedWhole && at !== fields) return true;
    const element = elementFor(members, value, step);
    if (element === undefined) return false;
    at = members[element];
    value = (value as Record<string, unknown> | undefined | null)?.[step];
  }
  return true;
}
