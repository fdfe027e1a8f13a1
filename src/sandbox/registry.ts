/** A part of a resource with a path of its own, such as `status`. */
export interface Subresource {
  name: string;
  kind: string;
  group: string;
  version: string;
  verbs: readonly string[];
}

/** One resource the server serves. */
export interface ResourceInfo {
  /** `pods`, `deployments.apps`: plural, then the group if there is one. */
  key: string;
  group: string;
  /** The version objects are kept in, and the preferred one. */
  version: string;
  /** Every served version. */
  versions: readonly string[];
  resource: string;
  singular: string;
  kind: string;
  listKind: string;
  namespaced: boolean;
  shortNames: readonly string[];
  categories: readonly string[];
  verbs: readonly string[];
  subresources: readonly Subresource[];
  /** Defined by a CustomResourceDefinition. */
  custom: boolean;
  /** Whether objects have a `metadata.generation` that counts changes of the spec. */
  counted: boolean;
  /** Where a custom kind with a scale subresource keeps its counts, as JSON paths. */
  scale?: { spec: string; status: string; selector: string };
  /** Further fields a custom kind can be selected by. */
  selectableFields?: readonly string[];
  /** Deprecation warnings by version. */
  deprecations?: Readonly<Record<string, string>>;
  /** The resource that stores the objects, when two groups serve the same ones. */
  storedAs?: string;
}

/** `apps/v1`, or `v1` in the core group. */
export const groupVersion = (group: string, version: string): string => (group ? `${group}/${version}` : version);

export interface Registry {
  /** By key; undefined if not served. */
  get(key: string): ResourceInfo | undefined;
  /** By the parts of a URL path. */
  served(group: string, version: string, resource: string): ResourceInfo | undefined;
  byKind(group: string, kind: string): ResourceInfo | undefined;
  all(): readonly ResourceInfo[];
  /** Adds a resource, or replaces the one with its key. */
  add(info: ResourceInfo): void;
  remove(key: string): void;
  /** Counts changes of the registry, for caches of what is derived from it. */
  generation(): number;
  /** Calls back after each add or remove; returns a way to stop it. */
  onChange(listener: () => void): () => void;
}

/** A registry that starts with the given resources. */
export function createRegistry(initial: readonly ResourceInfo[]): Registry {
  const byKey = new Map(initial.map(info => [info.key, info]));
  const listeners = new Set<() => void>();
  let generation = 1;
  const changed = () => {
    generation++;
    for (const listener of listeners) listener();
  };
  const keyOf = (group: string, resource: string) => (group ? `${resource}.${group}` : resource);
  return {
    get: key => byKey.get(key),
    served(group, version, resource) {
      const info = byKey.get(keyOf(group, resource));
      return info?.versions.includes(version) ? info : undefined;
    },
    byKind: (group, kind) => [...byKey.values()].find(info => info.group === group && info.kind === kind),
    all: () => [...byKey.values()],
    add(info) {
      byKey.set(info.key, info);
      changed();
    },
    remove(key) {
      if (byKey.delete(key)) changed();
    },
    generation: () => generation,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
