import { createHmac, timingSafeEqual } from 'node:crypto';
import { isRecordKey } from '../../faults/recognition.ts';
import type { FaultType } from '../../faults/types.ts';
import { type MaydayFacts, readEnvelope, readMayday, sha256 } from '../../injection/record/envelope.ts';
import { type GoValue, goJson } from '../../injection/record/go-json.ts';
import { MAYDAY, ROLLBACK_DATA } from '../../injection/record/markers.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { groupOf } from '../../k8s/object-ref.ts';

type Carrier = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'> & { data?: unknown };

/** A record with the facts beside it, as it stands on its object. */
export interface Record_ {
  facts: MaydayFacts;
  /** The undo record itself; the facts tell what was made where there is none. */
  record: string;
  isVictim: boolean;
}

/** The record of ours on this object, undefined where it carries none. */
export function recordOn(object: Carrier): Record_ | undefined {
  const annotations = object.metadata.annotations ?? {};
  const envelope = annotations[ROLLBACK_DATA];
  if (envelope !== undefined) {
    const read = readEnvelope(envelope);
    return read.ok && read.mayday ? { facts: read.mayday, record: read.raw, isVictim: true } : undefined;
  }
  const facts = readMayday(annotations[MAYDAY]);
  if (facts === undefined) return undefined;
  const plain = Object.entries(annotations)
    .filter(([key]) => key !== MAYDAY && isRecordKey(key))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (plain.length > 0) return { facts, record: JSON.stringify(plain), isVictim: true };
  return { facts, record: contentOf(object), isVictim: false };
}

/** What a backup holds. Other objects are told by the digest in the facts, since servers add defaults to them. */
const contentOf = ({ kind, data }: Carrier): string =>
  kind === 'Secret' || kind === 'ConfigMap' ? sha256(goJson((data ?? {}) as GoValue)) : '';

/** Which object it is. `uid` is empty for an object that the injection creates: it is not known beforehand. */
function text(carrier: Carrier, type: FaultType, { facts, record }: Record_, uid: string): string {
  const { sig: _sig, ...said } = facts;
  const { name, namespace = '' } = carrier.metadata;
  return goJson([
    'mayday/1',
    type,
    groupOf(carrier.apiVersion),
    carrier.kind,
    namespace,
    name,
    uid,
    record,
    said as unknown as GoValue,
  ]);
}

/** The signature of a record: over the object, the type, the record, the facts with their expiry, and what a backup holds. */
export const signatureOf = (key: Uint8Array, carrier: Carrier, type: FaultType, of: Record_, uid: string): string =>
  createHmac('sha256', key)
    .update(text(carrier, type, of, uid), 'utf8')
    .digest('base64url');

/**
 * An object that an injection creates appears soon after its record was written; one that appears much later is
 * somebody else's copy.
 */
const BEFORE_MS = 60_000;
const AFTER_MS = 600_000;

/** Whether whoever wrote this record had the key, and wrote it for this very object. Never throws. */
export function isSigned(key: Uint8Array, object: KubeObject, type: FaultType): boolean {
  try {
    const of = recordOn(object);
    if (of?.facts.sig === undefined) return false;
    const { uid, creationTimestamp } = object.metadata;
    if (uid !== undefined && isEqual(of.facts.sig, signatureOf(key, object, type, of, uid))) return true;
    const late = Date.parse(creationTimestamp ?? '') - Date.parse(of.facts.at);
    const isOfThen = late >= -BEFORE_MS && late <= AFTER_MS;
    return isOfThen && isEqual(of.facts.sig, signatureOf(key, object, type, of, ''));
  } catch {
    return false;
  }
}

/** Whether this record says that it is signed, by whomever. Never throws. */
export function carriesSignature(object: KubeObject): boolean {
  try {
    return recordOn(object)?.facts.sig !== undefined;
  } catch {
    return false;
  }
}

function isEqual(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
