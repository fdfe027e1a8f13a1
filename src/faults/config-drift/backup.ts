import type { FoundInjection } from '../../injection/found-injection.ts';
import { objectIn } from '../../injection/live.ts';
import { ORIGINAL_SECRET, ROLLBACK_DATA, rollbackSecretName } from '../../injection/record/markers.ts';
import { dropBackup } from '../../injection/restore/drop-backup.ts';
import { patchOf } from '../../injection/write/patch-of.ts';
import { mapAt } from '../../k8s/json-patch.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { own } from '../../text/own.ts';
import type { Live, Restore } from '../contract.ts';
import { originalIn, recordOf } from './record.ts';
import { restoreValue, shownValue, valueOperations } from './settle.ts';

/** The key of the read that gets the Secret whose original a backup holds. */
export const VICTIM = 'victim';
const BACKUP_PREFIX = 'chaos-rollback-';

/** The Secret whose original this rollback Secret holds; undefined if the object is not a rollback Secret. */
export function backupOwner(found: FoundInjection): ObjectRef | undefined {
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

/**
 * Restores from a backup whose Secret carries no undo record: the injector crashed before its second write, or an
 * operator removes annotations.
 */
export function restoreFromBackup(backup: KubeObject, live: Live): Restore {
  const name = nameOf(refOf(backup));
  const seen = objectIn(live, VICTIM);
  const owner = backup.metadata.annotations?.[ORIGINAL_SECRET] ?? '';
  if (seen.state === 'blind' || seen.state === 'unread')
    return { is: 'corrupt', says: `${name}: Secret ${owner} cannot be read; kept` };
  const key = Object.keys(mapAt(backup, ['data']) ?? {}).find(
    candidate => rollbackSecretName(owner, candidate) === backup.metadata.name,
  );
  if (key === undefined)
    return { is: 'corrupt', says: `${name}: expected a key from which its name was made, found none; kept` };
  const original = originalIn(backup, owner, key);
  if (typeof original === 'string') return { is: 'corrupt', says: `${original}; kept` };
  if (seen.state === 'absent') {
    const writes = [dropBackup(backup)];
    const says = `Secret ${owner} is gone, and this backup is the last copy of its ${key}`;
    return {
      is: 'diverged',
      writes,
      original: shownValue(backup, original.value),
      injected: '(not recorded)',
      live: '(no Secret)',
      says,
    };
  }
  if (seen.value.metadata.annotations?.[ROLLBACK_DATA] !== undefined) return restoreByVictimRecord(seen.value, backup);
  return restoreWithoutRecord(seen.value, backup, key, original.value);
}

/** The victim carries the undo record: its restore also deletes the backup. */
function restoreByVictimRecord(victim: KubeObject, backup: KubeObject): Restore {
  const record = recordOf(victim);
  if (typeof record === 'string') return { is: 'corrupt', says: `${nameOf(refOf(victim))}: ${record}; left as it is` };
  const original =
    record.backupName === backup.metadata.name ? originalIn(backup, victim.metadata.name, record.key) : undefined;
  if (original === undefined || typeof original === 'string') {
    return {
      is: 'corrupt',
      says: `${nameOf(refOf(backup))}: the record on ${nameOf(refOf(victim))} names another backup; kept`,
    };
  }
  return restoreValue(victim, record, original.value, [dropBackup(backup)]);
}

function restoreWithoutRecord(
  victim: KubeObject,
  backup: KubeObject,
  key: string,
  original: string | undefined,
): Restore {
  const name = nameOf(refOf(victim));
  const current = own(mapAt(victim, ['data']), key);
  if (current === original) {
    return {
      is: 'already-restored',
      writes: [dropBackup(backup)],
      says: `${key} of ${name} holds the original`,
    };
  }
  const put = patchOf(victim, valueOperations(victim, key, original), {
    says: `restore ${key} of ${name}`,
    atVersion: true,
  });
  return {
    is: 'diverged',
    writes: [put, dropBackup(backup)],
    original: shownValue(victim, original),
    injected: '(not recorded)',
    live: shownValue(victim, current),
    says: `${key} of ${name} differs from its backup, and the Secret carries no undo record that says why`,
  };
}
