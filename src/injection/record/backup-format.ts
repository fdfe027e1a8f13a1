import type { Facts } from '../../faults/contract.ts';
import type { FaultType } from '../../faults/types.ts';
import { mapAt } from '../../k8s/json-patch.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { sanitise } from '../../text/sanitise.ts';
import { createdMarks } from '../plan/created.ts';
import { fingerprint, isInjected, readMayday } from './envelope.ts';
import { onTheWire, parseExact } from './exact-json.ts';
import { type GoValue, goJson } from './go-json.ts';
import { MAYDAY } from './markers.ts';

/** How one type keeps the whole of an object that it deletes: in which kind of object, under which key, by which name. */
export interface BackupFormat {
  type: FaultType;
  /** The kind that is kept, where it is always the same; the framework then writes neither kind nor apiVersion into the backup. */
  keeps?: { apiVersion: string; kind: string };
  backupKind: 'ConfigMap' | 'Secret';
  key: string;
  backupName(original: { kind: string; name: string }): string;
}

/** The API server takes no Secret and no ConfigMap that holds more. */
const LARGEST = 1_048_576;

/** The object as the framework writes it down: everything that the server said of it. */
export function keptText(format: BackupFormat, object: KubeObject): string {
  if (format.keeps === undefined) return goJson(object as unknown as GoValue);
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
  return goJson(rest as unknown as GoValue, 'as-given');
}

/** Whether a backup of this text fits into one object. */
export const fitsBackup = (text: string): boolean => Buffer.byteLength(text, 'utf8') < LARGEST - 4096;

export function backupRef(format: BackupFormat, original: ObjectRef): ObjectRef {
  const place = original.namespace === undefined ? {} : { namespace: original.namespace };
  return { apiVersion: 'v1', kind: format.backupKind, ...place, name: format.backupName(original) };
}

/** The backup object, with our facts and the digest of what it holds: the framework's format has no checksum. */
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

/** The object that a backup keeps; or why it is not to be trusted. What it says of itself must lead to the backup's own name and place. */
export function keptIn(format: BackupFormat, backup: KubeObject): KubeObject | string {
  if (backup.kind !== format.backupKind) return `${format.type} keeps its originals in a ${format.backupKind}`;
  const stored = mapAt(backup, ['data'])?.[format.key];
  if (stored === undefined) return `it holds no ${format.key}`;
  const text = format.backupKind === 'Secret' ? Buffer.from(stored, 'base64').toString('utf8') : stored;
  const recorded = readMayday(backup.metadata.annotations?.[MAYDAY])?.injected;
  if (recorded !== undefined && !isInjected(text, recorded)) return 'what it holds is not what was put into it';
  const object = objectIn(text);
  if (object === undefined) return `its ${format.key} is no object`;
  return mismatch(format, object, backup) ?? ({ ...format.keeps, ...object } as KubeObject);
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

/** Anybody who may write a backup could have us create what they may not: it is only taken for what its own name says. */
function mismatch(format: BackupFormat, object: Partial<KubeObject>, backup: KubeObject): string | undefined {
  const { keeps } = format;
  const { apiVersion = keeps?.apiVersion, kind = keeps?.kind, metadata } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || metadata === undefined)
    return 'it does not say of which kind its object is';
  if (keeps !== undefined && (keeps.apiVersion !== apiVersion || keeps.kind !== kind))
    return `it holds a ${sanitise(kind, 80)}, expected a ${keeps.kind}`;
  const expected = format.backupName({ kind, name: metadata.name });
  if (expected !== backup.metadata.name)
    return `it holds ${sanitise(`${kind} ${metadata.name}`, 200)}, whose backup would be named ${sanitise(expected, 253)}`;
  return metadata.namespace === backup.metadata.namespace
    ? undefined
    : `it holds an object of namespace ${sanitise(metadata.namespace ?? '(none)', 80)}`;
}
