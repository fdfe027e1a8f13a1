import type { Json, KubeObject, ObjectRef } from '../../k8s/object.ts';
import type { Clean } from '../../text/sanitise.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { Outcome } from './http/outcome.ts';
import type { ServerTime } from './http/server-clock.ts';

/** A kind to list or watch; without `namespace`, all namespaces (or cluster scope). */
export interface Collection {
  apiVersion: string;
  kind: string;
  namespace?: string;
}

export interface ListOptions {
  labelSelector?: string;
  fieldSelector?: string;
  /** Page size; 500 by default. */
  limit?: number;
  continue?: string;
  resourceVersion?: string;
  resourceVersionMatch?: 'Exact' | 'NotOlderThan';
  /** Ask for PartialObjectMetadata instead of whole objects. */
  metadataOnly?: boolean;
  /** Leaves out the managedFields of items where these do not hold this text. For built-in kinds alone. */
  managedFieldsWith?: string;
  /**
   * Receives objects as soon as they arrive, so that they need not all be in memory. The page then has only the other
   * objects, and in `handedOver` what this returned for each. It may also receive objects of a failed attempt, which are
   * not in `handedOver`.
   */
  each?: (object: KubeObject) => string;
  signal?: AbortSignal;
  timeoutMs?: number;
}

export interface Page {
  items: KubeObject[];
  resourceVersion: string;
  continue?: string;
  remaining?: number;
  /** Why some entries that the server sent are not among the items: they are not objects. */
  malformedItem?: Clean;
  /** What `each` returned for the objects before the items. */
  handedOver?: string[];
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

export interface WriteOptions {
  dryRun?: boolean;
  fieldManager?: string;
  fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
  subresource?: string;
  /** The object whose subresource is created or replaced, when the body is of another kind: an Eviction on its pod, a Scale on its deployment. */
  on?: ObjectRef;
  signal?: AbortSignal;
  timeoutMs?: number;
  force?: boolean;
}

export interface DeleteOptions extends WriteOptions {
  uid?: string;
  resourceVersion?: string;
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
}

export type WatchEvent =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubeObject }
  | { type: 'BOOKMARK'; resourceVersion: string };

export interface WatchOptions {
  resourceVersion: string;
  labelSelector?: string;
  fieldSelector?: string;
  metadataOnly?: boolean;
  /** Called once the server has accepted the watch, possibly long before the first event. */
  onOpen?: () => void;
  signal: AbortSignal;
}

/** Any request, for endpoints without their own method. */
export interface RawRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string>;
  body?: Json;
  contentType?: string;
  accept?: string;
  signal?: AbortSignal;
  timeoutMs?: number;
}

/** The connection's server and user, known without asking the cluster. */
export interface Identity {
  context: string;
  server: string;
  /** The kubeconfig's user name, or the impersonated one. */
  user: string;
  namespace: string;
}

/** The only interface to an API server. Expected failures are returned as outcomes, never thrown. */
export interface Api {
  readonly identity: Identity;
  /** Groups, kinds, resources, scopes and verbs; fetched once, refreshed with `refresh`. */
  discovery(refresh?: boolean): Promise<Outcome<Discovery>>;
  get(
    ref: ObjectRef,
    options?: {
      signal?: AbortSignal;
      timeoutMs?: number;
      metadataOnly?: boolean;
      subresource?: string;
      /** Sent by itself, where reads are combined: for an object that is probably gone, which no list of others answers for. */
      alone?: boolean;
    },
  ): Promise<Outcome<KubeObject>>;
  /** One page. Items that are no objects are left out and named in `malformedItem`. */
  list(collection: Collection, options?: ListOptions): Promise<Outcome<Page>>;
  /**
   * All pages joined; fails as a whole when any page fails or has a malformed item, or when they do not end (see `LIMITS`).
   * Restarts once on 410.
   */
  listAll(collection: Collection, options?: Omit<ListOptions, 'continue'>): Promise<Outcome<Page>>;
  create(object: KubeObject, options?: WriteOptions): Promise<Outcome<KubeObject>>;
  replace(object: KubeObject, options?: WriteOptions): Promise<Outcome<KubeObject>>;
  patch(ref: ObjectRef, type: PatchType, body: Json, options?: WriteOptions): Promise<Outcome<KubeObject>>;
  remove(ref: ObjectRef, options?: DeleteOptions): Promise<Outcome<KubeObject>>;
  /** Events from `resourceVersion` on, until the signal aborts or the stream ends; a failure is the last thing yielded. */
  watch(
    collection: Collection,
    options: WatchOptions,
  ): AsyncIterable<WatchEvent | Extract<Outcome<never>, { ok: false }>>;
  raw(request: RawRequest): Promise<Outcome<unknown>>;
  /**
   * The present server time: this machine's clock corrected by the Date headers of answers; `known` is false before
   * the first answer.
   */
  serverTime(): ServerTime;
  /** The same API on separate connections, so that its requests never wait behind others. For reverting faults. */
  readonly urgent?: Api;
  /** Requests sent so far, for receipts and benchmarks. */
  readonly requests: number;
  close(): Promise<void>;
}
