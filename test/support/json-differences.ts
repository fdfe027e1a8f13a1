/** Where two JSON values differ: the path and both values, one line each; `as` says whose they are. */
export function jsonDifferences(
  left: unknown,
  right: unknown,
  as: { left: string; right: string },
  path = '',
): string[] {
  if (Object.is(left, right)) return [];
  const bothObjects = typeof left === 'object' && typeof right === 'object' && left !== null && right !== null;
  if (!bothObjects || Array.isArray(left) !== Array.isArray(right))
    return [`${path || '.'}: ${as.left} ${shortJson(left)}, ${as.right} ${shortJson(right)}`];
  const [one, other] = [left, right] as Record<string, unknown>[];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].flatMap(key => jsonDifferences(one?.[key], other?.[key], as, `${path}.${key}`));
}

/** A value in a line. */
export function shortJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
