import type { KubeObject } from '../object.ts';

/** `namespace/name`, or `/name`: the sort key of lists. */
const placeOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

/** The objects of one resource, by name and in order. */
export interface Collection {
  get(namespace: string | undefined, name: string): KubeObject | undefined;
  put(object: KubeObject): void;
  remove(object: KubeObject): void;
  /** In order; all, or one namespace's. */
  list(namespace?: string): KubeObject[];
  size(): number;
}

/** The first index whose place is not below the given one. */
function lowerBound(places: readonly string[], place: string): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] as string) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function createCollection(): Collection {
  const objects = new Map<string, KubeObject>();
  const places: string[] = [];
  const place = (object: KubeObject) => placeOf(object.metadata.namespace, object.metadata.name);

  return {
    get: (namespace, name) => objects.get(placeOf(namespace, name)),
    put(object) {
      const at = place(object);
      if (!objects.has(at)) places.splice(lowerBound(places, at), 0, at);
      objects.set(at, object);
    },
    remove(object) {
      const at = place(object);
      if (objects.delete(at)) places.splice(lowerBound(places, at), 1);
    },
    list(namespace) {
      // '0' is the character after '/', so this range is exactly the places that start with `namespace/`.
      const from = namespace === undefined ? 0 : lowerBound(places, `${namespace}/`);
      const to = namespace === undefined ? places.length : lowerBound(places, `${namespace}0`);
      const found: KubeObject[] = [];
      for (let i = from; i < to; i++) found.push(objects.get(places[i] as string) as KubeObject);
      return found;
    },
    size: () => objects.size,
  };
}
