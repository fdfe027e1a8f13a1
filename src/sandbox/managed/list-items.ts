import { isRecord } from '../object.ts';
import type { SchemaNode } from '../schema/node.ts';

/** How the items of a list are identified: by key members, by value, or not at all (the list is atomic). */
export type ListKind = 'map' | 'set' | 'atomic';

export const listKind = (node: SchemaNode | undefined): ListKind => node?.raw['x-kubernetes-list-type'] ?? 'atomic';

/** Whether the members of this object are owned one by one. */
export const isGranular = (node: SchemaNode | undefined): boolean => node?.raw['x-kubernetes-map-type'] !== 'atomic';

/** The path element of an item of a map or set list; undefined when it lacks a key. */
export function itemElement(node: SchemaNode, item: unknown): string | undefined {
  if (listKind(node) === 'set') return `v:${JSON.stringify(item)}`;
  if (!isRecord(item)) return undefined;
  const keys: Record<string, unknown> = {};
  for (const key of [...(node.raw['x-kubernetes-list-map-keys'] ?? [])].sort()) {
    const value = item[key] ?? node.items?.property(key)?.raw.default;
    if (value !== undefined) keys[key] = value;
  }
  return Object.keys(keys).length > 0 ? `k:${JSON.stringify(keys)}` : undefined;
}

/** The items of a map or set list by path element; the last one wins. */
export function itemsByElement(node: SchemaNode, list: readonly unknown[]): Map<string, unknown> {
  const items = new Map<string, unknown>();
  for (const item of list) {
    const element = itemElement(node, item);
    if (element !== undefined) items.set(element, item);
  }
  return items;
}

/** The schema of a member of an object: a property, or what additional members look like. */
export const memberNode = (node: SchemaNode | undefined, name: string): SchemaNode | undefined =>
  node?.property(name) ?? node?.extra;
