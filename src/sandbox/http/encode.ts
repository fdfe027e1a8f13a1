import type { KubeObject } from '../object.ts';

/** The JSON of objects after kind and version, cached because lists and watches write it many times. */
const bodies = new WeakMap<KubeObject, string>();

function bodyOf(object: KubeObject): string {
  const known = bodies.get(object);
  if (known !== undefined) return known;
  const { kind: _kind, apiVersion: _version, ...rest } = object;
  const text = JSON.stringify(rest).slice(1);
  bodies.set(object, text);
  return text;
}

/** The JSON of a whole object, kind first. `apiVersion` overrides the one it is stored in. */
export function objectJson(object: KubeObject, apiVersion = object.apiVersion): string {
  return `{"kind":${JSON.stringify(object.kind)},"apiVersion":${JSON.stringify(apiVersion)},${bodyOf(object)}`;
}

/** The JSON of a list item. Items of built-in kinds leave out kind and version, which the list states. */
export const itemJson = (object: KubeObject): string => `{${bodyOf(object)}`;

export interface ListMeta {
  resourceVersion: string;
  continue?: string;
  remainingItemCount?: number;
}

/** The JSON of a list whose items are already JSON. */
export function listJson(kind: string, apiVersion: string, metadata: ListMeta, items: readonly string[]): string {
  return `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},"metadata":${JSON.stringify(metadata)},"items":[${items.join(',')}]}`;
}
