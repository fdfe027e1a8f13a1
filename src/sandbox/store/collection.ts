import type { KubeObject } from '../object.ts';

/** `namespace/name`, or `/name`: the sort key of lists. */
const sortKey = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

/** The sort key of an object. */
export const sortKeyOf = ({ metadata: { namespace, name } }: KubeObject): string => sortKey(namespace, name);

/** The objects of one resource, by name and in order. */
export interface Collection {
  get(namespace: string | undefined, name: string): KubeObject | undefined;
  put(object: KubeObject): void;
  remove(object: KubeObject): void;
  /** In order; all, or one namespace's. */
  list(namespace?: string): KubeObject[];
  size(): number;
}

/** The first index whose key is not below the given one. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** An empty collection. */
export function createCollection(): Collection {
  const objects = new Map<string, KubeObject>();
  const keys: string[] = [];

  return {
    get: (namespace, name) => objects.get(sortKey(namespace, name)),
    put(object) {
      const key = sortKeyOf(object);
      if (!objects.has(key)) keys.splice(lowerBound(keys, key), 0, key);
      objects.set(key, object);
    },
    remove(object) {
      const key = sortKeyOf(object);
      if (objects.delete(key)) keys.splice(lowerBound(keys, key), 1);
    },
    list(namespace) {
      // '0' is the character after '/', so this range is exactly the keys that start with `namespace/`.
      const from = namespace === undefined ? 0 : lowerBound(keys, `${namespace}/`);
      const to = namespace === undefined ? keys.length : lowerBound(keys, `${namespace}0`);
      const inRange: KubeObject[] = [];
      for (let i = from; i < to; i++) inRange.push(objects.get(keys[i] as string) as KubeObject);
      return inRange;
    },
    size: () => objects.size,
  };
}
