import type { KubeObject, ObjectRef } from '../../kube/object.ts';
import { sanitise } from '../../text/sanitise.ts';
import { isInjected, type MaydayFacts, sha256 } from '../envelope.ts';
import type { Live, Read, Restore } from '../fault.ts';
import type { Finding } from '../finding.ts';
import { mapAt, type Operation, patchOf, pointer, refOf, remove, set, test } from '../json-patch.ts';
import { objectIn } from '../live.ts';
import { ORIGINAL_SECRET, ROLLBACK_DATA, rollbackSecretName } from '../markers.ts';
import { nameOf } from '../name.ts';
import { recordIn, textsIn } from '../record.ts';
import { stripMarks } from '../strip.ts';
import type { Write } from '../write.ts';
import { isRewritten } from '../writers.ts';

const BACKUP = 'backup';
const VICTIM = 'victim';
const BACKUP_PREFIX = 'chaos-rollback-';

/** A ConfigDrift record that passed every check. */
interface Record {
  key: string;
  /** The original as it stands in `data`; undefined where the key was not there. Absent for a Secret, whose backup holds it. */
  original?: { value: string | undefined };
  backupName?: string;
  mayday?: MaydayFacts;
}

export function restoreDriftReads(found: Finding): Read[] {
  const owner = backupOwner(found);
  if (owner !== undefined) return [{ key: VICTIM, get: owner }];
  const record = recordOf(found.live);
  if (typeof record === 'string' || record.backupName === undefined) return [];
  const { namespace } = found.live.metadata;
  return [
    {
      key: BACKUP,
      get: {
        apiVersion: 'v1',
        kind: 'Secret',
        ...(namespace === undefined ? {} : { namespace }),
        name: record.backupName,
      },
    },
  ];
}

/** The Secret that a rollback Secret keeps the original of; undefined for anything else. */
export function backupOwner(found: Finding): ObjectRef | undefined {
  const { metadata, kind } = found.live;
  const name = metadata.annotations?.[ORIGINAL_SECRET];
  const isBackup = kind === 'Secret' && metadata.name.startsWith(BACKUP_PREFIX) && name !== undefined;
  return isBackup && metadata.annotations?.[ROLLBACK_DATA] === undefined
    ? {
        apiVersion: 'v1',
        kind: 'Secret',
        ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
        name,
      }
    : undefined;
}

export function restoreDrift(found: Finding, live: Live): Restore {
  return backupOwner(found) === undefined ? restoreVictim(found, live) : restoreFromBackup(found.live, live);
}

function restoreVictim(found: Finding, live: Live): Restore {
  const victim = found.live;
  const name = nameOf(refOf(victim));
  const record = recordOf(victim);
  if (typeof record === 'string') return { kind: 'corrupt', says: `${name}: ${record}; left as it is` };
  if (record.original !== undefined) return settled(victim, record, record.original.value, []);
  const backup = objectIn(live, BACKUP);
  if (backup.state !== 'found') {
    const why = backup.state === 'blind' ? `cannot be read (${backup.failure.message})` : 'is gone';
    return {
      kind: 'corrupt',
      says: `${name}: Secret ${record.backupName}, which held the original of ${record.key}, ${why}; left as it is`,
    };
  }
  const original = originalIn(backup.value, victim.metadata.name, record.key);
  if (typeof original === 'string') return { kind: 'corrupt', says: `${name}: ${original}; left as it is` };
  return settled(victim, record, original.value, [dropBackup(backup.value)]);
}

/** Compares what is there with what was and what was put in, and says what that means. `after` follows the victim's restore. */
function settled(victim: KubeObject, record: Record, original: string | undefined, after: Write[]): Restore {
  const name = nameOf(refOf(victim));
  const key = sanitise(record.key, 80);
  const is = mapAt(victim, ['data'])?.[record.key];
  if (is === original) {
    const writes = [strip(victim, record, []), ...after];
    return {
      kind: 'already-restored',
      writes,
      says: `${key} of ${name} already holds the original; only the marks are left`,
    };
  }
  const writes = [strip(victim, record, valueOperations(victim, record.key, original)), ...after];
  const injected = record.mayday?.injected;
  const isDiverged =
    injected === undefined
      ? isRewritten(victim, ['f:data', `f:${record.key}`], ['f:metadata', 'f:annotations', `f:${ROLLBACK_DATA}`])
      : is === undefined || !isInjected(is, injected);
  if (!isDiverged) return { kind: 'restore', writes, says: `put ${key} of ${name} back` };
  const shown = (value: string | undefined) => shownValue(victim, value);
  return {
    kind: 'diverged',
    writes,
    original: shown(original),
    injected: injected === undefined ? '(not recorded)' : shownValue(victim, injected),
    live: shown(is),
    says: `${key} of ${name} is neither the original nor the injected value: somebody changed it since`,
  };
}

/** One request: the value, bound to what stands there now, and the record out. */
function strip(victim: KubeObject, record: Record, value: Operation[]): Write {
  const untestable = value.length > 0 && mapAt(victim, ['data'])?.[record.key] === undefined;
  return patchOf(victim, [...value, ...stripMarks(victim, 'ConfigDrift', [ROLLBACK_DATA], record.mayday)], {
    says:
      value.length > 0
        ? `restore ${sanitise(record.key, 80)} of ${nameOf(refOf(victim))}`
        : `strip the marks of ${nameOf(refOf(victim))}`,
    atVersion: untestable || value.length === 0,
  });
}

function valueOperations(victim: KubeObject, key: string, original: string | undefined): Operation[] {
  const path = pointer('data', key);
  const data = mapAt(victim, ['data']);
  const is = data?.[key];
  const guard = is === undefined ? [] : [test(path, is)];
  if (original === undefined) return [...guard, remove(path)];
  return data === undefined ? [set(pointer('data'), { [key]: original })] : [...guard, set(path, original)];
}

/** The record on a victim, checked against everything it claims; or what is wrong with it. */
function recordOf(victim: KubeObject): Record | string {
  const envelope = recordIn(victim, 'ConfigDrift');
  if (typeof envelope === 'string') return envelope;
  const { mayday } = envelope;
  const data = textsIn(envelope.data);
  if (data?.key === undefined) return 'the undo record is not one of ConfigDrift';
  if (data.resourceType !== victim.kind)
    return `the undo record is for a ${data.resourceType ?? 'different kind'}, not for a ${victim.kind}`;
  const facts = mayday === undefined ? {} : { mayday };
  if (victim.kind === 'Secret') return secretRecord(victim, data, data.key, facts);
  if (data.originalValue === undefined) return 'the undo record holds no original value';
  const existed = data.keyExists !== 'false';
  return { key: data.key, original: { value: existed ? data.originalValue : undefined }, ...facts };
}

function secretRecord(
  victim: KubeObject,
  data: { [name: string]: string },
  key: string,
  facts: { mayday?: MaydayFacts },
): Record | string {
  // The reference is only trusted where it is the name that this Secret and key lead to: anyone may edit an annotation.
  const expected = rollbackSecretName(victim.metadata.name, key);
  if (data.rollbackSecretRef !== expected)
    return `the undo record points to Secret ${data.rollbackSecretRef ?? '(none)'}, expected ${expected}`;
  return { key, backupName: expected, ...facts };
}

/** The original that a rollback Secret keeps, or why it is not to be trusted. */
function originalIn(backup: KubeObject, victim: string, key: string): { value: string | undefined } | string {
  const name = backup.metadata.name;
  const owner = backup.metadata.annotations?.[ORIGINAL_SECRET];
  if (owner !== victim) return `Secret ${name} says it belongs to ${owner ?? 'nobody'}, not to ${victim}`;
  const data = mapAt(backup, ['data']) ?? {};
  const exists = decoded(data.keyExists);
  if (exists !== 'true' && exists !== 'false') return `Secret ${name} does not say whether the key was there`;
  if (exists === 'false') return { value: undefined };
  const value = data[key];
  return value === undefined ? `Secret ${name} holds no original of ${key}` : { value };
}

const decoded = (base64: string | undefined) =>
  base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('utf8');

function dropBackup(backup: KubeObject): Write {
  const { uid } = backup.metadata;
  return {
    verb: 'delete',
    on: refOf(backup),
    precondition: uid === undefined ? {} : { uid },
    says: `drop the backup ${nameOf(refOf(backup))}`,
  };
}

/** A backup whose Secret carries no record: what a crash before the second write, or an operator that strips annotations, leaves. */
function restoreFromBackup(backup: KubeObject, live: Live): Restore {
  const name = nameOf(refOf(backup));
  const seen = objectIn(live, VICTIM);
  const owner = backup.metadata.annotations?.[ORIGINAL_SECRET] ?? '';
  if (seen.state === 'blind' || seen.state === 'unread')
    return { kind: 'corrupt', says: `${name}: Secret ${owner} cannot be read; kept` };
  const key = Object.keys(mapAt(backup, ['data']) ?? {}).find(
    candidate => rollbackSecretName(owner, candidate) === backup.metadata.name,
  );
  if (key === undefined) return { kind: 'corrupt', says: `${name}: holds no key that leads to its name; kept` };
  const original = originalIn(backup, owner, key);
  if (typeof original === 'string') return { kind: 'corrupt', says: `${original}; kept` };
  if (seen.state === 'absent') {
    const writes = [dropBackup(backup)];
    const says = `Secret ${owner} is gone, and this backup is the last copy of its ${key}`;
    return {
      kind: 'diverged',
      writes,
      original: shownValue(backup, original.value),
      injected: '(not recorded)',
      live: '(no Secret)',
      says,
    };
  }
  if (seen.value.metadata.annotations?.[ROLLBACK_DATA] !== undefined) return throughVictim(seen.value, backup);
  return withoutRecord(seen.value, backup, key, original.value);
}

/** The victim carries the record: one restore of it settles both. */
function throughVictim(victim: KubeObject, backup: KubeObject): Restore {
  const record = recordOf(victim);
  if (typeof record === 'string')
    return { kind: 'corrupt', says: `${nameOf(refOf(victim))}: ${record}; left as it is` };
  const original =
    record.backupName === backup.metadata.name ? originalIn(backup, victim.metadata.name, record.key) : undefined;
  if (original === undefined || typeof original === 'string') {
    return {
      kind: 'corrupt',
      says: `${nameOf(refOf(backup))}: the record on ${nameOf(refOf(victim))} points elsewhere; kept`,
    };
  }
  return settled(victim, record, original.value, [dropBackup(backup)]);
}

function withoutRecord(victim: KubeObject, backup: KubeObject, key: string, original: string | undefined): Restore {
  const name = nameOf(refOf(victim));
  const is = mapAt(victim, ['data'])?.[key];
  if (is === original) {
    return {
      kind: 'already-restored',
      writes: [dropBackup(backup)],
      says: `${key} of ${name} holds the original; the backup is left over`,
    };
  }
  const put = patchOf(victim, valueOperations(victim, key, original), {
    says: `restore ${key} of ${name}`,
    atVersion: true,
  });
  return {
    kind: 'diverged',
    writes: [put, dropBackup(backup)],
    original: shownValue(victim, original),
    injected: '(not recorded)',
    live: shownValue(victim, is),
    says: `${key} of ${name} differs from its backup, and the Secret carries no undo record that says why`,
  };
}

/** A value as a person may see it; a Secret's only by size and digest. */
function shownValue(of: KubeObject, value: string | undefined): string {
  if (value === undefined) return '(absent)';
  if (of.kind !== 'Secret' || value.startsWith('sha256:')) return sanitise(value, 400);
  return `(secret, ${Buffer.from(value, 'base64').length} bytes, sha256:${sha256(value).slice(0, 12)})`;
}
