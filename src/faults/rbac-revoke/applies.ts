import { aKind, doesNotFit, fits, isKind } from '../../injection/plan/fit.ts';
import { subjectsOf } from '../../injection/plan/subjects.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Fit } from '../contract.ts';

/** A binding of a role. For a ClusterRoleBinding, a subject says in which namespace the effect shows. */
export function appliesTo(object: KubeObject): Fit {
  if (!isKind(object, 'rbac.authorization.k8s.io', 'RoleBinding', 'ClusterRoleBinding'))
    return doesNotFit(`it is for a RoleBinding or a ClusterRoleBinding, this is ${aKind(object.kind)}`);
  const subjects = subjectsOf(object);
  if (subjects.length === 0) return doesNotFit('it has no subjects: there is nothing to revoke');
  const namespace = object.metadata.namespace ?? subjects.find(({ namespace }) => namespace !== undefined)?.namespace;
  return fits(object, { bindingName: object.metadata.name, bindingType: object.kind }, namespace);
}
