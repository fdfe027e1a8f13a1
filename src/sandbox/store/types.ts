import type { SandboxClock } from '../clock.ts';
import type { KubeObject, ManagedFieldsEntry, NewObject } from '../object.ts';
import type { Random } from '../random.ts';
import type { Registry } from '../registry.ts';
import type { LabelSelector } from '../selector.ts';
import type { StoreEvent } from './history.ts';
import type { DeleteOptions } from './lifecycle.ts';

/** Who writes, for `metadata.managedFields`. */
interface Writer {
  manager: string;
  subresource?: string;
}

export interface WriteOptions {
  /** Without a writer the managed fields stay as they are in the object. */
  by?: Writer;
  /** The subresource a write goes through, where no writer says it. */
  subresource?: string;
  /** Computes and returns the result without storing it. */
  dryRun?: boolean;
  /** Changes a new object once it has its uid. */
  finish?: (object: KubeObject) => void;
  /**
   * The time to record for this write, in milliseconds since 1970; now when absent. For objects that are set up with
   * a past.
   */
  at?: number;
  /** The uid of a new object; a random one when absent. For recorded objects that others refer to by uid. */
  uid?: string;
}

/** Works out `metadata.managedFields` after a write. */
export type FieldTracker = (
  before: KubeObject | undefined,
  after: KubeObject,
  by: Writer,
  time: string,
) => ManagedFieldsEntry[] | undefined;

export interface DeleteResult {
  /** The object after the deletion: removed, or with a deletion timestamp. */
  object: KubeObject;
  /** False while finalizers or a grace period hold it. */
  removed: boolean;
}

/**
 * The cluster's objects. Every method is synchronous; what it returns must not be changed in place. `resource` is a
 * registry key (`pods`, `deployments.apps`); `namespace` is undefined for cluster-scoped kinds. Refusals are StatusError.
 */
export interface Store {
  get<T extends KubeObject = KubeObject>(resource: string, namespace: string | undefined, name: string): T | undefined;
  list<T extends KubeObject = KubeObject>(resource: string, namespace?: string, selector?: LabelSelector): T[];
  /** Creates; fills in name (from generateName), uid, times. 409 when the name is taken. No admission, no defaulting. */
  create<T extends KubeObject = KubeObject>(resource: string, object: NewObject, options?: WriteOptions): T;
  /** Replaces. 409 when the object carries a resourceVersion or uid that is not the current one; 404 when there is none. */
  update<T extends KubeObject = KubeObject>(resource: string, object: NewObject, options?: WriteOptions): T;
  /**
   * Changes the current object: `change` gets a copy of its own to edit, or returns another object; returning `false`
   * leaves it alone. Undefined when there is no such object.
   */
  modify<T extends KubeObject = KubeObject>(
    resource: string,
    namespace: string | undefined,
    name: string,
    // biome-ignore lint/suspicious/noConfusingVoidType: a function that edits its argument returns nothing
    change: (draft: T) => T | false | void,
    options?: WriteOptions,
  ): T | undefined;
  /** Deletes, or marks for deletion while finalizers or a grace period hold. 404, and 409 for a failed precondition. */
  delete(resource: string, namespace: string | undefined, name: string, options?: DeleteOptions): DeleteResult;
  /** Calls back after each change of the resource (`*` for all), in order. Returns a way to stop. */
  watch(resource: string, listener: (event: StoreEvent) => void): () => void;
  /** The number of the latest change. */
  revision(): number;
  /** Changes of a resource after a revision; undefined when they are no longer known (410). */
  since(resource: string, revision: number): StoreEvent[] | undefined;
  /** The objects as they were at a revision; undefined when that is no longer known (410). */
  at(resource: string, revision: number, namespace?: string): KubeObject[] | undefined;
  /** Drops the history, so that older revisions answer 410. */
  compact(): void;
  /** Drops all objects of a resource without events, for a kind that is no longer defined. */
  forget(resource: string): void;
  count(resource: string): number;
}

export interface StoreParts {
  clock: SandboxClock;
  random: Random;
  registry: Registry;
  /** Absent: managed fields are not tracked. */
  track?: FieldTracker;
  /** Changes remembered per resource. */
  historySize?: number;
}
