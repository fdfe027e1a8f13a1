import type { Refusal } from '../../faults/contract.ts';
import { undoRecords } from '../../faults/recognition.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import type { Failure } from '../../kube/client/http/outcome.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Seen } from '../live.ts';
import { TYPE_LABEL } from '../record/markers.ts';

/** Makes a refusal; the message is sanitised. */
export function refuse(code: Refusal['code'], message: string): Refusal {
  return { is: 'refusal', code, message: sanitise(message) };
}

/** Refuses because a read that the plan needs failed. */
export function blindTo(what: string, failure: Failure): Refusal {
  return refuse('blind', `cannot read ${what}, so nothing is injected: ${failure.message}`);
}

/**
 * The object to inject into. Refuses an object that cannot be read, does not exist, is Terminating, or carries marks of an injection
 * of any type: two faults on one object would overwrite each other's undo record.
 */
export function injectable(seen: Seen<KubeObject>, ref: ObjectRef): KubeObject | Refusal {
  if (seen.state === 'blind') return blindTo(nameOf(ref), seen.failure);
  if (seen.state !== 'found')
    return refuse('not-found', `expected ${nameOf(ref)} to exist, found none: check the name and namespace`);
  const object = seen.value;
  const records = undoRecords(object);
  const label = object.metadata.labels?.[TYPE_LABEL];
  if (records.length > 0) {
    return refuse(
      'already-injected',
      `${nameOf(ref)} already carries the undo record ${records.join(', ')}: revert it first`,
    );
  }
  if (label !== undefined) {
    return refuse('already-injected', `${nameOf(ref)} is labelled ${TYPE_LABEL}=${label}: revert that injection first`);
  }
  if (object.metadata.deletionTimestamp !== undefined) {
    return refuse(
      'terminating',
      `${nameOf(ref)} is Terminating since ${object.metadata.deletionTimestamp}: wait until it is gone`,
    );
  }
  return object;
}

/** Whether the value is a refusal. */
export function isRefusal(value: object): value is Refusal {
  return 'is' in value && value.is === 'refusal';
}
