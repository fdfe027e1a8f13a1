import type { SandboxClock } from './clock.ts';
import type { PodLogs } from './logs.ts';
import type { KubeObject, NewObject } from './object.ts';
import type { Random } from './random.ts';
import type { Registry } from './registry.ts';
import type { DeleteOptions, Store } from './store.ts';

/** Who asks. */
export interface UserInfo {
  username: string;
  uid?: string;
  groups: readonly string[];
  extra?: Record<string, readonly string[]>;
}

/** What a webhook is asked. */
export interface AdmissionRequest {
  uid: string;
  kind: { group: string; version: string; kind: string };
  resource: { group: string; version: string; resource: string };
  subResource?: string;
  name: string;
  namespace?: string;
  operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  userInfo: UserInfo;
  object: KubeObject | null;
  oldObject: KubeObject | null;
  dryRun: boolean;
}

/** What a webhook answers; `patch` is a JSON patch on `object`. */
export interface AdmissionAnswer {
  allowed: boolean;
  status?: { message?: string; code?: number; reason?: string };
  patch?: readonly { op: string; path: string; value?: unknown }[];
  warnings?: readonly string[];
}

/**
 * The simulated process behind a Service, as a webhook call reaches it. It is called only when the Service has a
 * ready endpoint. Throw an Error to play a broken server: its message is what the API server reports. `path` is the
 * URL path.
 */
export type WebhookBackend = (path: string, request: AdmissionRequest) => AdmissionAnswer | Promise<AdmissionAnswer>;

/** Options of a write through the API. */
export interface ClientWrite {
  /** Field manager; the user's name when absent. */
  manager?: string;
  subresource?: string;
}

/**
 * The API for one user, without HTTP: authorisation, admission, webhooks, defaulting, validation and quota all apply.
 * Refusals are StatusError.
 */
export interface SandboxClient {
  get<T extends KubeObject = KubeObject>(resource: string, namespace: string | undefined, name: string): Promise<T>;
  list<T extends KubeObject = KubeObject>(resource: string, namespace?: string, labelSelector?: string): Promise<T[]>;
  create<T extends KubeObject = KubeObject>(resource: string, object: NewObject, options?: ClientWrite): Promise<T>;
  update<T extends KubeObject = KubeObject>(resource: string, object: NewObject, options?: ClientWrite): Promise<T>;
  patch<T extends KubeObject = KubeObject>(
    resource: string,
    namespace: string | undefined,
    name: string,
    type: 'json' | 'merge' | 'strategic',
    patch: unknown,
    options?: ClientWrite,
  ): Promise<T>;
  delete(resource: string, namespace: string | undefined, name: string, options?: DeleteOptions): Promise<void>;
  /** Whether the roles allow the user to do this. Writes nothing. */
  can(verb: string, resource: string, namespace?: string, name?: string): boolean;
}

/** Everything that controllers, kubelets, operators and scenarios work with. */
export interface SandboxContext {
  store: Store;
  clock: SandboxClock;
  random: Random;
  registry: Registry;
  logs: PodLogs;
  /** Name of the scenario to set up. */
  scenario: string;
  /** Processes behind Services, by `namespace/service`. */
  webhooks: Map<string, WebhookBackend>;
  /** The API for a user, e.g. `system:serviceaccount:kube-system:replicaset-controller`. */
  as(username: string, groups?: readonly string[]): SandboxClient;
  /** The token for a Secret of a ServiceAccount. */
  accountToken(account: { namespace: string; name: string; uid: string }, secret: string): string;
}

/** The simulated cluster: set up by a scenario, then running by itself. */
export interface World {
  stop(): void;
}
