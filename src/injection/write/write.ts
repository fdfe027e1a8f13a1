import type { Json, KubeObject, ManagedField, ObjectRef } from '../../k8s/object.ts';
import type { PatchType } from '../../kube/client/api.ts';

/** What must still hold when a write reaches the server; the server itself checks it. */
export interface Precondition {
  uid?: string;
  resourceVersion?: string;
  /** The object must not exist (creates). */
  absent?: boolean;
}

/** One write to the cluster as data: it can be printed, journalled, dry-run, permission-checked and sent. Nothing else reaches the cluster. */
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
   * For a restoring write: the field managers that owned before what it restores, and get it back; undefined where that
   * is not known.
   */
  owners?: readonly ManagedField[] | undefined;
}
