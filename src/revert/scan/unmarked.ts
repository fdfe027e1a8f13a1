import type { FaultType } from '../../faults/types.ts';
import { injectionId } from '../../injection/found-injection.ts';
import { leftoverFields } from '../../injection/write/ownership.ts';
import type { Receipt } from '../../injection/write/receipt.ts';
import { pathsOf } from '../../k8s/field-set.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import { recognise } from './recognise.ts';

/**
 * The fields of an object without marks that stand as mayday wrote them, by the server's own account. Whoever takes labels and annotations
 * off leaves this. A revert of ours gives each field back, so after one there is none; and another writer's new value takes the field over.
 * While another injection is marked on the object the fields may be its own: they tell nothing then.
 */
export function writtenByUs(object: KubeObject): string[] {
  if (recognise(object).length > 0) return [];
  const managedFields = object.metadata.managedFields?.filter(({ fieldsType }) => fieldsType === 'FieldsV1') ?? [];
  const fields = leftoverFields({ ...object, metadata: { ...object.metadata, managedFields } }, undefined);
  return pathsOf(fields).map(path => sanitise(path.map(step => step.replace(/^[fkv]:/, '')).join('.'), 120));
}

/** The receipt for an object on which no mark of the injection is left; `object` is undefined where it is gone. */
export function untraced(type: FaultType, ref: ObjectRef, object: KubeObject | undefined): Receipt {
  const receipt = { id: injectionId(type, ref), type, object: ref, requests: 1, ms: 0 };
  if (object === undefined)
    return { ...receipt, outcome: 'gone', verified: true, message: 'the object is gone, and the injection with it' };
  const ours = writtenByUs(object);
  if (ours.length > 0) return { ...receipt, outcome: 'diverged', verified: false, message: unmarkedSays(ref, ours) };
  const message =
    'no trace of the injection is left on the object: no mark, and no field that mayday was the last to write';
  return { ...receipt, outcome: 'already-restored', verified: true, message };
}

/** What a person is told about an object that lost its marks and still holds the injected value. */
export const unmarkedSays = (ref: ObjectRef, fields: readonly string[]): string =>
  `the marks were taken off ${nameOf(ref)}, and ${listed(fields)} still as mayday wrote ${fields.length === 1 ? 'it' : 'them'}, as its managedFields say: the injected value, or an original that was put back by a process that died then; no record is left to compare with: look, and put the right value in by hand`;

const SHOWN = 5;

function listed(fields: readonly string[]): string {
  const more = fields.length - SHOWN;
  const names = [...fields.slice(0, SHOWN), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return `${names} ${fields.length === 1 ? 'is' : 'are'}`;
}
