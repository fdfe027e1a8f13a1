/** A cluster that journeys run against, and what they may do to it. */
export interface Provider {
  readonly name: ProviderName;
  /** Path of the kubeconfig of somebody who may do everything that the journeys need. */
  readonly kubeconfig: string;
  /** The only namespace the journeys may write to; they make their own where this is undefined. */
  readonly namespace?: string;
  /**
   * Takes the API server away as a crash does, for a time in milliseconds, and resolves when it answers again. Undefined
   * where a test has no business doing that.
   */
  readonly restartApiServer?: (downMs: number) => Promise<void>;
  /** Makes every revision up to now too old to watch from, the API server's own memory included. */
  readonly forgetHistory?: () => Promise<void>;
  close(): Promise<void>;
}

/** A way to get a cluster. */
export interface ProviderKind {
  readonly name: ProviderName;
  /** Why there can be none here, as one line; undefined when there can. */
  whyNot(): string | undefined;
  /** Resolves when the cluster takes requests; rejects with the reason. May build or download first. */
  open(): Promise<Provider>;
}

export const PROVIDER_NAMES = ['sandbox', 'controlplane', 'kind', 'kubeconfig'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];
