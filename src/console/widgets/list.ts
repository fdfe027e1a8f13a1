/** The key `by` steps from the current one, stopping at both ends; infinite steps go to the first or the last. */
export function stepped(keys: readonly string[], current: string | undefined, by: number): string | undefined {
  const at = Math.max(0, current === undefined ? 0 : keys.indexOf(current));
  return keys[Math.max(0, Math.min(keys.length - 1, at + by))];
}
