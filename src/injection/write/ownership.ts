import {
  difference,
  type Fields,
  fieldsAt,
  fieldsOf,
  intersection,
  isEmpty,
  isFields,
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

/** Longer lists of owners are not kept in a record: the annotations of an object have a cap. */
const LONGEST = 8_192;
/**
 * Under which path, of nothing that is there, our entry stays where it is the only one: without any entry the server would take every field
 * for applied by an unknown hand, and the next apply would conflict with that.
 */
const NOWHERE = fieldsOf([['f:metadata', 'f:annotations', `f:${PREFIX}none`]]);

const fieldsIn = ({ fieldsV1 }: ManagedField): Fields => (isFields(fieldsV1) ? fieldsV1 : {});
const isOurs = ({ manager, operation, subresource }: ManagedField): boolean =>
  manager === FIELD_MANAGER && operation === 'Update' && !subresource;

const stepsOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'));

const written = (operations: readonly Operation[]): string[][] =>
  operations.filter(({ op }) => op !== 'test').map(({ path }) => stepsOf(path));

function fieldsAtAll(fields: Fields, object: KubeObject, places: readonly string[][]): Fields {
  return places.map(steps => fieldsAt(fields, object, steps)).reduce(union, {});
}

/**
 * Who owns what of the fields that `operations` are about to change: what the server forgets with the change.
 * Undefined where managedFields does not say, or says more than a record can hold.
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
  return JSON.stringify(owners).length > LONGEST ? undefined : owners;
}

/** What a person must know beforehand of fields whose owners no record tells, as sentences; none where it does. */
export const ownersUnknown = (object: KubeObject, owners: readonly ManagedField[] | undefined): string[] =>
  owners === undefined
    ? [
        `the server does not say which field manager owns what changes in ${nameOf(refOf(object))}, or more than a record can hold: after the revert none owns it until the next apply`,
      ]
    : [];

/** Whether a value read from a record is a list of owners. */
export function areOwners(value: unknown): value is ManagedField[] {
  return (
    Array.isArray(value) &&
    value.every(
      entry =>
        ['manager', 'operation', 'apiVersion'].every(name => typeof entry?.[name] === 'string') &&
        (entry.operation === 'Apply' || entry.operation === 'Update') &&
        (entry.subresource === undefined || typeof entry.subresource === 'string') &&
        isFields(entry.fieldsV1),
    )
  );
}

/**
 * What of `after`, the object as it stands after our write, that write made ours: the fields that nobody else may apply any more
 * without a conflict.
 */
export function takenBy(write: Write, after: KubeObject): Fields {
  const ours = fieldsIn(after.metadata.managedFields?.find(isOurs) ?? {});
  if (write.verb === 'delete') return {};
  if (write.verb !== 'patch' || write.patchType !== 'json') return ours;
  return fieldsAtAll(ours, after, written(write.body as unknown as Operation[]));
}

/**
 * What we own of an object beside marks although nothing of ours belongs there any more: of the fields that its record names owners of, or
 * all of it where no record tells. A process that died between putting a value back and handing it over leaves this.
 */
export function leftOver(object: KubeObject, former: readonly ManagedField[] | undefined): Fields {
  const ours = fieldsIn(object.metadata.managedFields?.find(isOurs) ?? {});
  const values = fieldsOf(pathsOf(ours).filter(path => !isMark(path)));
  return former === undefined ? values : intersection(values, former.map(fieldsIn).reduce(union, {}));
}

const isMark = ([metadata, map, key]: readonly string[]): boolean =>
  metadata === 'f:metadata' &&
  (map === 'f:annotations' || map === 'f:labels') &&
  (key === undefined || key === `f:${MANAGED_BY}` || key.startsWith(`f:${PREFIX}`));

/** The write that gives fields of ours to their former owners and lets go of the rest; undefined where none of them is ours. */
export function handOver(object: KubeObject, taken: Fields, former: readonly ManagedField[]): Write | undefined {
  const { managedFields = [] } = object.metadata;
  const index = managedFields.findIndex(isOurs);
  const entry = managedFields[index];
  if (entry === undefined) return undefined;
  const ours = fieldsIn(entry);
  const wereOurs = former.filter(isOurs).map(fieldsIn).reduce(union, {});
  const given = difference(intersection(ours, taken), wereOurs);
  if (isEmpty(given)) return undefined;
  const others = former.filter(owner => !isOurs(owner));
  const gifts = others.flatMap(owner => giving(managedFields, owner, intersection(fieldsIn(owner), given), entry.time));
  const isLast = managedFields.length === 1 && gifts.length === 0;
  const rest = difference(ours, given);
  const kept = isLast ? union(rest, NOWHERE) : rest;
  const at = pointer('metadata', 'managedFields', index);
  const own = isEmpty(kept) ? [remove(at)] : [set(`${at}/fieldsV1`, kept as unknown as Json)];
  const names = pathsOf(given).map(path => path.map(element => element.slice(2)).join('.'));
  return patchOf(object, [...same(index, entry), ...gifts, ...own], {
    says: `give ${names.join(', ')} of ${nameOf(refOf(object))} back to its field manager`,
    atVersion: false,
  });
}

/** Adds fields to one owner's entry, or an entry where it has none any more. */
function giving(
  managed: readonly ManagedField[],
  owner: ManagedField,
  fields: Fields,
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
    return [...same(index, present), set(at, union(fieldsIn(present), fields) as unknown as Json)];
  }
  const made = {
    ...{ manager, operation, apiVersion, fieldsType: 'FieldsV1', fieldsV1: fields },
    ...(time === undefined ? {} : { time }),
    ...(subresource === '' ? {} : { subresource }),
  };
  return [set(pointer('metadata', 'managedFields', '-'), made as unknown as Json)];
}

/** Entries have no names, only places: each that is written must still be the one that was read. */
const same = (index: number, { manager = '', operation = '', fieldsV1 }: ManagedField): Operation[] => [
  test(pointer('metadata', 'managedFields', index, 'manager'), manager),
  test(pointer('metadata', 'managedFields', index, 'operation'), operation),
  test(pointer('metadata', 'managedFields', index, 'fieldsV1'), fieldsV1 as Json),
];

/** Whether controllers write a status of the object: entries move with every such write. */
export const isBusy = ({ metadata: { managedFields = [] } }: KubeObject): boolean =>
  managedFields.some(({ subresource }) => subresource === 'status');

/**
 * The write with the handing over of what an earlier one took, in the same request; as it is where controllers write a status of the
 * object at the same time, since the request would only be refused.
 */
export function withHandOver(write: Write, object: KubeObject, taken: Fields, former: readonly ManagedField[]): Write {
  const giving = isBusy(object) ? undefined : handOver(object, taken, former);
  const arePatches = write.verb === 'patch' && write.patchType === 'json' && giving?.verb === 'patch';
  if (!arePatches) return write;
  const known = write.body as unknown as Operation[];
  const more = (giving.body as unknown as Operation[]).filter(({ path }) => !known.some(one => one.path === path));
  return { ...write, body: [...known, ...more] as unknown as Json };
}
