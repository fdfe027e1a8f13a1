import { type DeletedRestore, sameContent } from '../../injection/deletion-restore.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import { format, RBAC } from './plan.ts';

export const deleted: DeletedRestore = {
  format,
  // A pod of that name runs again; what the server and its controllers set in it differs each time.
  isBack: (live, body) => (body.kind === 'Pod' ? true : sameContent(live, body)),
  // Somebody who may write the backup could make us grant rights that they do not have.
  doubt: original =>
    groupOf(original.apiVersion) === RBAC
      ? `it holds a ${original.kind}, which gives rights: look at it first`
      : undefined,
};
