import { cloneJson, isRecord, type KubeObject } from '../object.ts';
import type { SchemaNode } from '../schema/node.ts';
import { StatusError } from '../status.ts';
import { compare, pathsSet } from './compare.ts';
import { difference, emptySet, type FieldSet, intersection, isEmpty, pathsOf, pathText, union } from './field-set.ts';
import { mayTakeWithoutForce, renewLastApplied } from './last-applied.ts';
import { isGranular, itemElement, listKind, memberNode } from './list-items.ts';
import { type Manager, owned, type Share, sameManager, sharesOf, toManagedFields, zeroValueOf } from './track.ts';

/** The live value with the configuration merged into it. */
function merge(live: unknown, config: unknown, node: SchemaNode | undefined): unknown {
  if (Array.isArray(config)) return mergeList(live, config, node);
  if (!isRecord(config) || !isRecord(live) || !isGranular(node)) return cloneJson(config);
  const merged: Record<string, unknown> = { ...live };
  for (const [name, value] of Object.entries(config)) {
    // A null for an absent member is kept until the object is decoded.
    if (value === null) merged[name] ??= null;
    else merged[name] = merge(live[name], value, memberNode(node, name));
  }
  return merged;
}

function mergeList(live: unknown, config: readonly unknown[], node: SchemaNode | undefined): unknown {
  if (!node || listKind(node) === 'atomic' || !Array.isArray(live)) return cloneJson(config);
  const elementOf = (item: unknown) => itemElement(node, item) ?? '';
  const there = new Map(live.map(item => [elementOf(item), item]));
  const wanted = new Map(config.map(item => [elementOf(item), item]));
  return interleaved([...there.keys()], [...wanted.keys()]).map(element => {
    if (!wanted.has(element)) return there.get(element);
    const item = wanted.get(element);
    return there.has(element) ? merge(there.get(element), item, node.items) : cloneJson(item);
  });
}

/**
 * Merges two ordered lists. The items of the second keep their order; an item of only the first stays after its
 * former predecessor, as far as that order allows.
 */
function interleaved(first: readonly string[], second: readonly string[]): string[] {
  const left = [...first];
  const right = [...second];
  const shared = second.filter(element => first.includes(element));
  const result: string[] = [];
  while (left.length > 0 || right.length > 0) {
    const [a, b] = [left[0], right[0]];
    if (a !== undefined && a !== b && right.length > 0 && shared.length > 0 && shared[0] !== a && second.includes(a)) {
      left.shift();
    } else if (a !== undefined && !second.includes(a)) {
      result.push(a);
      left.shift();
    } else {
      if (a !== undefined && (a === b || result.includes(a))) left.shift();
      if (b === undefined) continue;
      result.push(b);
      right.shift();
      if (shared[0] === b) shared.shift();
    }
  }
  return result;
}

/** The value without the given paths. A path whose parts are still owned stays. */
function prune(value: unknown, gone: FieldSet, kept: FieldSet, node: SchemaNode | undefined): unknown {
  if (Array.isArray(value)) {
    if (!node || listKind(node) === 'atomic') return value;
    return value.flatMap(item => {
      const element = itemElement(node, item) ?? '';
      const rest = pruneElement(element, item, gone, kept, node.items);
      return rest === undefined ? [] : [rest];
    });
  }
  if (!isRecord(value)) return value;
  const rest: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const left = pruneElement(`f:${name}`, member, gone, kept, memberNode(node, name));
    if (left !== undefined) rest[name] = left;
  }
  return rest;
}

function pruneElement(element: string, value: unknown, gone: FieldSet, kept: FieldSet, node: SchemaNode | undefined) {
  const keptBelow = kept.children.get(element);
  const stays = kept.members.has(element) || (keptBelow !== undefined && !isEmpty(keptBelow));
  if (gone.members.has(element) && !stays) return undefined;
  const goneBelow = gone.children.get(element);
  if (!goneBelow) return value;
  const rest = prune(value, goneBelow, keptBelow ?? emptySet(), node);
  const emptied = (Array.isArray(rest) || isRecord(rest)) && Object.keys(rest).length === 0;
  return emptied && !stays ? undefined : rest;
}

/** The refusal of an apply that would take fields from others. */
function conflicts(found: readonly { manager: Manager; set: FieldSet }[]): StatusError {
  const causes = found.flatMap(({ manager, set }) =>
    pathsOf(set).map(path => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${managerText(manager)}`,
      field: pathText(path),
    })),
  );
  const lines = found
    .map(({ manager, set }) => ({ who: managerText(manager), paths: pathsOf(set).map(pathText) }))
    .sort((a, b) => (a.who < b.who ? -1 : 1));
  const detail =
    causes.length === 1
      ? `${causes[0]?.message}: ${causes[0]?.field}`
      : lines.map(line => `conflicts with ${line.who}:\n${line.paths.map(p => `- ${p}`).join('\n')}`).join('\n');
  const count = `${causes.length} conflict${causes.length === 1 ? '' : 's'}`;
  return new StatusError(409, 'Conflict', `Apply failed with ${count}: ${detail}`, { causes });
}

function managerText({ name, operation, apiVersion, subresource }: Manager): string {
  const through = operation === 'Update' ? ` using ${apiVersion}` : '';
  return `"${name}"${subresource ? ` with subresource "${subresource}"` : ''}${through}`;
}

/** The owners of fields before the apply. Fields without an owner get the manager `before-first-apply`. */
function sharesBefore(live: KubeObject | undefined, node: SchemaNode | undefined, time: string): Share[] {
  const shares = sharesOf(live);
  if (!live || shares.length > 0) return shares;
  const manager: Manager = { name: 'before-first-apply', operation: 'Update', apiVersion: live.apiVersion };
  const { added, changed } = compare(zeroValueOf(node), live, node);
  return [{ manager, time, set: owned(union(added, changed)) }];
}

/**
 * Server-side apply: merges `config` into `live` for `manager`, removes fields that it applied before and now leaves
 * out, unless someone else owns them too, and refuses to take fields from others unless `force`. Sets managed fields
 * on the result.
 */
export function applyConfig(
  live: KubeObject | undefined,
  config: KubeObject,
  node: SchemaNode | undefined,
  manager: Manager,
  time: string,
  force: boolean,
  ignored?: FieldSet,
): KubeObject {
  const wanted = owned(pathsSet(config, node), ignored);
  const shares = sharesBefore(live, node, time);
  const last = shares.find(share => sameManager(share.manager, manager));
  const others = shares.filter(share => share !== last);
  const base = live ?? {
    apiVersion: config.apiVersion,
    kind: config.kind,
    metadata: { name: config.metadata.name, uid: '' },
  };
  const merged = merge(base, config, node) as KubeObject;
  const gone = difference(last?.set ?? emptySet(), wanted);
  const kept = others.reduce((all, share) => union(all, share.set), wanted);
  const next = (isEmpty(gone) ? merged : prune(merged, difference(gone, kept), kept, node)) as KubeObject;
  const { added, changed, removed } = compare(base, next, node);
  const touched = union(added, changed);
  const contested = others
    .map(({ manager: who, set }) => ({ manager: who, set: intersection(set, touched) }))
    .filter(found => !isEmpty(found.set));
  const allowed = mayTakeWithoutForce(live, node, manager.name) ?? emptySet();
  const settled = contested.every(found => isEmpty(difference(found.set, allowed)));
  if (!settled && !force) throw conflicts(contested);
  const left = others.map((share): Share => ({ ...share, set: difference(difference(share.set, touched), removed) }));
  // An apply that changes nothing does not update the time of its entry.
  const unmoved = live !== undefined && isEmpty(owned(touched)) && isEmpty(owned(removed));
  const managed = toManagedFields([...left, { manager, time: unmoved ? last?.time : time, set: wanted }]);
  next.metadata = { ...next.metadata };
  renewLastApplied(next, config, manager.name);
  if (managed) next.metadata.managedFields = managed;
  else delete next.metadata.managedFields;
  return next;
}
