import type { Fields } from '../../k8s/fields.ts';
import type { ObjectRef } from '../../k8s/object.ts';
import type { Discovery } from '../../kube/discovery/discovery.ts';
import type { Marker } from '../marker.ts';
import type { Sync } from '../sync.ts';
import type { Since } from '../trouble.ts';
import type { ViewKind } from './kinds.ts';

/**
 * One object of the view: pruned to what rules read (without managedFields, large annotations and schemas) and with
 * every string sanitised. Pods of one template share parts of their `spec` in memory. Values of environment variables
 * and of ConfigMaps are not kept.
 */
export interface ViewObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    /** `deletionTimestamp` is when this grace period ends: the deletion was asked for that much earlier. */
    readonly deletionGracePeriodSeconds?: number;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly finalizers: readonly string[];
    readonly ownerReferences: readonly {
      apiVersion: string;
      kind: string;
      name: string;
      uid: string;
      controller?: boolean;
    }[];
  };
  readonly spec: Fields;
  readonly status: Fields;
  /** The injection that the object's own metadata records. */
  readonly marker?: Marker;
  /** Other top-level fields that the kind has: `webhooks`, `rules`, `subjects`, `endpoints`, … `data` of a ConfigMap maps each key to the length of its value. */
  readonly [field: string]: unknown;
}

/** A warning event, the repetitions of one counted together. */
export interface WarningEvent {
  about: ObjectRef;
  reason: string;
  message: string;
  count: number;
  first: Since;
  last: number;
}

/** Everything known of a cluster at one moment, with indexes. `sync` says what is not known. */
export interface ClusterView {
  /** The objects of these kinds, kind after kind. */
  all(...kinds: ViewKind[]): Iterable<ViewObject>;
  count(kind: ViewKind): number;
  get(kind: ViewKind, namespace: string | undefined, name: string): ViewObject | undefined;
  byUid(uid: string): ViewObject | undefined;
  inNamespace(kind: ViewKind, namespace: string): readonly ViewObject[];
  /** Objects whose ownerReferences name this uid. */
  ownedBy(uid: string): readonly ViewObject[];
  /** The chain of controlling owners, nearest first. Owners that are not in the view are left out. */
  ownersOf(object: ViewObject): readonly ViewObject[];
  /**
   * Pods of a namespace that a label selector (`matchLabels`/`matchExpressions`, or the plain map of a Service)
   * matches. An empty selector matches all, as a LabelSelector does. A Service without a selector selects nothing:
   * callers must check that first.
   */
  podsMatching(namespace: string, selector: Fields): readonly ViewObject[];
  /** Slices of a Service. */
  slicesOf(namespace: string, service: string): readonly ViewObject[];
  /** Warning events about an object, newest first. */
  eventsAbout(object: { kind: string; namespace?: string; name: string; uid?: string }): readonly WarningEvent[];
  /** All warning events, in no order. */
  events(): Iterable<WarningEvent>;
  /** How well a kind is known. `blind` with the reason `not served` means that the cluster has no such kind. */
  sync(kind: ViewKind): Sync;
  /** Whether the cluster has the kind; undefined where discovery did not say. */
  serves(kind: ViewKind): boolean | undefined;
  /**
   * When the cluster last sent anything of the kind, in milliseconds of server time; undefined before the first
   * answer.
   */
  lastReceivedAt(kind: ViewKind): number | undefined;
  readonly discovery: Discovery | undefined;
  readonly context: string | undefined;
  /** The only namespace that was read, when no other may be read. Objects in other namespaces seem not to exist. */
  readonly onlyNamespace?: string | undefined;
}
