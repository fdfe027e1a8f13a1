import type { Live } from '../../faults/contract.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { whoRestored } from './attribution.ts';

const single = (value: unknown): KubeObject | undefined =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && 'metadata' in value
    ? (value as KubeObject)
    : undefined;

/**
 * The field managers that brought the fault's objects into their current state: the writers of changed objects and the
 * creators of new ones, joined by commas; `unknown` if managedFields do not show them. `injected` is the state when the
 * effect was proven, `before` the state that the plan was made from.
 */
export function restorers(injected: Live, now: Live, before: Live, since: number): string {
  const names = new Set<string>();
  for (const [key, value] of now) {
    if (Array.isArray(value)) {
      const known = new Set(
        (before.get(key) as readonly KubeObject[] | undefined)?.map?.(object => object.metadata.uid),
      );
      for (const object of value as readonly KubeObject[]) {
        if (!known.has(object.metadata.uid)) names.add(whoRestored(undefined, object, since));
      }
      continue;
    }
    const object = single(value);
    const was = single(injected.get(key));
    if (object && was?.metadata.resourceVersion !== object.metadata.resourceVersion)
      names.add(whoRestored(was, object, since));
  }
  return names.size > 0 ? [...names].toSorted().join(', ') : 'unknown';
}
