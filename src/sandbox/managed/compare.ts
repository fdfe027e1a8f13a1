import { isRecord, sameJson } from '../object.ts';
import type { SchemaNode } from '../schema/node.ts';
import { below, emptySet, type FieldSet } from './field-set.ts';
import { isGranular, itemsByElement, listKind, memberNode } from './list-items.ts';

/** The differences between two states of an object, as sets of paths. */
export interface Comparison {
  added: FieldSet;
  changed: FieldSet;
  removed: FieldSet;
}

type Value = unknown;

const isVoid = (value: Value) =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);

/** The members or items of a value by path element; undefined when it is atomic. */
function partsOf(node: SchemaNode | undefined, value: Value): Map<string, Value> | undefined {
  if (Array.isArray(value)) return node && listKind(node) !== 'atomic' ? itemsByElement(node, value) : undefined;
  if (!isRecord(value) || !isGranular(node)) return undefined;
  return new Map(
    Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .map(([k, v]) => [`f:${k}`, v]),
  );
}

const childNode = (node: SchemaNode | undefined, element: string): SchemaNode | undefined =>
  element.startsWith('f:') ? memberNode(node, element.slice(2)) : node?.items;

/**
 * Compares two values of a schema the way field ownership does: a container that appears counts itself and all that is in
 * it, one that was there only what differs inside.
 */
export function compare(before: Value, after: Value, node: SchemaNode | undefined): Comparison {
  const result = { added: emptySet(), changed: emptySet(), removed: emptySet() };
  compareParts(before, after, node, result);
  return result;
}

function compareParts(before: Value, after: Value, node: SchemaNode | undefined, into: Comparison): void {
  const old = partsOf(node, before) ?? new Map<string, Value>();
  const now = partsOf(node, after) ?? new Map<string, Value>();
  for (const element of new Set([...old.keys(), ...now.keys()]))
    compareElement(element, old.get(element), now.get(element), childNode(node, element), into);
}

function compareElement(
  element: string,
  before: Value,
  after: Value,
  node: SchemaNode | undefined,
  into: Comparison,
): void {
  if (sameJson(before, after)) return;
  if (before === undefined) into.added.members.add(element);
  else if (after === undefined) into.removed.members.add(element);
  const divisible = (value: Value) => value === undefined || value === null || partsOf(node, value) !== undefined;
  const leaf = !divisible(before) || !divisible(after) || (isVoid(before) && isVoid(after));
  if (leaf) {
    if (before !== undefined && after !== undefined) into.changed.members.add(element);
    return;
  }
  compareParts(before, after, node, {
    added: below(into.added, element),
    changed: below(into.changed, element),
    removed: below(into.removed, element),
  });
}

/** Every path a value sets, as an applied configuration owns them. */
export function pathsSet(value: Value, node: SchemaNode | undefined): FieldSet {
  const set = emptySet();
  for (const [element, part] of partsOf(node, value) ?? []) {
    const child = childNode(node, element);
    const parts = partsOf(child, part);
    const declared = element.startsWith('f:') && node?.property(element.slice(2)) !== undefined;
    if (!parts || isVoid(part) || !declared) set.members.add(element);
    if (parts && !isVoid(part)) set.children.set(element, pathsSet(part, child));
  }
  return set;
}
