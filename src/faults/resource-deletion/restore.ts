import { type DeletedRestore, sameContent } from '../../injection/restore/deletion-restore.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import { format, RBAC } from './plan.ts';

export const deleted: DeletedRestore = {
  format,
  // The garbage collector identifies owners by uid, and the recreated object has a new one.
  missing:
    'objects that had it as their owner were garbage-collected with it; only their controllers can create them again',
  // A Pod counts as restored when one of that name exists: the server and controllers set different fields each time.
  isRestored: (live, body) => (body.kind === 'Pod' ? true : sameContent(live, body)),
  // A user who may write the backup could make mayday grant permissions that the user does not have.
  doubt: original =>
    groupOf(original.apiVersion) === RBAC
      ? `it holds a ${original.kind}, which grants permissions: check it first`
      : undefined,
};
