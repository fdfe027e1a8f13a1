import type { KubeObject, ObjectRef } from './object.ts';

/** `Kind namespace/name`, as used in messages. */
export function nameOf(ref: { kind: string; namespace?: string; name: string }): string {
  return `${ref.kind} ${ref.namespace === undefined ? '' : `${ref.namespace}/`}${ref.name}`;
}

/** The group of an apiVersion; '' for core. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** Whether two references name the same object, uid aside. */
export function sameObject(a: ObjectRef, b: ObjectRef): boolean {
  return (
    groupOf(a.apiVersion) === groupOf(b.apiVersion) &&
    a.kind === b.kind &&
    a.namespace === b.namespace &&
    a.name === b.name
  );
}

/**
 * Whether two references have the same kind, namespace and name. Unlike `sameObject` it also holds for two references to one object that
 * two API groups serve.
 */
export function sameName(a: Named, b: Named): boolean {
  return a.kind === b.kind && a.name === b.name && (a.namespace ?? '') === (b.namespace ?? '');
}

type Named = Pick<ObjectRef, 'kind' | 'namespace' | 'name'>;

/** Whether a reference has the kind, namespace and name of this object. */
export const isNamed = ({ kind, metadata }: KubeObject, ref: Named): boolean => sameName({ kind, ...metadata }, ref);

/** How `object` is named in requests, bound to its uid where it has one. */
export function refOf(object: KubeObject): ObjectRef {
  const { name, namespace, uid } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(uid === undefined ? {} : { uid }),
  };
}
