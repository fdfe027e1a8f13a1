import type { Facts } from '../../faults/contract.ts';
import type { FaultType } from '../../faults/types.ts';
import { rewriterOf } from '../../k8s/field-writers.ts';
import { mapAt } from '../../k8s/json-patch.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { sanitise } from '../../text/sanitise.ts';
import { createdMarks } from '../plan/created.ts';
import { fingerprint, isInjected, readMayday } from './envelope.ts';
import { onTheWire, parseExact } from './exact-json.ts';
import { type GoValue, goJson } from './go-json.ts';
import { MAYDAY, TYPE_LABEL } from './markers.ts';

/** How one fault type backs up an object that it deletes: the kind, data key and name of the backup. */
export interface BackupFormat {
  type: FaultType;
  /** The kind of the original, if it is always the same; then the framework writes neither kind nor apiVersion into the backup. */
  keeps?: { apiVersion: string; kind: string };
  backupKind: 'ConfigMap' | 'Secret';
  key: string;
  backupName(original: { kind: string; name: string }): string;
}

/** The API server's limit for the data of a Secret or ConfigMap, in bytes. */
const MAX_DATA_BYTES = 1_048_576;

/** The whole object as the framework serialises it for a backup. */
export function backupText(format: BackupFormat, object: KubeObject): string {
  if (format.keeps === undefined) return goJson(object as unknown as GoValue);
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
  return goJson(rest as unknown as GoValue, 'as-given');
}

/** Whether a backup of this text fits into one object. */
export const fitsBackup = (text: string): boolean => Buffer.byteLength(text, 'utf8') < MAX_DATA_BYTES - 4096;

export function backupRef(format: BackupFormat, original: ObjectRef): ObjectRef {
  const place = original.namespace === undefined ? {} : { namespace: original.namespace };
  return { apiVersion: 'v1', kind: format.backupKind, ...place, name: format.backupName(original) };
}

/** The backup object, with mayday's facts and the digest of its data, because the framework's format has no checksum. */
export function backupOf(format: BackupFormat, ref: ObjectRef, text: string, facts: Facts): KubeObject {
  const isSecret = format.backupKind === 'Secret';
  return {
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: {
      name: ref.name,
      ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }),
      ...createdMarks(format.type, facts, { injected: fingerprint(text, true) }),
    },
    ...(isSecret ? { type: 'Opaque' } : {}),
    data: { [format.key]: isSecret ? Buffer.from(text, 'utf8').toString('base64') : text },
  };
}

/** The original in a backup; a text says why it cannot be trusted. Its kind, name and namespace must match the backup's own name and namespace. */
export function originalIn(format: BackupFormat, backup: KubeObject): KubeObject | string {
  if (backup.kind !== format.backupKind) return `${format.type} keeps its originals in a ${format.backupKind}`;
  const stored = mapAt(backup, ['data'])?.[format.key];
  if (stored === undefined) return `it holds no ${format.key}`;
  const text = format.backupKind === 'Secret' ? Buffer.from(stored, 'base64').toString('utf8') : stored;
  const recorded = readMayday(backup.metadata.annotations?.[MAYDAY])?.injected;
  if (recorded !== undefined && !isInjected(text, recorded)) return changedSince(backup, format.key);
  if (recorded === undefined && isRewritten(backup, format.key)) return changedSince(backup, format.key);
  const object = objectIn(text);
  if (object === undefined) return `its ${format.key} holds no Kubernetes object`;
  return mismatch(format, object, backup) ?? ({ ...format.keeps, ...object } as KubeObject);
}

const dataOf = (key: string) => ['f:data', `f:${key}`];
const MADE_WITH = ['f:metadata', 'f:labels', `f:${TYPE_LABEL}`];

/** Whether somebody else than who made the backup wrote what it holds: for backups without a digest. */
export const isRewritten = (backup: KubeObject, key: string): boolean =>
  rewriterOf(backup, dataOf(key), MADE_WITH) !== undefined;

/** Why a backup whose content was changed is not restored from. */
export function changedSince(backup: KubeObject, key: string): string {
  const by = rewriterOf(backup, dataOf(key), MADE_WITH);
  return `its data was changed after the injection stored it${by === undefined ? '' : `, by ${sanitise(by, 80)}`}; restore the original by hand, then delete this backup`;
}

function objectIn(text: string): Partial<KubeObject> | undefined {
  try {
    const value = onTheWire(parseExact(text)) as unknown;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    const { metadata } = (isObject ? value : {}) as { metadata?: { name?: unknown } };
    return typeof metadata?.name === 'string' ? (value as Partial<KubeObject>) : undefined;
  } catch {
    return undefined;
  }
}

/** A user who may write a backup could make mayday create what the user may not create, so the original must match the backup's name. */
function mismatch(format: BackupFormat, object: Partial<KubeObject>, backup: KubeObject): string | undefined {
  const { keeps } = format;
  const { apiVersion = keeps?.apiVersion, kind = keeps?.kind, metadata } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || metadata === undefined)
    return 'it does not name the kind of its object';
  if (keeps !== undefined && (keeps.apiVersion !== apiVersion || keeps.kind !== kind))
    return `it holds a ${sanitise(kind, 80)}, expected a ${keeps.kind}`;
  const expected = format.backupName({ kind, name: metadata.name });
  if (expected !== backup.metadata.name)
    return `it holds ${sanitise(`${kind} ${metadata.name}`, 200)}, whose backup would be named ${sanitise(expected, 253)}`;
  return metadata.namespace === backup.metadata.namespace
    ? undefined
    : `it holds an object of namespace ${sanitise(metadata.namespace ?? '(none)', 80)}, so it is probably a copy that a backup tool made; if so, delete it`;
}
