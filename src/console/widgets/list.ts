/** The key `by` steps from the current one, stopping at both ends; infinite steps go to the first or the last. */
export function stepped(keys: readonly string[], current: string | undefined, by: number): string | undefined {
  const at = Math.max(0, current === undefined ? 0 : keys.indexOf(current));
  return keys[Math.max(0, Math.min(keys.length - 1, at + by))];
}

/** Which of `count` rows are shown in `room`, so that row `at` is among them and near the middle. */
export function windowOf(count: number, at: number, room: number): { first: number; last: number } {
  const rows = Math.max(1, room);
  const first = Math.max(0, Math.min(at - Math.floor(rows / 2), count - rows));
  return { first, last: Math.min(count, first + rows) };
}
