import { type DeletedRestore, sameContent } from '../../injection/restore/deletion-restore.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import { format, RBAC } from './plan.ts';

export const deleted: DeletedRestore = {
  format,
  // The garbage collector knows owners by uid, and the object comes back under a new one.
  missing:
    'objects that had it as their owner were garbage-collected with it, and stay gone unless their controllers make them again',
  // A pod of that name runs again; what the server and its controllers set in it differs each time.
  isBack: (live, body) => (body.kind === 'Pod' ? true : sameContent(live, body)),
  // Somebody who may write the backup could make us grant rights that they do not have.
  doubt: original =>
    groupOf(original.apiVersion) === RBAC
      ? `it holds a ${original.kind}, which gives rights: look at it first`
      : undefined,
};
