import { isRecord, type KubeObject, type ManagedFieldsEntry } from '../object.ts';
import type { SchemaNode } from '../schema/node.ts';
import { compare } from './compare.ts';
import { difference, emptySet, type FieldSet, fromFieldsV1, isEmpty, toFieldsV1, union, without } from './field-set.ts';

/** The writer: the manager's name, the subresource and the version. */
export interface Manager {
  name: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource?: string;
}

/** One manager's entry, with its paths decoded. */
export interface Share {
  manager: Manager;
  time: string | undefined;
  set: FieldSet;
}

const fields = (...names: string[]): FieldSet => ({ members: new Set(names.map(n => `f:${n}`)), children: new Map() });

/** Paths that nobody owns: the object's identity and what only the server sets. */
const NOT_OWNED: FieldSet = {
  members: new Set(['f:apiVersion', 'f:kind', 'f:metadata']),
  children: new Map([
    [
      'f:metadata',
      fields(
        'name',
        'namespace',
        'creationTimestamp',
        'selfLink',
        'uid',
        'generation',
        'managedFields',
        'resourceVersion',
      ),
    ],
  ]),
};

/** The set without the paths that nobody owns. `metadata` itself is never a member. */
export function owned(set: FieldSet, ignored?: FieldSet): FieldSet {
  const top = difference(set, { members: NOT_OWNED.members, children: new Map() });
  const stripped = without(top, { members: new Set(), children: NOT_OWNED.children });
  return ignored ? without(stripped, ignored) : stripped;
}

/** The entries of an object's managedFields, decoded; none for an object without them. */
export function sharesOf(object: KubeObject | undefined): Share[] {
  return (object?.metadata.managedFields ?? []).map(entry => ({
    manager: {
      name: entry.manager,
      operation: entry.operation,
      apiVersion: entry.apiVersion,
      ...(entry.subresource ? { subresource: entry.subresource } : {}),
    },
    time: entry.time,
    set: fromFieldsV1(entry.fieldsV1 ?? {}),
  }));
}

export const sameManager = (a: Manager, b: Manager): boolean =>
  a.name === b.name && a.operation === b.operation && a.subresource === b.subresource;

const order = (a: Share, b: Share): number =>
  compareText(a.manager.operation, b.manager.operation) ||
  compareText(a.time ?? '', b.time ?? '') ||
  compareText(a.manager.name, b.manager.name) ||
  compareText(a.manager.subresource ?? '', b.manager.subresource ?? '');

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The entries in wire form and order; empty ones are dropped. */
export function toManagedFields(shares: readonly Share[]): ManagedFieldsEntry[] | undefined {
  const entries = shares
    .filter(share => !isEmpty(share.set))
    .sort(order)
    .map(
      ({ manager, time, set }): ManagedFieldsEntry => ({
        manager: manager.name,
        operation: manager.operation,
        apiVersion: manager.apiVersion,
        ...(time ? { time } : {}),
        fieldsType: 'FieldsV1',
        fieldsV1: toFieldsV1(set),
        ...(manager.subresource ? { subresource: manager.subresource } : {}),
      }),
    );
  return entries.length > 0 ? entries : undefined;
}

/** The members that a Go value of the type always has; they never count as added. */
export function zeroValueOf(node: SchemaNode | undefined): Record<string, unknown> {
  const blank: Record<string, unknown> = {};
  for (const name of Object.keys(node?.raw.properties ?? {})) {
    const child = node?.property(name);
    const usual = child?.raw.default;
    if (usual === '' || usual === 0 || usual === false) blank[name] = usual;
    else if (child && isRecord(child.raw.default) && child.raw.properties) blank[name] = zeroValueOf(child);
    else if (child?.raw.type === 'array' && node?.raw.required?.includes(name)) blank[name] = null;
  }
  return blank;
}

/** A single empty entry asks the server to remove all field owners. */
const isReset = (entries: readonly ManagedFieldsEntry[]): boolean =>
  entries.length === 1 && Object.keys(entries[0] ?? {}).length === 0;

/** Whether every entry is complete; incomplete ones are ignored. */
const areShares = (entries: readonly ManagedFieldsEntry[]): boolean =>
  entries.every(
    ({ operation, fieldsType, fieldsV1 }) =>
      (operation === 'Apply' || operation === 'Update') && fieldsType === 'FieldsV1' && isRecord(fieldsV1),
  );

/** The field owners before the write. A client may state them in the object that it writes. */
function startingShares(before: KubeObject | undefined, after: KubeObject, manager: Manager): Share[] {
  const stated = after.metadata.managedFields ?? [];
  if (manager.subresource || before === undefined || stated.length === 0) return sharesOf(before);
  if (isReset(stated)) return [];
  return sharesOf(areShares(stated) ? after : before);
}

/**
 * The managed fields after a write that is not an apply: `manager` now owns what it added or changed, and nobody owns
 * what was removed. `ignored` are paths that this request cannot write.
 */
export function trackUpdate(
  before: KubeObject | undefined,
  after: KubeObject,
  node: SchemaNode | undefined,
  manager: Manager,
  time: string | undefined,
  ignored?: FieldSet,
): ManagedFieldsEntry[] | undefined {
  const { added, changed, removed } = compare(before ?? zeroValueOf(node), after, node);
  const taken = owned(union(added, changed), ignored);
  const lost = owned(removed, ignored);
  const starting = startingShares(before, after, manager);
  // An object without field owners stays so until the first apply.
  if (before !== undefined && starting.length === 0) return undefined;
  const shares = starting.map(share =>
    sameManager(share.manager, manager) ? share : { ...share, set: difference(difference(share.set, taken), lost) },
  );
  const mine = shares.find(share => sameManager(share.manager, manager));
  const others = shares.filter(share => share !== mine);
  const set = union(difference(mine?.set ?? emptySet(), lost), taken);
  return toManagedFields([...others, { manager, time: mine && isEmpty(taken) ? mine.time : time, set }]);
}
