import { cloneJson, isRecord } from '../object.ts';

/** The value after a JSON merge patch (RFC 7386): members are merged, null removes. */
export function applyMergePatch(value: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return cloneJson(patch);
  const merged: Record<string, unknown> = isRecord(value) ? { ...value } : {};
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) delete merged[name];
    else merged[name] = applyMergePatch(merged[name], change);
  }
  return merged;
}
