/** One listable kind of the cluster. */
export interface ApiResource {
  group: string;
  version: string;
  apiVersion: string;
  kind: string;
  /** Plural, as in URLs. */
  resource: string;
  singular: string;
  namespaced: boolean;
  verbs: string[];
  shortNames: string[];
  /** Names of subresources: status, scale, … */
  subresources: string[];
}

/** A group version whose discovery failed. */
interface UnknownGroup {
  /** `metrics.k8s.io/v1beta1`; `*` when only the core group could be read. */
  group: string;
  reason: string;
  /** As last known, it has no listable kind. */
  unlistable?: boolean;
}

/** What the server serves, with look-ups. */
export interface Discovery {
  /** The listable kinds, each once: in the version that its group prefers. */
  readonly resources: readonly ApiResource[];
  /** Groups whose discovery is missing or stale, with the reason: we are blind to them. */
  readonly blind: readonly UnknownGroup[];
  /** A kind in any served version, listable or not. */
  byKind(apiVersion: string, kind: string): ApiResource | undefined;
  /** A resource in the version its group prefers, listable or not. */
  byResource(group: string, resource: string): ApiResource | undefined;
}

/** Look-ups over what was discovered; within a group the preferred version comes first. */
export function createDiscovery(found: readonly ApiResource[], blind: Discovery['blind']): Discovery {
  const byKind = new Map<string, ApiResource>();
  const byResource = new Map<string, ApiResource>();
  for (const resource of found) {
    const kindKey = `${resource.apiVersion} ${resource.kind}`;
    const resourceKey = `${resource.group} ${resource.resource}`;
    if (!byKind.has(kindKey)) byKind.set(kindKey, resource);
    if (!byResource.has(resourceKey)) byResource.set(resourceKey, resource);
  }
  return {
    resources: [...byResource.values()].filter(resource => resource.verbs.includes('list')),
    blind,
    byKind: (apiVersion, kind) => byKind.get(`${apiVersion} ${kind}`),
    byResource: (group, resource) => byResource.get(`${group} ${resource}`),
  };
}
