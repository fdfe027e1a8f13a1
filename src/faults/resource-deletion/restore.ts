import { type DeletedRestore, sameContent } from '../../injection/deletion-restore.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import { format, RBAC } from './plan.ts';

export const deleted: DeletedRestore = {
  format,
  // A pod of that name runs again; what the server and its controllers put into it differs each time.
  isBack: (live, body) => (body.kind === 'Pod' ? true : sameContent(live, body)),
  // Whoever may write the backup would have us give rights that they do not have.
  doubt: original =>
    groupOf(original.apiVersion) === RBAC
      ? `it holds a ${original.kind}, which gives rights: look at it first`
      : undefined,
};
