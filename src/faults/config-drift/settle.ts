import { isInjected, sha256 } from '../../injection/record/envelope.ts';
import { ROLLBACK_DATA } from '../../injection/record/markers.ts';
import { stripMarks } from '../../injection/record/strip.ts';
import { neitherValue, takenForInjected } from '../../injection/restore/three-way.ts';
import { patchOf } from '../../injection/write/patch-of.ts';
import type { Write } from '../../injection/write/write.ts';
import { isSentWithObject, isUntouched } from '../../k8s/field-writers.ts';
import { mapAt, type Operation, pointer, remove, set, test } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { own } from '../../text/own.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Restore } from '../contract.ts';
import type { DriftRecord } from './record.ts';

const RECORD = ['f:metadata', 'f:annotations', `f:${ROLLBACK_DATA}`];

/**
 * Compares the current value with the original and the injected one, and decides the restore. The writes of `after`
 * follow the write to the victim.
 */
export function restoreValue(
  victim: KubeObject,
  record: DriftRecord,
  original: string | undefined,
  after: Write[],
): Restore {
  const name = nameOf(refOf(victim));
  const key = sanitise(record.key, 80);
  const current = own(mapAt(victim, ['data']), record.key);
  if (current === original) {
    const writes = [restoreWrite(victim, record, []), ...after];
    return {
      is: 'already-restored',
      writes,
      says: `${key} of ${name} already holds the original`,
    };
  }
  const writes = [restoreWrite(victim, record, valueOperations(victim, record.key, original)), ...after];
  const injected = record.mayday?.injected;
  const isDiverged =
    injected === undefined
      ? !isAsInjected(victim, record.key, original)
      : current === undefined || !isInjected(current, injected);
  const shown = { original: shownValue(victim, original), live: shownValue(victim, current) };
  const isSent = injected === undefined && isSentWithObject(victim, RECORD);
  if (!isDiverged) {
    const says = `restore ${key} of ${name}${isSent ? takenForInjected(shown.live) : ''}`;
    return { is: 'restore', writes, says, shown };
  }
  return {
    is: 'diverged',
    writes,
    ...shown,
    injected: injected === undefined ? '(not recorded)' : shownValue(victim, injected),
    says: neitherValue(`${key} of ${name}`, injected !== undefined, isSent),
  };
}

/**
 * The framework does not record the injected value, so managedFields decide who wrote the current one. For an object
 * that was created empty, the server keeps no managedFields until somebody applies it. If such an object holds only the
 * injected key, and that key did not exist before, a restore can lose nothing but the injected value.
 */
function isAsInjected(victim: KubeObject, key: string, original: string | undefined): boolean {
  const { managedFields = [] } = victim.metadata;
  const keys = Object.keys({ ...mapAt(victim, ['data']), ...mapAt(victim, ['binaryData']) });
  if (managedFields.length === 0 && original === undefined && keys.every(one => one === key)) return true;
  return isUntouched(victim, ['f:data', `f:${key}`], RECORD);
}

/** One request that restores the value, on condition that the current one has not changed, and removes the marks. */
function restoreWrite(victim: KubeObject, record: DriftRecord, value: Operation[]): Write {
  const untestable = value.length > 0 && own(mapAt(victim, ['data']), record.key) === undefined;
  return patchOf(victim, [...value, ...stripMarks(victim, 'ConfigDrift', [ROLLBACK_DATA], record.mayday)], {
    says:
      value.length > 0
        ? `restore ${sanitise(record.key, 80)} of ${nameOf(refOf(victim))}`
        : `strip the marks of ${nameOf(refOf(victim))}`,
    atVersion: untestable || value.length === 0,
    owners: record.mayday?.owners,
  });
}

/** Sets the key to its original, or removes it, on condition that the current value has not changed. */
export function valueOperations(victim: KubeObject, key: string, original: string | undefined): Operation[] {
  const path = pointer('data', key);
  const data = mapAt(victim, ['data']);
  const current = own(data, key);
  const guard = current === undefined ? [] : [test(path, current)];
  if (original === undefined) return [...guard, remove(path)];
  return data === undefined ? [set(pointer('data'), { [key]: original })] : [...guard, set(path, original)];
}

/** A value for the screen; of a Secret's value only size and digest. */
export function shownValue(of: KubeObject, value: string | undefined): string {
  if (value === undefined) return '(absent)';
  if (value === '') return '(empty)';
  if (of.kind !== 'Secret' || value.startsWith('sha256:')) return sanitise(value, 400);
  return `(secret, ${Buffer.from(value, 'base64').length} bytes, sha256:${sha256(value).slice(0, 12)})`;
}
