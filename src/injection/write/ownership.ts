import {
  difference,
  type FieldSet,
  fieldsAt,
  fieldsOf,
  intersection,
  isEmpty,
  isFieldSet,
  pathsOf,
  union,
} from '../../k8s/field-set.ts';
import { type Operation, pointer, remove, set, test } from '../../k8s/json-patch.ts';
import type { Json, KubeObject, ManagedField } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { MANAGED_BY, PREFIX } from '../record/markers.ts';
import { patchOf } from './patch-of.ts';
import type { Write } from './write.ts';

/** The field manager of everything mayday writes. */
export const FIELD_MANAGER = 'mayday';

/** The longest list of owners that an undo record holds, in characters: the annotations of an object have a limit. */
const MAX_OWNERS_LENGTH = 8_192;
/**
 * The path of a field that does not exist. mayday's entry keeps it if it is the only entry: without any entry the server would attribute
 * every field to an unknown manager (`before-first-apply`), and the next apply would conflict.
 */
const PLACEHOLDER_FIELD = fieldsOf([['f:metadata', 'f:annotations', `f:${PREFIX}none`]]);

const fieldsIn = ({ fieldsV1 }: ManagedField): FieldSet => (isFieldSet(fieldsV1) ? fieldsV1 : {});
const isOurs = ({ manager, operation, subresource }: ManagedField): boolean =>
  manager === FIELD_MANAGER && operation === 'Update' && !subresource;

const stepsOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'));

const written = (operations: readonly Operation[]): string[][] =>
  operations.filter(({ op }) => op !== 'test').map(({ path }) => stepsOf(path));

function fieldsAtAll(fields: FieldSet, object: KubeObject, places: readonly string[][]): FieldSet {
  return places.map(steps => fieldsAt(fields, object, steps)).reduce(union, {});
}

/**
 * The owners of the fields that `operations` will change, which the server forgets with the change. Undefined if
 * managedFields is empty or too large for an undo record.
 */
export function ownersOf(object: KubeObject, operations: readonly Operation[]): ManagedField[] | undefined {
  const { managedFields } = object.metadata;
  if (managedFields === undefined || managedFields.length === 0) return undefined;
  const places = written(operations);
  const owners = managedFields.flatMap(entry => {
    const fields = fieldsAtAll(fieldsIn(entry), object, places);
    if (isEmpty(fields)) return [];
    const { manager, operation, apiVersion, subresource } = entry;
    return [{ manager, operation, apiVersion, ...(subresource ? { subresource } : {}), fieldsV1: fields }];
  }) as ManagedField[];
  return JSON.stringify(owners).length > MAX_OWNERS_LENGTH ? undefined : owners;
}

/** A warning if the undo record does not hold the owners of the changed fields. */
export const ownersUnknownWarnings = (object: KubeObject, owners: readonly ManagedField[] | undefined): string[] =>
  owners === undefined
    ? [
        `the undo record cannot hold which field managers own the changed fields of ${nameOf(refOf(object))}: after the revert nobody owns them until the next apply`,
      ]
    : [];

/** Whether a value from an undo record is a list of owners. */
export function areOwners(value: unknown): value is ManagedField[] {
  return (
    Array.isArray(value) &&
    value.every(
      entry =>
        ['manager', 'operation', 'apiVersion'].every(name => typeof entry?.[name] === 'string') &&
        (entry.operation === 'Apply' || entry.operation === 'Update') &&
        (entry.subresource === undefined || typeof entry.subresource === 'string') &&
        isFieldSet(entry.fieldsV1),
    )
  );
}

/**
 * The fields of `after`, the object as read after our write, that became mayday's by that write: nobody else can apply them without a
 * conflict.
 */
export function fieldsTakenBy(write: Write, after: KubeObject): FieldSet {
  const ours = fieldsIn(after.metadata.managedFields?.find(isOurs) ?? {});
  if (write.verb === 'delete') return {};
  if (write.verb !== 'patch' || write.patchType !== 'json') return ours;
  return fieldsAtAll(ours, after, written(write.body as unknown as Operation[]));
}

/**
 * The fields other than marks that mayday still owns on an object without an injection: those that have recorded former owners, or all if
 * no record names owners. A process that crashed after restoring a value and before handing it over leaves them.
 */
export function leftoverFields(object: KubeObject, former: readonly ManagedField[] | undefined): FieldSet {
  const ours = fieldsIn(object.metadata.managedFields?.find(isOurs) ?? {});
  const values = fieldsOf(pathsOf(ours).filter(path => !isMark(path)));
  return former === undefined ? values : intersection(values, former.map(fieldsIn).reduce(union, {}));
}

const isMark = ([metadata, map, key]: readonly string[]): boolean =>
  metadata === 'f:metadata' &&
  (map === 'f:annotations' || map === 'f:labels') &&
  (key === undefined || key === `f:${MANAGED_BY}` || key.startsWith(`f:${PREFIX}`));

/** The write that gives mayday's fields to their former owners and gives up the others; undefined if mayday owns none of them. */
export function handOver(object: KubeObject, taken: FieldSet, former: readonly ManagedField[]): Write | undefined {
  const { managedFields = [] } = object.metadata;
  const index = managedFields.findIndex(isOurs);
  const entry = managedFields[index];
  if (entry === undefined) return undefined;
  const ours = fieldsIn(entry);
  const wereOurs = former.filter(isOurs).map(fieldsIn).reduce(union, {});
  const given = difference(intersection(ours, taken), wereOurs);
  if (isEmpty(given)) return undefined;
  const others = former.filter(owner => !isOurs(owner));
  const additions = others.flatMap(owner =>
    addFields(managedFields, owner, intersection(fieldsIn(owner), given), entry.time),
  );
  const isLast = managedFields.length === 1 && additions.length === 0;
  const rest = difference(ours, given);
  const kept = isLast ? union(rest, PLACEHOLDER_FIELD) : rest;
  const at = pointer('metadata', 'managedFields', index);
  const own = isEmpty(kept) ? [remove(at)] : [set(`${at}/fieldsV1`, kept as unknown as Json)];
  const names = pathsOf(given).map(path => path.map(element => element.slice(2)).join('.'));
  return patchOf(object, [...testEntry(index, entry), ...additions, ...own], {
    says: `give ${names.join(', ')} of ${nameOf(refOf(object))} back to its field manager`,
    atVersion: false,
  });
}

/** Adds fields to the entry of one owner, or adds an entry if the owner has none. */
function addFields(
  managed: readonly ManagedField[],
  owner: ManagedField,
  fields: FieldSet,
  time: string | undefined,
): Operation[] {
  if (isEmpty(fields)) return [];
  const { manager, operation, apiVersion, subresource = '' } = owner;
  const index = managed.findIndex(
    one =>
      one.manager === manager &&
      one.operation === operation &&
      one.apiVersion === apiVersion &&
      (one.subresource ?? '') === subresource,
  );
  const present = managed[index];
  if (present !== undefined) {
    const at = pointer('metadata', 'managedFields', index, 'fieldsV1');
    return [...testEntry(index, present), set(at, union(fieldsIn(present), fields) as unknown as Json)];
  }
  const made = {
    ...{ manager, operation, apiVersion, fieldsType: 'FieldsV1', fieldsV1: fields },
    ...(time === undefined ? {} : { time }),
    ...(subresource === '' ? {} : { subresource }),
  };
  return [set(pointer('metadata', 'managedFields', '-'), made as unknown as Json)];
}

/** Tests that the entry at this index is still the one that was read, because entries have no names. */
const testEntry = (index: number, { manager = '', operation = '', fieldsV1 }: ManagedField): Operation[] => [
  test(pointer('metadata', 'managedFields', index, 'manager'), manager),
  test(pointer('metadata', 'managedFields', index, 'operation'), operation),
  test(pointer('metadata', 'managedFields', index, 'fieldsV1'), fieldsV1 as Json),
];

/** Whether controllers write a status of the object; every such write may change the indices of the entries. */
export const isBusy = ({ metadata: { managedFields = [] } }: KubeObject): boolean =>
  managedFields.some(({ subresource }) => subresource === 'status');

/**
 * The write, extended to hand over the fields that an earlier write took, in the same request. Not extended if controllers write a status
 * of the object at the same time, because the tests of the entries would fail.
 */
export function withHandOver(
  write: Write,
  object: KubeObject,
  taken: FieldSet,
  former: readonly ManagedField[],
): Write {
  const giving = isBusy(object) ? undefined : handOver(object, taken, former);
  const arePatches = write.verb === 'patch' && write.patchType === 'json' && giving?.verb === 'patch';
  if (!arePatches) return write;
  const known = write.body as unknown as Operation[];
  const more = (giving.body as unknown as Operation[]).filter(({ path }) => !known.some(one => one.path === path));
  return { ...write, body: [...known, ...more] as unknown as Json };
}
