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

/** Puts an undo record on a victim: annotations as given, and the type label. `managed-by` is left as it is: their `clean` deletes by it. */
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

/** A record that the framework or the API server would not take is refused before anything is written. */
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
        `the original does not fit an undo record on ${nameOf(refOf(target))}: ${limit} bytes are the limit`,
      )
    : undefined;
}

/** The checked envelope on a victim, of this type as far as the label tells; or what is wrong with it. */
export function recordIn(victim: KubeObject, type: FaultType): Envelope | string {
  const text = victim.metadata.annotations?.[ROLLBACK_DATA];
  if (text === undefined) return 'labelled as injected, but its undo record is gone, so the original is not known';
  const label = victim.metadata.labels?.[TYPE_LABEL];
  if (label !== undefined && label !== type) return `the label says ${label}, the record is read as ${type}`;
  const envelope = readEnvelope(text);
  return envelope.ok ? envelope : `the undo record is damaged: ${envelope.reason}`;
}

/** The answer for a record that cannot be trusted. */
export function corrupt(victim: KubeObject, why: string): Restore {
  return { is: 'corrupt', says: `${nameOf(refOf(victim))}: ${why}; left as it is` };
}

/**
 * One request that applies `value` and takes the record out. `atVersion` binds it to this very version of the object, for values that
 * their own operations do not test.
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

/** A record's payload as a map of texts; undefined where it is anything else. */
export function textsIn(data: unknown): { [name: string]: string } | undefined {
  const isTexts =
    typeof data === 'object' &&
    data !== null &&
    !Array.isArray(data) &&
    Object.values(data).every(value => typeof value === 'string');
  return isTexts ? (data as { [name: string]: string }) : undefined;
}
