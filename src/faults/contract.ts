import type { FoundInjection } from '../injection/found-injection.ts';
import type { Write } from '../injection/write/write.ts';
import type { KeyPair } from '../k8s/certificate.ts';
import type { KubeObject, ManagedField, ObjectRef } from '../k8s/object.ts';
import type { Collection } from '../kube/client/api.ts';
import type { Failure } from '../kube/client/http/outcome.ts';
import type { FaultType } from './types.ts';

/** Where an injection writes: the resolved namespace, and how many pods the experiment asks for. */
export interface Scope {
  namespace: string;
  count: number;
  /** Every namespace that the experiment may write to; by default only `namespace`. */
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

/** The results of the reads by key: an object, a list, null if it does not exist, or the failure of the read (blind). */
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
  /** For a seeded choice among equals: returns a number in [0,1). */
  random: () => number;
  /** Makes a P-256 key pair for a server that the injection runs. By default the system's random source, so that nobody can predict the key. */
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
   * What is lost without the permission, if the injection is still possible. If this text is not set, a missing
   * permission refuses the injection.
   */
  optional?: string;
}

/** One pod that the injection reaches. */
export interface PodInReach {
  namespace: string;
  name: string;
  uid: string;
}

/** Everything that an injection will do, decided before the first write. */
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

/** Why a planner refuses. The message is one line: what was expected, what was found, what to do. */
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

/** Whether the cluster shows that the fault took effect, with the lines of evidence. */
export interface Effect {
  state: 'proven' | 'pending' | 'absent';
  evidence: string[];
}

/** The original and the current value, for the screen: of a Secret only size and digest. */
interface Shown {
  original: string;
  live: string;
}

/** The object whose backup was kept, as it exists again now, and the former owners of its fields. */
interface Victim {
  object: KubeObject;
  owners: readonly ManagedField[] | undefined;
}

/** The namespace that a deleted object was in, and when it had been created there; milliseconds since the epoch. */
interface Former {
  namespace: string;
  createdAt: number;
}

/**
 * What a restore will do about one found injection. The writes of `diverged` are those of a forced restore. `again`: after these
 * writes the object is read and decided once more, for example to delete the backup. `soon`: nothing can be written now, and what is missing
 * comes within seconds or not by itself. `lost`: the part of the original that cannot be restored, not even by force.
 */
export type Restore =
  | { is: 'restore'; writes: Write[]; says: string; again?: boolean; soon?: boolean; shown?: Shown; former?: Former }
  | { is: 'already-restored'; writes: Write[]; says: string; victim?: Victim; former?: Former }
  | {
      is: 'diverged';
      writes: Write[];
      original: string;
      injected: string;
      live: string;
      says: string;
      again?: boolean;
      lost?: string;
      former?: Former;
    }
  | { is: 'corrupt'; says: string };

/** The updates that a fault delays, and the shortest duration that counts as delayed. */
export interface Slowed {
  /** As a webhook's rules name them: the core group is '', `*` is any. */
  groups: readonly string[];
  resources: readonly string[];
  namespaces: readonly string[];
  /** Selects the delayed objects, if not all are delayed. */
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

/** A fault type; one folder each. Pure: no I/O, no clock, no randomness of its own. */
export interface Fault<P> {
  readonly type: FaultType;
  /**
   * Whether the fault can be injected into this object as it was read, and with which parameters. `resource` is the kind's name in
   * URLs, if that is known.
   */
  appliesTo(object: KubeObject, resource?: string): Fit;
  /** Typed parameters with defaults, from a document that passed validation. */
  parse(parameters: Readonly<Record<string, string>>): P;
  /** The reads that the plan needs. Called again with the results so far, until it asks for nothing new. */
  reads(params: P, scope: Scope, live: Live): Read[];
  plan(params: P, scope: Scope, live: Live, facts: Facts): Plan | Refusal;
  /** What to fetch to see whether the fault took effect. */
  effectReads(params: P, plan: Plan, live: Live): Read[];
  effect(params: P, plan: Plan, live: Live): Effect;
  /** For a fault whose effect is a delay: once the rest of the effect is proven, a dry-run update that changes nothing is timed. */
  slows?(params: P, plan: Plan): Slowed;
  /** The reads, beyond the found object, that the restore needs. Called again in the same way as `reads`. */
  restoreReads(found: FoundInjection, live: Live): Read[];
  /**
   * If the found object is a backup: the victim that it belongs to. If the victim itself carries the undo record, the
   * injection found on the victim restores both, and the backup needs no restore of its own.
   */
  standsFor?(found: FoundInjection): ObjectRef | undefined;
  /** Decides from `found.live` whether the original may be restored, and with which writes. */
  restore(found: FoundInjection, live: Live): Restore;
}
