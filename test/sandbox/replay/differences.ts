/** Where two bodies differ: the path and both values, one line each. */
export function differences(recorded: unknown, live: unknown, path = ''): string[] {
  if (Object.is(recorded, live)) return [];
  const bothObjects = typeof recorded === 'object' && typeof live === 'object' && recorded !== null && live !== null;
  if (!bothObjects || Array.isArray(recorded) !== Array.isArray(live))
    return [`${path || '.'}: recorded ${short(recorded)}, here ${short(live)}`];
  const left = recorded as Record<string, unknown>;
  const right = live as Record<string, unknown>;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].flatMap(key => differences(left[key], right[key], `${path}.${key}`));
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
