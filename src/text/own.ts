/**
 * The entry that a map really holds. Keys from a cluster may be any text: read plainly, `constructor` or `__proto__` would give what
 * JavaScript puts behind every object.
 */
export function own<T>(map: Readonly<Record<string, T>> | undefined | null, key: string): T | undefined {
  return map !== undefined && map !== null && Object.hasOwn(map, key) ? map[key] : undefined;
}
