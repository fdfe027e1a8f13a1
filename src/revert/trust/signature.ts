import { createHmac, timingSafeEqual } from 'node:crypto';
import { isRecordKey } from '../../faults/recognition.ts';
import type { FaultType } from '../../faults/types.ts';
import { type MaydayFacts, readEnvelope, readMayday, sha256 } from '../../injection/record/envelope.ts';
import { type GoValue, goJson } from '../../injection/record/go-json.ts';
import { MAYDAY, ROLLBACK_DATA } from '../../injection/record/markers.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { groupOf } from '../../k8s/object-ref.ts';

type Carrier = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'> & { data?: unknown };

/** An undo record of mayday with its facts, as it is on its object. */
export interface SignableRecord {
  facts: MaydayFacts;
  /** The text of the undo record; for a created object, the digest of its content. */
  record: string;
  isVictim: boolean;
}

/** mayday's undo record on this object; undefined if it carries none. */
export function recordOn(object: Carrier): SignableRecord | undefined {
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

/** The digest of a backup's data. Empty for other created objects: servers add defaults to them, and the facts hold a digest. */
const contentOf = ({ kind, data }: Carrier): string =>
  kind === 'Secret' || kind === 'ConfigMap' ? sha256(goJson((data ?? {}) as GoValue)) : '';

/** The text to sign. `uid` is empty for an object that the injection creates, because it is not known beforehand. */
function textToSign(carrier: Carrier, type: FaultType, { facts, record }: SignableRecord, uid: string): string {
  const { sig: _sig, ...signedFacts } = facts;
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
    signedFacts as unknown as GoValue,
  ]);
}

/** The signature (HMAC-SHA256, base64url) over the object's name, the fault type, the record, and the facts with their expiry. */
export const signatureOf = (
  key: Uint8Array,
  carrier: Carrier,
  type: FaultType,
  of: SignableRecord,
  uid: string,
): string =>
  createHmac('sha256', key)
    .update(textToSign(carrier, type, of, uid), 'utf8')
    .digest('base64url');

/**
 * An object that an injection creates appears soon after the time in its facts; an object that appears much later is a
 * copy made by somebody else.
 */
const BEFORE_MS = 60_000;
const AFTER_MS = 600_000;

/** Whether the author of this record had the key and wrote it for this object. Never throws. */
export function isSigned(key: Uint8Array, object: KubeObject, type: FaultType): boolean {
  try {
    const of = recordOn(object);
    if (of?.facts.sig === undefined) return false;
    const { uid, creationTimestamp } = object.metadata;
    if (uid !== undefined && isEqual(of.facts.sig, signatureOf(key, object, type, of, uid))) return true;
    const createdAfterMs = Date.parse(creationTimestamp ?? '') - Date.parse(of.facts.at);
    const isInTime = createdAfterMs >= -BEFORE_MS && createdAfterMs <= AFTER_MS;
    return isInTime && isEqual(of.facts.sig, signatureOf(key, object, type, of, ''));
  } catch {
    return false;
  }
}

/** Whether this record has a signature, valid or not. Never throws. */
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
