import type { FaultType } from '../../faults/types.ts';
import { injectionId } from '../../injection/found-injection.ts';
import { leftoverFields } from '../../injection/write/ownership.ts';
import type { Receipt } from '../../injection/write/receipt.ts';
import { pathsOf } from '../../k8s/field-set.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import { shellWord } from '../../text/shell-word.ts';
import { recognise } from './recognise.ts';

/**
 * The fields of an object without marks that still hold the value that mayday wrote, by managedFields. They are left if somebody removed
 * labels and annotations. A revert by mayday hands each field over, and another writer's new value takes the field over. Empty while
 * another injection is marked on the object, because the fields may belong to it.
 */
export function writtenByUs(object: KubeObject): string[] {
  if (recognise(object).length > 0) return [];
  const managedFields = object.metadata.managedFields?.filter(({ fieldsType }) => fieldsType === 'FieldsV1') ?? [];
  const fields = leftoverFields({ ...object, metadata: { ...object.metadata, managedFields } }, undefined);
  return pathsOf(fields).map(path => sanitise(path.map(step => step.replace(/^[fkv]:/, '')).join('.'), 120));
}

/** The receipt for an object on which no mark of the injection is left; `object` is undefined if it is gone. */
export function receiptWithoutMarks(type: FaultType, ref: ObjectRef, object: KubeObject | undefined): Receipt {
  const receipt = { id: injectionId(type, ref), type, object: ref, requests: 1, ms: 0 };
  if (object === undefined)
    return { ...receipt, outcome: 'gone', verified: true, message: 'the object is gone, and the injection with it' };
  const ours = writtenByUs(object);
  if (ours.length > 0) return { ...receipt, outcome: 'diverged', verified: false, message: unmarkedText(ref, ours) };
  if (!hasWriters(object)) return { ...receipt, outcome: 'diverged', verified: false, message: unknownText(ref) };
  const message =
    'no trace of the injection is left on the object: no mark, and no field that mayday was the last to write; no record is left either, so its values were not compared';
  return { ...receipt, outcome: 'stripped', verified: true, message };
}

/** What a dead run left without any mark, so that no scan finds it; only the journal of the run knows of it. */
export interface Leftover {
  /** As the id of a found injection. */
  id: string;
  type: FaultType;
  /** The object that was written; for a backup, the backup itself, even if both it and the original object are gone. */
  object: ObjectRef;
  /** What is known of it, and how a person settles it. */
  says: string;
}

/** The leftover that an unverified receipt reports. */
export const leftoverOf = (type: FaultType, { id, object, message }: Receipt): Leftover => ({
  id,
  type,
  object,
  says: `${message}; to accept it as it is: \`mayday revert ${shellWord(id)} --strip-marks\``,
});

/** Whether managedFields say who wrote the object; somebody may have cleared them. */
const hasWriters = ({ metadata: { managedFields = [] } }: KubeObject): boolean => managedFields.length > 0;

const unknownText = (ref: ObjectRef): string =>
  `no mark of the injection is left on ${nameOf(ref)}, and it has no managedFields, so it is not known whether its values are the injected ones; no record is left to compare with: check it, and set the right value by hand`;

/** The message about an object that lost its marks and still holds a value that mayday wrote. */
const unmarkedText = (ref: ObjectRef, fields: readonly string[]): string =>
  `somebody removed the marks of ${nameOf(ref)}, and ${listed(fields)} still as mayday wrote ${fields.length === 1 ? 'it' : 'them'}, by its managedFields: either the injected value, or an original restored by a process that crashed then; no record is left to compare with: check it, and set the right value by hand`;

const SHOWN = 5;

function listed(fields: readonly string[]): string {
  const more = fields.length - SHOWN;
  const names = [...fields.slice(0, SHOWN), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return `${names} ${fields.length === 1 ? 'is' : 'are'}`;
}
