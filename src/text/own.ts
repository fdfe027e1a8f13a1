/**
 * The map's own entry for `key`; undefined if there is none. Keys from a cluster may be any text: without this check,
 * `constructor` or `__proto__` would return inherited members.
 */
export function own<T>(map: Readonly<Record<string, T>> | undefined | null, key: string): T | undefined {
  return map !== undefined && map !== null && Object.hasOwn(map, key) ? map[key] : undefined;
}
