import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import type { Write } from '../write/write.ts';

/** Deletes the backup, as the last write of a revert: nothing else holds the original. Bound to the uid, so that never another object of this name goes. */
export function dropBackup(backup: KubeObject): Write {
  const { uid } = backup.metadata;
  return {
    verb: 'delete',
    on: refOf(backup),
    precondition: uid === undefined ? {} : { uid },
    says: `drop the backup ${nameOf(refOf(backup))}`,
  };
}
