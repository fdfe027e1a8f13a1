import { FIELD_MANAGER } from '../../src/injection/write/ownership.ts';
import type { KubeObject } from '../../src/k8s/object.ts';

/** Says of an entry that it was made up here. */
const MADE_UP = 'one-hand';

type Tree = { [element: string]: Tree };

/** The object as a server shows it that saw mayday write all of it; one that tells of its writers itself stays as it is. */
export function byOneHand(object: KubeObject): KubeObject {
  if (object.metadata.managedFields !== undefined) return object;
  const { name: _name, namespace: _namespace, uid: _uid, resourceVersion: _version, ...metadata } = object.metadata;
  const { apiVersion, kind: _kind, status: _status, ...content } = object;
  const fieldsV1 = treeOf({ ...content, metadata });
  const entry = { manager: FIELD_MANAGER, operation: 'Update', apiVersion, fieldsType: MADE_UP, fieldsV1 };
  return { ...object, metadata: { ...object.metadata, managedFields: [entry] } };
}

/** The object as it is stored: who wrote it is only ever said when it is read. */
export function unmanaged(object: KubeObject): KubeObject {
  const { managedFields, ...metadata } = object.metadata;
  const [entry] = (managedFields ?? []) as { fieldsType?: string }[];
  return entry?.fieldsType === MADE_UP ? { ...object, metadata } : object;
}

/** Lists by their items' names where they have any, sets of texts by value; other lists in one piece. */
function treeOf(value: unknown): Tree {
  if (Array.isArray(value))
    return Object.fromEntries(value.flatMap(item => (elementOf(item) ? [[elementOf(item), treeOf(item)]] : [])));
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [`f:${key}`, treeOf(member)]));
}

function elementOf(item: unknown): string | undefined {
  if (typeof item === 'string') return `v:${JSON.stringify(item)}`;
  const { name } = (item ?? {}) as { name?: unknown };
  return typeof name === 'string' ? `k:${JSON.stringify({ name })}` : undefined;
}
