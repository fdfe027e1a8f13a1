import { createHash } from 'node:crypto';
import { groupVersion, type Registry, type ResourceInfo } from '../registry.ts';
import { GROUP_ORDER, STORAGE_VERSION_HASH } from './builtin.ts';
import type { UnavailableGroupVersion } from './unavailable.ts';

/** Groups in discovery order: the built-in ones, then those of CustomResourceDefinitions by name. */
export function servedGroups(registry: Registry): { group: string; versions: string[] }[] {
  const versions = new Map<string, Set<string>>();
  for (const info of registry.all()) {
    const known = versions.get(info.group) ?? new Set<string>();
    for (const version of info.versions) known.add(version);
    versions.set(info.group, known);
  }
  const custom = [...versions.keys()].filter(g => !GROUP_ORDER.includes(g)).sort();
  return [...GROUP_ORDER, ...custom].flatMap(group => {
    const served = versions.get(group);
    return served ? [{ group, versions: [...served] }] : [];
  });
}

const resourcesOf = (registry: Registry, group: string, version: string): ResourceInfo[] =>
  registry
    .all()
    .filter(info => info.group === group && info.versions.includes(version))
    .sort((a, b) => (a.resource < b.resource ? -1 : 1));

const optional = (name: string, list: readonly string[]) => (list.length > 0 ? { [name]: list } : {});

/** `/apis/<group>/<version>` and `/api/v1`; undefined when that is not served. */
export function resourceList(registry: Registry, group: string, version: string): unknown {
  const infos = resourcesOf(registry, group, version);
  if (infos.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    // The document of the core group leaves out its own apiVersion.
    ...(group ? { apiVersion: 'v1' } : {}),
    groupVersion: groupVersion(group, version),
    resources: infos.flatMap(info => [resourceEntry(info, version), ...subresourceEntries(info)]),
  };
}

function resourceEntry(info: ResourceInfo, version: string) {
  const hash = info.custom
    ? storageHash(info)
    : STORAGE_VERSION_HASH[`${groupVersion(info.group, version)}/${info.resource}`];
  return {
    name: info.resource,
    singularName: info.singular,
    namespaced: info.namespaced,
    kind: info.kind,
    verbs: info.verbs,
    ...optional('shortNames', info.shortNames),
    ...optional('categories', info.categories),
    ...(hash ? { storageVersionHash: hash } : {}),
  };
}

/** Tells clients whether the kind is still stored in the same form. */
function storageHash(info: ResourceInfo): string {
  const text = `${groupVersion(info.group, info.version)}/${info.kind}`;
  return createHash('sha256').update(text).digest().subarray(0, 8).toString('base64');
}

const subresourceEntries = (info: ResourceInfo) =>
  info.subresources.map(s => ({
    name: `${info.resource}/${s.name}`,
    singularName: '',
    namespaced: info.namespaced,
    ...(s.group && s.group !== info.group ? { group: s.group, version: s.version } : {}),
    kind: s.kind,
    verbs: s.verbs,
  }));

/** `/api`. `address` is this server's host and port. */
export const coreVersions = (address: string) => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
});

/** One group of `/apis`, also served at `/apis/<group>`; undefined when there is no such group. */
export function groupDocument(registry: Registry, group: string): Record<string, unknown> | undefined {
  const found = servedGroups(registry).find(g => g.group === group);
  if (!found || !group) return undefined;
  const versions = found.versions.map(version => ({ groupVersion: groupVersion(group, version), version }));
  return { name: group, versions, preferredVersion: versions[0] };
}

/** `/apis`. */
export const groupList = (registry: Registry) => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: servedGroups(registry).flatMap(({ group }) => groupDocument(registry, group) ?? []),
});

/** The aggregated form of `/api` (core) or `/apis`, in the given version of that document. */
export function aggregated(
  registry: Registry,
  core: boolean,
  documentVersion: string,
  down: readonly UnavailableGroupVersion[] = [],
) {
  const groups = servedGroups(registry).filter(g => (g.group === '') === core);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${documentVersion}`,
    metadata: {},
    items: [
      ...groups.map(({ group, versions }) => ({
        metadata: group ? { name: group } : {},
        versions: versions.map(version => ({
          version,
          resources: resourcesOf(registry, group, version).map(info => aggregatedResource(info, version)),
          freshness: 'Current',
        })),
      })),
      ...down.map(({ group, version }) => ({ metadata: { name: group }, versions: [{ version, freshness: 'Stale' }] })),
    ],
  };
}

function aggregatedResource(info: ResourceInfo, version: string) {
  const own = info.custom
    ? { group: info.group, version, kind: info.kind }
    : { group: '', version: '', kind: info.kind };
  return {
    resource: info.resource,
    responseKind: own,
    scope: info.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: info.singular,
    verbs: info.verbs,
    ...optional('shortNames', info.shortNames),
    ...optional('categories', info.categories),
    ...(info.subresources.length > 0
      ? {
          subresources: info.subresources.map(s => ({
            subresource: s.name,
            responseKind: { group: s.group, version: s.version, kind: s.kind },
            verbs: s.verbs,
          })),
        }
      : {}),
  };
}
