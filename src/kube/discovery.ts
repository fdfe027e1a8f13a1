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

/** What the server serves, with the look-ups everyone needs. */
export interface Discovery {
  readonly resources: readonly ApiResource[];
  /** Groups whose discovery is missing or stale, with the reason: we are blind to them. */
  readonly blind: readonly { group: string; reason: string }[];
  byKind(apiVersion: string, kind: string): ApiResource | undefined;
  byResource(group: string, resource: string): ApiResource | undefined;
}
