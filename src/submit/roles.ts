import type { KubeObject } from '../k8s/object.ts';
import { labelsOf, nameOfSubmission } from './names.ts';
import type { Grant } from './need.ts';

const RBAC = 'rbac.authorization.k8s.io';
const API_VERSION = `${RBAC}/v1`;

export function serviceAccount(id: string, namespace: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: nameOfSubmission(id), namespace, labels: labelsOf(id) },
    // The pod mounts its token explicitly; other pods of this account get none by default.
    automountServiceAccountToken: false,
  };
}

/** A role for each grant, and its binding to the submission's account: in a namespace, or for the whole cluster. */
export function rolesFor(id: string, accountNamespace: string, grants: readonly Grant[]): KubeObject[] {
  const name = nameOfSubmission(id);
  const subjects = [{ kind: 'ServiceAccount', name, namespace: accountNamespace }];
  return grants.flatMap(({ namespace, rules }) => {
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }), labels: labelsOf(id) };
    const kind = namespace === undefined ? 'ClusterRole' : 'Role';
    return [
      { apiVersion: API_VERSION, kind, metadata, rules },
      { apiVersion: API_VERSION, kind: `${kind}Binding`, metadata, roleRef: { apiGroup: RBAC, kind, name }, subjects },
    ];
  });
}
