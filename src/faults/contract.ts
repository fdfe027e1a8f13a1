import type { FoundInjection } from '../injection/found-injection.ts';
import type { Write } from '../injection/write/write.ts';
import type { KeyPair } from '../k8s/certificate.ts';
import type { KubeObject, ManagedField, ObjectRef } from '../k8s/object.ts';
import type { Collection } from '../kube/client/api.ts';
import type { Failure } from '../kube/client/http/outcome.ts';
import type { FaultType } from './types.ts';

/** Where an injection lands: the resolved namespace and the pod count it was asked for. */
export interface Scope {
  namespace: string;
  count: number;
  /** Every namespace that the experiment may write to; only `namespace` unless told. */
  allowed?: readonly string[];
}

/**
 * Something that must be fetched before anything is decided. `key` names it in `Live`. A `review` is a question that the server answers
 * without storing anything: who am I, may this user do that. A `deletion` is a dry run of one: the object as it would be left, or null
 * where it would be gone at once.
 */
export type Read =
  | { key: string; get: ObjectRef }
  | { key: string; list: Collection; labelSelector?: string }
  | { key: string; review: KubeObject }
  | { key: string; deletion: ObjectRef };

/** What the reads gave: an object, a list, null where it does not exist, or the failure that makes us blind to it. */
export type Live = ReadonlyMap<string, KubeObject | readonly KubeObject[] | null | Failure>;

/** Who injects what, for how long; written into every undo record. Times are milliseconds since the epoch, server time. */
export interface Facts {
  id: string;
  run: string;
  experiment: string;
  by: string;
  host: string;
  at: number;
  expires?: number;
  /** Seeded choice among equals: a number in [0,1) each call. */
  random: () => number;
  /** A fresh P-256 key pair for a server of the injection's own; made by the system unless told, since nobody may foresee it. */
  keyPair?: () => KeyPair;
}

/** A permission that inject or revert will use. `group` is '' for core. */
export interface Permission {
  verb: string;
  group: string;
  kind: string;
  subresource?: string;
  namespace?: string;
  name?: string;
  for: 'inject' | 'revert';
  /**
   * What is lost without it; the injection is still possible. Without this text a missing permission refuses the
   * injection.
   */
  optional?: string;
}

/** One pod that the injection reaches. */
export interface PodInReach {
  namespace: string;
  name: string;
  uid: string;
}

/** Everything an injection will do, decided before the first write. */
export interface Plan {
  is: 'plan';
  type: FaultType;
  /** The id that every undo record of this plan carries. */
  id: string;
  scope: Scope;
  /** In order; each carries its own precondition. */
  writes: Write[];
  undo: { where: string; reversible: boolean };
  pods: PodInReach[];
  /** Uids of similar objects that existed before and are not touched, so that new ones can be recognised. */
  survivors?: string[];
  permissions: Permission[];
  warnings: string[];
  /** The object the injection is about, for arming and for locks; with its uid where it exists. */
  target: ObjectRef;
}

/** A planner's no, in one line: what was expected, what was found, what to do. */
export interface Refusal {
  is: 'refusal';
  code:
    | 'already-injected'
    | 'terminating'
    | 'no-match'
    | 'not-found'
    | 'outside-blast-radius'
    | 'too-many-pods'
    | 'forbidden-target'
    | 'no-effect'
    | 'blind'
    | 'unsupported'
    | 'invalid'
    | 'latched'
    | 'not-permitted';
  message: string;
}

/** Whether the cluster shows that the fault took effect, with the lines that prove it. */
export interface Effect {
  state: 'proven' | 'pending' | 'absent';
  evidence: string[];
}

/** What was and what stands there, as a person may see it: of a Secret only size and digest. */
interface Shown {
  original: string;
  live: string;
}

/** The object that a backup kept, as it is there again, and who owned its fields before. */
interface Victim {
  object: KubeObject;
  owners: readonly ManagedField[] | undefined;
}

/**
 * What a restore will do about one finding. The writes of `diverged` are those of a forced restore. `again`: what follows, such as
 * dropping the backup, is decided only from what these writes made of the cluster. `lost`: what of the original nobody can put back any
 * more, force or not.
 */
export type Restore =
  | { is: 'restore'; writes: Write[]; says: string; again?: boolean; shown?: Shown }
  | { is: 'already-restored'; writes: Write[]; says: string; victim?: Victim }
  | {
      is: 'diverged';
      writes: Write[];
      original: string;
      injected: string;
      live: string;
      says: string;
      again?: boolean;
      lost?: string;
    }
  | { is: 'corrupt'; says: string };

/** Updates that a fault makes slow, and from when on they count as slow. */
export interface Slowed {
  /** As a webhook's rules name them: the core group is '', `*` is any. */
  groups: readonly string[];
  resources: readonly string[];
  namespaces: readonly string[];
  /** Of the objects that are slowed, where not all are. */
  labelSelector?: string;
  atLeastMs: number;
}

/**
 * What an object contributes to a fault: its parameters, and the namespace that the fault writes to where the object
 * determines it; or why the fault does not fit.
 */
export type Fit =
  | { fits: true; parameters: Readonly<Record<string, string>>; namespace?: string }
  | { fits: false; reason: string };

/** One file per injection type; pure: no I/O, no clock, no randomness of its own. */
export interface Fault<P> {
  readonly type: FaultType;
  /**
   * Whether the fault can be put into this object as it was read, and with which parameters. `resource` is what URLs call its kind, where
   * that is known.
   */
  appliesTo(object: KubeObject, resource?: string): Fit;
  /** Typed parameters with defaults, from a document that passed validation. */
  parse(parameters: Readonly<Record<string, string>>): P;
  /** Asked again with the answers so far until it wants nothing new, so that one answer may lead to the next question. */
  reads(params: P, scope: Scope, live: Live): Read[];
  plan(params: P, scope: Scope, live: Live, facts: Facts): Plan | Refusal;
  /** What to fetch to see whether the fault took effect. */
  effectReads(params: P, plan: Plan, live: Live): Read[];
  effect(params: P, plan: Plan, live: Live): Effect;
  /** For a fault that only a clock can show: once the rest of the effect is proven, an update of nothing is timed on the server. */
  slows?(params: P, plan: Plan): Slowed;
  /** What to fetch to decide a restore beyond the found object itself; asked again like `reads`. */
  restoreReads(found: FoundInjection, live: Live): Read[];
  /**
   * If the found object is a backup: the victim it belongs to. If the victim carries the record itself, its own finding
   * restores both, and this one needs no restore.
   */
  standsFor?(found: FoundInjection): ObjectRef | undefined;
  /** The writes that restore the original, and whether that is still right. Judges `found.live`. */
  restore(found: FoundInjection, live: Live): Restore;
}
