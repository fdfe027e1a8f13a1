import type { FoundInjection } from '../../injection/found-injection.ts';
import { objectIn } from '../../injection/live.ts';
import { dropBackup } from '../../injection/restore/drop-backup.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import type { Live, Read, Restore } from '../contract.ts';
import { backupOwner, restoreFromBackup, VICTIM } from './backup.ts';
import { originalIn, recordOf } from './record.ts';
import { restoreValue } from './settle.ts';

const BACKUP = 'backup';

export function restoreDriftReads(found: FoundInjection): Read[] {
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

/** Restores from a victim's undo record, or from a backup whose Secret carries none. */
export function restoreDrift(found: FoundInjection, live: Live): Restore {
  return backupOwner(found) === undefined ? restoreVictim(found, live) : restoreFromBackup(found.live, live);
}

function restoreVictim(found: FoundInjection, live: Live): Restore {
  const victim = found.live;
  const name = nameOf(refOf(victim));
  const record = recordOf(victim);
  if (typeof record === 'string') return { is: 'corrupt', says: `${name}: ${record}; left as it is` };
  if (record.original !== undefined) return restoreValue(victim, record, record.original.value, []);
  const backup = objectIn(live, BACKUP);
  if (backup.state !== 'found') {
    const why = backup.state === 'blind' ? `cannot be read (${backup.failure.message})` : 'is gone';
    return {
      is: 'corrupt',
      says: `${name}: Secret ${record.backupName}, which held the original of ${record.key}, ${why}; left as it is`,
    };
  }
  const original = originalIn(backup.value, victim.metadata.name, record.key);
  if (typeof original === 'string') return { is: 'corrupt', says: `${name}: ${original}; left as it is` };
  return restoreValue(victim, record, original.value, [dropBackup(backup.value)]);
}
