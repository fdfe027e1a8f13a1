import { LAST_APPLIED } from '../../k8s/object.ts';
import { isRecord, type KubeObject } from '../object.ts';
import type { SchemaNode } from '../schema/node.ts';
import { compare, pathsSet } from './compare.ts';
import { difference, type FieldSet, union } from './field-set.ts';

// kubectl's field manager is a special case, so that people can migrate from client-side to server-side apply.
const KUBECTL = 'kubectl';

function lastApplied(object: KubeObject | undefined): Record<string, unknown> | undefined {
  const text = object?.metadata.annotations?.[LAST_APPLIED];
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Fields that `kubectl apply` may take from others without force: it applied them before, and they are unchanged
 * since.
 */
export function mayTakeWithoutForce(
  live: KubeObject | undefined,
  node: SchemaNode | undefined,
  manager: string,
): FieldSet | undefined {
  const before = manager === KUBECTL ? lastApplied(live) : undefined;
  if (!before) return undefined;
  const { changed, removed } = compare(before, live, node);
  return difference(pathsSet(before, node), union(changed, removed));
}

/** JSON with sorted members, as in the annotation. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map(name => [name, ordered(value[name])]),
  );
}

/** Keeps the annotation of client-side apply up to date when kubectl applies on the server side. In place. */
export function renewLastApplied(object: KubeObject, config: KubeObject, manager: string): void {
  const { annotations } = object.metadata;
  if (manager !== KUBECTL || annotations?.[LAST_APPLIED] === undefined) return;
  const { [LAST_APPLIED]: _own, ...rest } = config.metadata.annotations ?? {};
  const { managedFields: _managed, annotations: _annotations, ...metadata } = config.metadata;
  const stated = {
    ...config,
    metadata: { ...metadata, ...(Object.keys(rest).length > 0 ? { annotations: rest } : {}) },
  };
  object.metadata.annotations = { ...annotations, [LAST_APPLIED]: `${JSON.stringify(ordered(stated))}\n` };
}
