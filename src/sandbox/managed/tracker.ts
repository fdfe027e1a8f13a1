import { groupVersion, type Registry } from '../registry.ts';
import type { Schemas } from '../schema/schemas.ts';
import type { FieldTracker } from '../store.ts';
import { trackUpdate } from './track.ts';

/** Tracks field ownership for writes that do not go through the API. */
export function createFieldTracker(registry: Registry, schemas: Schemas): FieldTracker {
  return (before, after, by, time) => {
    const [first = '', second] = after.apiVersion.split('/');
    const [group, version] = second === undefined ? ['', first] : [first, second];
    const info = registry.byKind(group, after.kind);
    const node = schemas.of(group, version, after.kind);
    const apiVersion = info ? groupVersion(info.group, version) : after.apiVersion;
    const manager = {
      name: by.manager,
      operation: 'Update' as const,
      apiVersion,
      ...(by.subresource ? { subresource: by.subresource } : {}),
    };
    return trackUpdate(before, after, node, manager, time);
  };
}
