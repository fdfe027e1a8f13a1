/** A JSON value as it travels to and from an API server. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** An owner as written in `metadata.ownerReferences`. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** The part of `metadata.managedFields` that tells who wrote what, and when. */
export interface ManagedField {
  manager?: string;
  operation?: string;
  apiVersion?: string;
  subresource?: string;
  time?: string;
  fieldsType?: string;
  fieldsV1?: unknown;
}

/** The metadata of an object, with the fields used here. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: ManagedField[];
}

/** Any Kubernetes object. Strings inside are the cluster's own, not yet sanitised for a screen. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** A reference to one object. `namespace` is absent for cluster-scoped kinds. */
export interface ObjectRef {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
  uid?: string;
}

/** The annotation with the manifest that `kubectl apply` sent last, as JSON. Of a Secret it holds the values too. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
