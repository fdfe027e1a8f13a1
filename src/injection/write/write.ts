import type { Json, KubeObject, ManagedField, ObjectRef } from '../../k8s/object.ts';
import type { PatchType } from '../../kube/client/api.ts';

/** What must still be true when a write reaches the server; the server checks it. */
export interface Precondition {
  uid?: string;
  resourceVersion?: string;
  /** The object must not exist (creates). */
  absent?: boolean;
}

/** One write to the cluster as data, which can be printed, journalled, tried as a dry run, checked for permissions and sent. Every change to a cluster is a `Write`. */
export type Write =
  | ({ verb: 'create'; on: ObjectRef; body: KubeObject; precondition: Precondition; says: string } & Owned)
  | ({
      verb: 'patch';
      on: ObjectRef;
      patchType: PatchType;
      body: Json;
      precondition: Precondition;
      says: string;
    } & Owned)
  | ({ verb: 'replace'; on: ObjectRef; body: KubeObject; precondition: Precondition; says: string } & Owned)
  | {
      verb: 'delete';
      on: ObjectRef;
      gracePeriodSeconds?: number;
      propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
      precondition: Precondition;
      says: string;
    };

interface Owned {
  /**
   * For a restoring write: the field managers that owned the restored fields before the injection, and get them back;
   * undefined if they are not known.
   */
  owners?: readonly ManagedField[] | undefined;
}
