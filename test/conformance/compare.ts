import type { Answer } from './step.ts';

/** Where two answers differ: the path and both values, one line each. */
export function differences(truth: Answer, found: Answer): string[] {
  if (truth.status !== found.status)
    return [`status: truth ${truth.status}, sandbox ${found.status} (${short(truth.body)} / ${short(found.body)})`];
  return [...inside(truth.headers, found.headers, 'headers'), ...inside(truth.body, found.body, 'body')];
}

function inside(truth: unknown, found: unknown, path: string): string[] {
  if (Object.is(truth, found)) return [];
  const bothObjects = typeof truth === 'object' && typeof found === 'object' && truth !== null && found !== null;
  if (!bothObjects || Array.isArray(truth) !== Array.isArray(found))
    return [`${path}: truth ${short(truth)}, sandbox ${short(found)}`];
  const left = truth as Record<string, unknown>;
  const right = found as Record<string, unknown>;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].flatMap(key => inside(left[key], right[key], `${path}.${key}`));
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
