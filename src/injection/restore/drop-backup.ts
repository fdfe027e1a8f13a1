import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import type { Write } from '../write/write.ts';

/** Deletes the backup. It must be the last write of a revert, because only the backup holds the original. The uid keeps it from deleting another object of this name. */
export function dropBackup(backup: KubeObject): Write {
  const { uid } = backup.metadata;
  return {
    verb: 'delete',
    on: refOf(backup),
    precondition: uid === undefined ? {} : { uid },
    says: `delete the backup ${nameOf(refOf(backup))}`,
  };
}
