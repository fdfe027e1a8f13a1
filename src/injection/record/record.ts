import type { Refusal, Restore } from '../../faults/contract.ts';
import type { FaultType } from '../../faults/types.ts';
import { mapOperations, type Operation } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { refuse } from '../plan/refuse.ts';
import { patchOf } from '../write/patch-of.ts';
import type { Write } from '../write/write.ts';
import {
  type Envelope,
  MAX_ANNOTATION_BYTES,
  MAX_PAYLOAD_BYTES,
  type MaydayFacts,
  payloadBytes,
  readEnvelope,
} from './envelope.ts';
import type { GoValue } from './go-json.ts';
import { ROLLBACK_DATA, TYPE_LABEL } from './markers.ts';
import { stripMarks } from './strip.ts';

/** Adds an undo record and the type label to a victim. `managed-by` is not changed, because the framework's `clean` deletes objects by it. */
export function markOperations(
  target: KubeObject,
  type: FaultType,
  annotations: Readonly<Record<string, string>>,
): Operation[] {
  return [
    ...mapOperations(target, ['metadata', 'annotations'], { set: annotations }),
    ...mapOperations(target, ['metadata', 'labels'], { set: { [TYPE_LABEL]: type } }),
  ];
}

/** Refuses an undo record that is too large for the framework or the API server. */
export function tooLarge(target: KubeObject, payload: GoValue, record: string): Refusal | undefined {
  const present = Object.entries(target.metadata.annotations ?? {}).flat();
  const annotations = [...present, ROLLBACK_DATA, record].reduce(
    (sum, text) => sum + Buffer.byteLength(text, 'utf8'),
    0,
  );
  const limit = payloadBytes(payload) > MAX_PAYLOAD_BYTES ? MAX_PAYLOAD_BYTES : MAX_ANNOTATION_BYTES;
  return limit === MAX_PAYLOAD_BYTES || annotations > MAX_ANNOTATION_BYTES
    ? refuse(
        'invalid',
        `the original does not fit into an undo record on ${nameOf(refOf(target))}: the limit is ${limit} bytes`,
      )
    : undefined;
}

/** The checked envelope on a victim; a text says what is wrong with it. The type label, if there is one, must name this type. */
export function recordIn(victim: KubeObject, type: FaultType): Envelope | string {
  const text = victim.metadata.annotations?.[ROLLBACK_DATA];
  if (text === undefined) return 'it has the type label but no undo record, so the original is not known';
  const label = victim.metadata.labels?.[TYPE_LABEL];
  if (label !== undefined && label !== type)
    return `the type label says ${label}, but the undo record was read as ${type}`;
  const envelope = readEnvelope(text);
  return envelope.ok ? envelope : `the undo record is damaged: ${envelope.reason}`;
}

/** The result for an undo record that cannot be used. */
export function corrupt(victim: KubeObject, why: string): Restore {
  return { is: 'corrupt', says: `${nameOf(refOf(victim))}: ${why}; left as it is` };
}

/**
 * One request that applies `value` and removes the undo record. With `atVersion` it applies only to the version that was read, for
 * operations that do not test the current value themselves.
 */
export function restoreAndStrip(
  victim: KubeObject,
  how: {
    type: FaultType;
    records: readonly string[];
    mayday: MaydayFacts | undefined;
    value: readonly Operation[];
    what: string;
    atVersion?: boolean;
  },
): Write {
  const isStrip = how.value.length === 0;
  return patchOf(victim, [...how.value, ...stripMarks(victim, how.type, how.records, how.mayday)], {
    says: isStrip ? `strip the marks of ${nameOf(refOf(victim))}` : `restore ${how.what} of ${nameOf(refOf(victim))}`,
    atVersion: isStrip || how.atVersion === true,
    owners: how.mayday?.owners,
  });
}

/** The payload of an undo record as a map of texts; undefined if it is anything else. */
export function textsIn(data: unknown): { [name: string]: string } | undefined {
  const isTexts =
    typeof data === 'object' &&
    data !== null &&
    !Array.isArray(data) &&
    Object.values(data).every(value => typeof value === 'string');
  return isTexts ? (data as { [name: string]: string }) : undefined;
}
