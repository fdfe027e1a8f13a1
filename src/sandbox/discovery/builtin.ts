import recorded from '../recorded/discovery.json' with { type: 'json' };
import type { ResourceInfo, Subresource } from '../registry.ts';

interface RecordedKind {
  group: string;
  version: string;
  kind: string;
}

interface RecordedResource {
  resource: string;
  responseKind: RecordedKind;
  scope: string;
  singularResource: string;
  verbs: readonly string[];
  shortNames?: readonly string[];
  categories?: readonly string[];
  subresources?: readonly { subresource: string; responseKind: RecordedKind; verbs: readonly string[] }[];
}

interface RecordedGroup {
  metadata: { name?: string };
  versions: readonly { version: string; resources: readonly RecordedResource[] }[];
}

const { core, groups, storageVersionHash } = recorded as unknown as {
  core: readonly RecordedGroup[];
  groups: readonly RecordedGroup[];
  storageVersionHash: Readonly<Record<string, string>>;
};

/** The storage version hashes of the legacy discovery document, by `group/version/resource`. */
export const STORAGE_VERSION_HASH = storageVersionHash;

/** Names of built-in groups in the order discovery lists them. */
export const GROUP_ORDER: readonly string[] = ['', ...groups.map(g => g.metadata.name ?? '')];

/** Kinds whose objects have no generation. */
const UNCOUNTED = new Set([
  'bindings',
  'componentstatuses',
  'configmaps',
  'endpoints',
  'events',
  'limitranges',
  'namespaces',
  'nodes',
  'persistentvolumeclaims',
  'persistentvolumes',
  'podtemplates',
  'resourcequotas',
  'secrets',
  'serviceaccounts',
  'services',
  'apiservices.apiregistration.k8s.io',
  'controllerrevisions.apps',
  'events.events.k8s.io',
  'horizontalpodautoscalers.autoscaling',
  'certificatesigningrequests.certificates.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
  'csinodes.storage.k8s.io',
  'csistoragecapacities.storage.k8s.io',
  'storageclasses.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
  'volumeattributesclasses.storage.k8s.io',
  'leases.coordination.k8s.io',
  'runtimeclasses.node.k8s.io',
  'deviceclasses.resource.k8s.io',
  'resourceclaims.resource.k8s.io',
  'resourceclaimtemplates.resource.k8s.io',
  'ipaddresses.networking.k8s.io',
  'servicecidrs.networking.k8s.io',
]);

function infoOf(group: string, version: string, versions: readonly string[], r: RecordedResource): ResourceInfo {
  const key = group ? `${r.resource}.${group}` : r.resource;
  const subresources = (r.subresources ?? []).map(
    (s): Subresource => ({
      name: s.subresource,
      kind: s.responseKind.kind,
      group: s.responseKind.group,
      version: s.responseKind.version,
      verbs: s.verbs,
    }),
  );
  return {
    key,
    group,
    version,
    versions,
    resource: r.resource,
    singular: r.singularResource,
    kind: r.responseKind.kind,
    listKind: `${r.responseKind.kind}List`,
    namespaced: r.scope === 'Namespaced',
    shortNames: r.shortNames ?? [],
    categories: r.categories ?? [],
    verbs: r.verbs,
    subresources,
    custom: false,
    counted: !UNCOUNTED.has(key),
    ...(key === 'events.events.k8s.io' ? { storedAs: 'events' } : {}),
  };
}

/** The resources every API server of this version has. */
export function builtinResources(): ResourceInfo[] {
  const infos: ResourceInfo[] = [];
  for (const g of [...core, ...groups]) {
    const versions = g.versions.map(v => v.version);
    const preferred = g.versions[0];
    if (!preferred) continue;
    for (const r of preferred.resources) infos.push(infoOf(g.metadata.name ?? '', preferred.version, versions, r));
  }
  return infos;
}
