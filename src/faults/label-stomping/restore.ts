import type { FoundInjection } from '../../injection/found-injection.ts';
import { type Envelope, isInjected } from '../../injection/record/envelope.ts';
import { ROLLBACK_DATA } from '../../injection/record/markers.ts';
import { corrupt, recordIn, restoreAndStrip } from '../../injection/record/record.ts';
import { threeWay } from '../../injection/restore/three-way.ts';
import { isSentWithObject, isUntouched } from '../../k8s/field-writers.ts';
import { mapOperations, type Operation, pointer, remove, test } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { own } from '../../text/own.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Restore } from '../contract.ts';
import { DEFAULT_VALUE, DELETED, isMark, shown } from './plan.ts';

const RECORD = ['f:metadata', 'f:annotations', `f:${ROLLBACK_DATA}`];

interface LabelRecord extends Pick<Envelope, 'mayday'> {
  key: string;
  original: string | undefined;
}

function recordOf(victim: KubeObject): LabelRecord | string {
  const envelope = recordIn(victim, 'LabelStomping');
  if (typeof envelope === 'string') return envelope;
  const { labelKey, originalValue, existed } = (envelope.data ?? {}) as Record<string, unknown>;
  if (typeof labelKey !== 'string' || typeof originalValue !== 'string' || typeof existed !== 'boolean')
    return 'the undo record is not one of LabelStomping';
  if (labelKey === '' || isMark(labelKey))
    return `the undo record is about "${labelKey}", which is no label that this fault may change`;
  return {
    key: labelKey,
    original: existed ? originalValue : undefined,
    ...(envelope.mayday === undefined ? {} : { mayday: envelope.mayday }),
  };
}

/** Decides whether the original label may be restored. */
export function restore(found: FoundInjection): Restore {
  const victim = found.live;
  const record = recordOf(victim);
  if (typeof record === 'string') return corrupt(victim, record);
  const { key, original, mayday } = record;
  const current = own(victim.metadata.labels, key);
  const what = `label ${sanitise(key, 120)}`;
  const back = (value: Operation[]) =>
    restoreAndStrip(victim, {
      type: 'LabelStomping',
      records: [ROLLBACK_DATA],
      mayday,
      value,
      what,
      atVersion: current === undefined,
    });
  return threeWay({
    what: `${what} of ${nameOf(refOf(victim))}`,
    isOriginal: current === original,
    isInjected: stillInjected(victim, key, current, mayday?.injected),
    isSent: current !== DEFAULT_VALUE && isSentWithObject(victim, RECORD),
    original: shown(original),
    injected: mayday?.injected,
    live: shown(current),
    put: back(labelOperations(victim, key, current, original)),
    strip: back([]),
  });
}

function stillInjected(
  victim: KubeObject,
  key: string,
  current: string | undefined,
  injected: string | undefined,
): boolean {
  if (injected !== undefined) return isInjected(current ?? DELETED, injected);
  // managedFields do not say who removed a label; the framework's injection may have done it.
  if (current === undefined) return true;
  if (current !== DEFAULT_VALUE && isSentWithObject(victim, RECORD)) return false;
  return isUntouched(victim, ['f:metadata', 'f:labels', `f:${key}`], RECORD);
}

function labelOperations(
  victim: KubeObject,
  key: string,
  current: string | undefined,
  original: string | undefined,
): Operation[] {
  const path = pointer('metadata', 'labels', key);
  const guard = current === undefined ? [] : [test(path, current)];
  if (original !== undefined)
    return [...guard, ...mapOperations(victim, ['metadata', 'labels'], { set: { [key]: original } })];
  return current === undefined ? [] : [...guard, remove(path)];
}
