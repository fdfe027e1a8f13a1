import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { kubectl } from '../providers/kubectl.ts';
import type { Provider } from '../providers/provider.ts';
import type { Thing } from './objects.ts';
import type { Stage } from './stage.ts';

const ROLES = fileURLToPath(new URL('../../../deploy/roles/', import.meta.url));

/** The rules of the roles that we hand out, by role. */
export function rolesHandedOut(): Map<string, Thing[]> {
  const files = ['viewer', 'injector', 'reverter', 'custom'].map(name => join(ROLES, `${name}.yaml`));
  const roles = files.flatMap(file => parseAllDocuments(readFileSync(file, 'utf8')).map(each => each.toJS() as Thing));
  return new Map(roles.map(role => [role.metadata.name, role.rules]));
}

/** Installs those roles as their README says. */
export const installRoles = (provider: Provider): Promise<string> =>
  kubectl(provider.kubeconfig, ['apply', '--server-side', '-k', ROLES]);

/** Roles of a person: in the whole cluster, or only in the stage's namespace. */
export interface Rights {
  readonly everywhere?: readonly string[];
  readonly here?: readonly string[];
}

/** A ServiceAccount of the stage with these rights and no others; resolves with the path of its kubeconfig. */
export async function createUser(stage: Stage, name: string, { everywhere = [], here = [] }: Rights): Promise<string> {
  const subjects = [{ kind: 'ServiceAccount', name, namespace: stage.namespace }];
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const roleRef = (role: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role });
  await stage.apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } },
    ...everywhere.map(role => ({
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name: `${stage.namespace}-${name}-${role}` },
      roleRef: roleRef(role),
      subjects,
    })),
    ...here.map(role => ({
      apiVersion,
      kind: 'RoleBinding',
      metadata: { name: `${name}-${role}` },
      roleRef: roleRef(role),
      subjects,
    })),
  );
  const token = (await stage.kubectl('create', 'token', name)).trim();
  const [cluster] = JSON.parse(await stage.kubectl('config', 'view', '--raw', '--minify', '-o', 'json')).clusters;
  return stage.write(
    `${name}.kubeconfig`,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [cluster],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: cluster.name, user: name } }],
      'current-context': name,
    }),
  );
}
