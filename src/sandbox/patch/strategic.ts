import { goText } from '../go-text.ts';
import { cloneJson, isRecord, sameJson } from '../object.ts';
import type { SchemaNode } from '../schema/node.ts';

/** An item of a patched list lacks its merge key. */
export class NoMergeKey extends Error {
  constructor(item: Record<string, unknown>, key: string) {
    super(`map: ${goText(item)} does not contain declared merge key: ${key}`);
  }
}

/** A malformed directive, worded as the API server words it. */
export class BadDirective extends Error {
  readonly code: 400 | 500;

  constructor(code: 400 | 500, message: string) {
    super(message);
    this.code = code;
  }
}

const DIRECTIVE = '$patch';
const RETAIN = '$retainKeys';
const DELETE_ITEMS = '$deleteFromPrimitiveList/';
const ORDER = '$setElementOrder/';

/** The directive has nothing to replace or delete; the rest of the change is ignored. */
const isIdle = (value: unknown, change: unknown): boolean =>
  value === undefined && isRecord(change) && change[DIRECTIVE] !== undefined;

const strategies = (node: SchemaNode | undefined) => (node?.raw['x-kubernetes-patch-strategy'] ?? '').split(',');
const memberOf = (node: SchemaNode | undefined, name: string) => node?.property(name) ?? node?.extra;

/**
 * The value after a strategic merge patch: like a merge patch, except that lists whose schema has a merge key or says
 * `merge` are merged item by item, and `$patch`, `$retainKeys`, `$deleteFromPrimitiveList` and `$setElementOrder` are obeyed.
 */
export function applyStrategicPatch(value: unknown, patch: unknown, node: SchemaNode | undefined): unknown {
  if (!isRecord(patch)) return cloneJson(patch);
  if (patch[DIRECTIVE] === 'replace') return cloneJson(omit(patch, [DIRECTIVE]));
  if (patch[DIRECTIVE] === 'delete') return {};
  const merged: Record<string, unknown> = isRecord(value) ? { ...value } : {};
  retain(merged, patch[RETAIN]);
  for (const [name, change] of Object.entries(patch)) {
    if (name === DIRECTIVE || name === RETAIN || name.startsWith(ORDER)) continue;
    if (name.startsWith(DELETE_ITEMS)) removeItems(merged, name.slice(DELETE_ITEMS.length), change);
    else if (change === null) delete merged[name];
    else if (!isIdle(merged[name], change)) merged[name] = applyMember(merged[name], change, memberOf(node, name));
  }
  for (const [name, order] of Object.entries(patch))
    if (name.startsWith(ORDER)) {
      const list = name.slice(ORDER.length);
      refuseInvalidOrder(order, patch[list], identityBy(memberOf(node, list)?.raw['x-kubernetes-patch-merge-key']));
      reorder(merged, isRecord(value) ? value[list] : undefined, list, order, node);
    }
  return merged;
}

function retain(merged: Record<string, unknown>, names: unknown): void {
  if (names === undefined) return;
  if (!Array.isArray(names)) throw new BadDirective(400, 'invalid patch format of retainKeys');
  for (const name of Object.keys(merged)) if (!names.includes(name)) delete merged[name];
}

function omit(value: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

function applyMember(value: unknown, change: unknown, node: SchemaNode | undefined): unknown {
  if (Array.isArray(change)) return applyList(Array.isArray(value) ? value : [], change, node);
  if (isRecord(change) && strategies(node).includes('replace')) return cloneJson(change);
  return applyStrategicPatch(value, change, node);
}

function applyList(value: readonly unknown[], change: readonly unknown[], node: SchemaNode | undefined): unknown[] {
  const replaces = change.some(item => isRecord(item) && item[DIRECTIVE] === 'replace');
  // An item with a directive is dropped with all its other members.
  const plain = change.filter(item => !(isRecord(item) && item[DIRECTIVE] === 'replace'));
  const mergeKey = node?.raw['x-kubernetes-patch-merge-key'];
  if (replaces || !strategies(node).includes('merge')) return cloneJson(plain) as unknown[];
  const merged = mergeKey
    ? mergeItems(value, change, mergeKey, node?.items)
    : [...value, ...change.filter(item => !value.some(known => sameJson(known, item)))];
  return ordered(merged, change, value, identityBy(mergeKey));
}

function mergeItems(
  value: readonly unknown[],
  change: readonly unknown[],
  key: string,
  node: SchemaNode | undefined,
): unknown[] {
  const merged = [...value];
  for (const item of change) {
    if (!isRecord(item)) continue;
    if (item[key] === undefined) throw new NoMergeKey(item, key);
    const at = merged.findIndex(known => isRecord(known) && sameJson(known[key], item[key]));
    if (item[DIRECTIVE] === 'delete') {
      if (at >= 0) merged.splice(at, 1);
    } else if (at >= 0) merged[at] = applyStrategicPatch(merged[at], item, node);
    else merged.push(applyStrategicPatch({}, item, node));
  }
  return merged;
}

function removeItems(merged: Record<string, unknown>, name: string, gone: unknown): void {
  const list = merged[name];
  if (!Array.isArray(list) || !Array.isArray(gone)) return;
  merged[name] = list.filter(item => !gone.some(other => sameJson(item, other)));
}

type Identity = (item: unknown) => string;

const identityBy =
  (key: string | undefined): Identity =>
  item =>
    JSON.stringify(key && isRecord(item) ? item[key] : item);

/**
 * Orders list items: those that the patch names in the patch's order, the others in their former order. Between a
 * named item and another the former order counts; a new item goes first.
 */
function ordered(
  merged: readonly unknown[],
  order: readonly unknown[],
  before: readonly unknown[],
  identity: Identity,
): unknown[] {
  const rank = new Map(order.map((item, i) => [identity(item), i]));
  const place = new Map(before.map((item, i) => [identity(item), i]));
  const rankOf = (item: unknown) => rank.get(identity(item)) ?? 0;
  const named = merged.filter(item => rank.has(identity(item))).sort((a, b) => rankOf(a) - rankOf(b));
  const others = merged.filter(item => !rank.has(identity(item)));
  const result: unknown[] = [];
  while (named.length > 0 || others.length > 0) {
    const other = others[0] === undefined ? undefined : place.get(identity(others[0]));
    const next = named[0] === undefined ? undefined : place.get(identity(named[0]));
    const otherFirst = named.length === 0 || (other !== undefined && next !== undefined && other < next);
    result.push(otherFirst && others.length > 0 ? others.shift() : named.shift());
  }
  return result;
}

const goType = (value: unknown): string =>
  Number.isInteger(value) ? 'int64' : isRecord(value) ? 'map[string]interface {}' : typeof value;

/** Refuses a `$setElementOrder` that is not a list, or that does not list the patch's items in their order. */
function refuseInvalidOrder(order: unknown, change: unknown, identity: Identity): void {
  if (!Array.isArray(order)) throw new BadDirective(500, `expected a []interface {}, but received a ${goType(order)}`);
  if (!Array.isArray(change)) return;
  const stated = order.map(identity);
  const stays = change.filter(item => !(isRecord(item) && item[DIRECTIVE] !== undefined));
  const places = stays.map(item => stated.indexOf(identity(item)));
  if (places.every((place, i) => place >= 0 && place > (places[i - 1] ?? -1))) return;
  const message = `The order in patch list:\n${goText(change)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`;
  throw new BadDirective(500, message);
}

/** Sorts a list by the order that the patch states. */
function reorder(
  merged: Record<string, unknown>,
  before: unknown,
  name: string,
  order: unknown,
  node: SchemaNode | undefined,
): void {
  const list = merged[name];
  if (!Array.isArray(list) || !Array.isArray(order)) return;
  const identity = identityBy(memberOf(node, name)?.raw['x-kubernetes-patch-merge-key']);
  merged[name] = ordered(list, order, Array.isArray(before) ? before : [], identity);
}
