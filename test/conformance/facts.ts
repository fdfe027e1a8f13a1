/** The facts of an API server that the sandbox is built on: names, types, verbs, rules. No prose. */
import { send } from './send.ts';
import type { Target } from './target.ts';
import { isObject, type Json } from './value.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const AS_TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1';

async function read(target: Target, path: string, accept?: string): Promise<Json> {
  const answer = await send(target, { name: path, method: 'GET', path, ...(accept ? { accept } : {}) });
  if (answer.status !== 200 || !isObject(answer.body)) throw new Error(`GET ${path}: ${answer.status}`);
  return answer.body;
}

interface DiscoveredResource {
  resource: string;
  scope: string;
  verbs: string[];
}

interface DiscoveredGroup {
  metadata: { name?: string };
  versions: { version: string; resources: DiscoveredResource[] }[];
}

async function groupsAt(target: Target, path: string): Promise<DiscoveredGroup[]> {
  const { items } = await read(target, path, AGGREGATED);
  const groups = items as DiscoveredGroup[];
  return groups.map(({ metadata, versions }) => ({ metadata: metadata.name ? { name: metadata.name } : {}, versions }));
}

const pathOf = (group: string | undefined, version: string): string =>
  group ? `/apis/${group}/${version}` : `/api/${version}`;

/** What is served, and the hash of each kind's storage version by `group/version/resource`. */
export async function discoveryFacts(target: Target) {
  const core = await groupsAt(target, '/api');
  const groups = await groupsAt(target, '/apis');
  const storageVersionHash: Record<string, string> = {};
  for (const { metadata, versions } of [...core, ...groups])
    for (const { version } of versions) {
      const list = await read(target, pathOf(metadata.name, version));
      for (const { name, storageVersionHash: hash } of list.resources as Record<string, string>[])
        if (hash) storageVersionHash[`${metadata.name ? `${metadata.name}/` : ''}${version}/${name}`] = hash;
    }
  return { core, groups, storageVersionHash };
}

export type Discovery = Awaited<ReturnType<typeof discoveryFacts>>;

/** A schema without what is written for people. A property may itself be called `description`. */
function bare(schema: unknown, names = false): unknown {
  if (Array.isArray(schema)) return schema.map(item => bare(item));
  if (!isObject(schema)) return schema;
  const kept = Object.entries(schema).filter(([key]) => names || key !== 'description');
  return Object.fromEntries(kept.map(([key, value]) => [key, bare(value, !names && key === 'properties')]));
}

const GROUP_VERSION = /^(api|apis\/[^/]+)\/v\d+\w*$/;

/** Every built-in type by name, in alphabetical order. */
export async function schemaFacts(target: Target): Promise<Json> {
  const { paths } = await read(target, '/openapi/v3');
  const all: Json = {};
  for (const [path, { serverRelativeURL }] of Object.entries(paths as Record<string, { serverRelativeURL: string }>)) {
    if (!GROUP_VERSION.test(path)) continue;
    const document = await read(target, serverRelativeURL);
    const components = document.components as { schemas?: Json } | undefined;
    for (const [name, schema] of Object.entries(components?.schemas ?? {})) all[name] = larger(all[name], bare(schema));
  }
  return Object.fromEntries(
    Object.keys(all)
      .sort()
      .map(name => [name, all[name]]),
  );
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const BOOTSTRAPPED = 'labelSelector=kubernetes.io/bootstrapping%3Drbac-defaults';
const KINDS = {
  clusterroles: 'ClusterRole',
  clusterrolebindings: 'ClusterRoleBinding',
  roles: 'Role',
  rolebindings: 'RoleBinding',
};

/** The roles and bindings every cluster starts with. */
export async function rbacFacts(target: Target): Promise<Json[]> {
  const found: Json[] = [];
  for (const [plural, kind] of Object.entries(KINDS)) {
    const { items } = await read(target, `${RBAC}/${plural}?${BOOTSTRAPPED}`);
    for (const { metadata, ...rest } of items as Json[]) {
      const { annotations, labels, name, namespace } = metadata as Json;
      found.push({ kind, metadata: { annotations, labels, name, ...(namespace ? { namespace } : {}) }, ...rest });
    }
  }
  return found;
}

/** The columns of each listed kind's table by `resource.group`: name, type, format, priority. */
export async function tableFacts(target: Target, { core, groups }: Discovery) {
  const tables: Record<string, unknown[]> = {};
  for (const { metadata, versions } of [...core, ...groups]) {
    const [preferred] = versions;
    for (const { resource, verbs } of preferred?.resources ?? []) {
      if (!preferred || !verbs.includes('list')) continue;
      const table = await read(target, `${pathOf(metadata.name, preferred.version)}/${resource}?limit=1`, AS_TABLE);
      const columns = table.columnDefinitions as { name: string; type: string; format: string; priority: number }[];
      tables[metadata.name ? `${resource}.${metadata.name}` : resource] = columns.map(column => [
        column.name,
        column.type,
        column.format,
        column.priority,
      ]);
    }
  }
  return tables;
}

/** Types that every group has say in each group's document which kinds of it they are: the longest list is taken. */
function larger(known: unknown, other: unknown): unknown {
  const size = (schema: unknown) =>
    isObject(schema) ? ((schema['x-kubernetes-group-version-kind'] as unknown[] | undefined)?.length ?? 0) : -1;
  return size(other) > size(known) ? other : known;
}

/** What the server says it is. */
export const versionFacts = (target: Target): Promise<Json> => read(target, '/version');
