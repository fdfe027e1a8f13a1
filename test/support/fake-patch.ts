import type { Json } from '../../src/k8s/object.ts';

interface Operation {
  op: string;
  path: string;
  value?: Json;
}

/** Applies an RFC 6902 patch as the API server does; undefined where a test fails or a path is missing. */
export function applyJsonPatch(target: Json, operations: readonly Operation[]): Json | undefined {
  const root = { root: structuredClone(target) };
  // As it arrives: what cannot be cloned, such as a number with its exact digits, is text on the way.
  for (const operation of JSON.parse(JSON.stringify(operations)) as Operation[]) {
    if (!applyOne(root, operation)) return undefined;
  }
  return root.root;
}

function applyOne(root: { root: Json }, { op, path, value }: Operation): boolean {
  const steps = [
    'root',
    ...path
      .split('/')
      .slice(1)
      .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~')),
  ];
  const last = steps.pop() as string;
  let parent: unknown = root;
  for (const step of steps) parent = (parent as Record<string, unknown> | undefined)?.[step];
  if (typeof parent !== 'object' || parent === null) return op === 'test' && value === null;
  const holder = parent as Record<string, Json>;
  const has = Object.hasOwn(holder, last);
  switch (op) {
    case 'test':
      return same(holder[last] ?? null, value ?? null);
    case 'remove':
      if (!has) return false;
      if (Array.isArray(holder)) holder.splice(Number(last), 1);
      else delete holder[last];
      return true;
    case 'replace':
      if (!has) return false;
      holder[last] = value as Json;
      return true;
    default:
      if (Array.isArray(holder)) holder.splice(last === '-' ? holder.length : Number(last), 0, value as Json);
      else holder[last] = value as Json;
      return true;
  }
}

/** Applies a JSON merge patch. */
export function applyMergePatch(target: Json, patch: Json): Json {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const isMap = typeof target === 'object' && target !== null && !Array.isArray(target);
  const merged: Record<string, Json> = isMap ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = applyMergePatch(merged[key] ?? null, value);
  }
  return merged;
}

function same(a: Json, b: Json): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b;
  const left = Object.entries(a);
  return (
    left.length === Object.keys(b).length &&
    left.every(([key, value]) => same(value, (b as Record<string, Json>)[key] ?? null))
  );
}
