import type { Json, KubeObject } from './object.ts';

/** One operation of an RFC 6902 patch. */
export type Operation = { op: 'add' | 'replace' | 'test'; path: string; value: Json } | { op: 'remove'; path: string };

/** A JSON pointer to the member reached by `steps`. */
export function pointer(...steps: (string | number)[]): string {
  return steps.map(step => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The steps of a JSON pointer. */
export const pointerSteps = (text: string): string[] =>
  text
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The value at the end of the steps; undefined when there is none. */
export function valueAt(object: KubeObject, steps: readonly string[]): unknown {
  let at: unknown = object;
  for (const step of steps) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[step];
  }
  return at;
}

/** Sets a member; an existing value is replaced. */
export const set = (path: string, value: Json): Operation => ({ op: 'add', path, value });
/** Removes a member, which must exist. */
export const remove = (path: string): Operation => ({ op: 'remove', path });
/** Makes the whole patch fail unless the member has this value. */
export const test = (path: string, value: Json): Operation => ({ op: 'test', path, value });

/**
 * Sets and drops entries of the map at `steps` of `object` (labels, annotations, data), creating the map if it is
 * missing. Entries to drop that are not there are left out, since removing them would be an error.
 */
export function mapOperations(
  object: KubeObject,
  steps: readonly string[],
  change: { set?: Record<string, string>; drop?: readonly string[] },
): Operation[] {
  const current = mapAt(object, steps);
  const entries = Object.entries(change.set ?? {});
  if (current === undefined) {
    return entries.length === 0 ? [] : [set(pointer(...steps), Object.fromEntries(entries))];
  }
  return [
    ...entries.map(([key, value]) => set(pointer(...steps, key), value)),
    ...(change.drop ?? []).filter(key => Object.hasOwn(current, key)).map(key => remove(pointer(...steps, key))),
  ];
}

/**
 * Two lists of operations that were made from the same object, as one patch. If both add the same map, the second adds its entries one by
 * one: adding the map again would replace the first.
 */
export function joined(first: readonly Operation[], second: readonly Operation[]): Operation[] {
  const added = new Set(first.flatMap(operation => (operation.op === 'add' ? [operation.path] : [])));
  return [
    ...first,
    ...second.flatMap(operation => {
      if (operation.op !== 'add' || !added.has(operation.path) || !isMap(operation.value)) return [operation];
      return Object.entries(operation.value).map(([key, value]) => set(`${operation.path}${pointer(key)}`, value));
    }),
  ];
}

const isMap = (value: Json): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The string map at `steps` of `object`, undefined if there is no map. */
export function mapAt(object: KubeObject, steps: readonly string[]): Record<string, string> | undefined {
  const value = valueAt(object, steps);
  return typeof value === 'object' && value !== null ? (value as Record<string, string>) : undefined;
}
