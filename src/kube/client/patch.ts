import type { Json, KubeObject } from '../../k8s/object.ts';

/** One operation of a JSON patch (RFC 6902). */
export type JsonPatchOperation =
  | { op: 'add' | 'replace' | 'test'; path: string; value: Json }
  | { op: 'remove'; path: string }
  | { op: 'move' | 'copy'; from: string; path: string };

/** A JSON pointer (RFC 6901) to a field: keys are escaped, numbers are indices of arrays. */
export function pointer(...path: readonly (string | number)[]): string {
  return path.map(part => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** What an object must still be for a patch to hold. */
export interface Expected {
  uid?: string | undefined;
  resourceVersion?: string | undefined;
  /** Fields that must still have these values. */
  fields?: readonly { path: readonly (string | number)[]; value: Json }[];
}

/** A JSON patch that changes nothing unless the object is still the expected one; an unmet test comes back as `conflict`. */
export function preconditionedPatch(expected: Expected, operations: readonly JsonPatchOperation[]): Json {
  const tests: JsonPatchOperation[] = [
    ...(expected.uid ? [test(['metadata', 'uid'], expected.uid)] : []),
    ...(expected.resourceVersion ? [test(['metadata', 'resourceVersion'], expected.resourceVersion)] : []),
    ...(expected.fields ?? []).map(({ path, value }) => test(path, value)),
  ];
  return [...tests, ...operations] as unknown as Json;
}

function test(path: readonly (string | number)[], value: Json): JsonPatchOperation {
  return { op: 'test', path: pointer(...path), value };
}

/** A merge patch that holds only for this uid and resource version; otherwise it comes back as `conflict`. Null removes a field. */
export function preconditionedMerge(expected: Omit<Expected, 'fields'>, changes: { [field: string]: Json }): Json {
  const metadata = {
    ...(changes.metadata as { [field: string]: Json } | undefined),
    ...(expected.uid && { uid: expected.uid }),
    ...(expected.resourceVersion && { resourceVersion: expected.resourceVersion }),
  };
  return Object.keys(metadata).length > 0 ? { ...changes, metadata } : changes;
}

/**
 * Operations that set or (with null) remove entries of a string map such as annotations or labels. A map that the live object lacks is added
 * whole, which would replace one that appeared meanwhile: test the resource version in the same patch.
 */
export function mapEntries(
  live: KubeObject,
  path: readonly (string | number)[],
  entries: Readonly<Record<string, string | null>>,
): JsonPatchOperation[] {
  const current = valueAt(live, path);
  const map = typeof current === 'object' && current !== null ? (current as Record<string, Json>) : undefined;
  const added = Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== null)) as Record<
    string,
    string
  >;
  if (!map) return Object.keys(added).length > 0 ? [{ op: 'add', path: pointer(...path), value: added }] : [];
  return Object.entries(entries).flatMap(([key, value]): JsonPatchOperation[] => {
    const at = pointer(...path, key);
    if (value !== null) return [{ op: 'add', path: at, value }];
    return Object.hasOwn(map, key) ? [{ op: 'remove', path: at }] : [];
  });
}

/** The value at a path of an object, or undefined where the path ends early. */
export function valueAt(object: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null) return undefined;
    return Object.hasOwn(value, part) ? (value as Record<string | number, unknown>)[part] : undefined;
  }, object);
}
