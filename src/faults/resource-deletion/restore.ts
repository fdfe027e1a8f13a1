import { type DeletedRestore, sameContent } from '../../injection/restore/deletion-restore.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import { format, RBAC } from './plan.ts';

export const deleted: DeletedRestore = {
  format,
  // Tokens name the uid of their ServiceAccount, and the recreated one has a new uid.
  missing: ({ kind, apiVersion }) =>
    kind === 'ServiceAccount' && groupOf(apiVersion) === ''
      ? 'tokens of the former ServiceAccount are not valid any more: its token Secrets are deleted, and the API server refuses its running pods until their token is renewed or they are restarted'
      : undefined,
  // A Pod counts as restored when one of that name exists: the server and controllers set different fields each time.
  isRestored: (live, body) => (body.kind === 'Pod' ? true : sameContent(live, body)),
  // A user who may write the backup could make mayday grant permissions that the user does not have.
  doubt: original =>
    groupOf(original.apiVersion) === RBAC
      ? `it holds a ${original.kind}, which grants permissions: check it first`
      : undefined,
};
