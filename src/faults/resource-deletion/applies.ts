import { aKind, doesNotFit, fits } from '../../injection/plan/fit.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import type { Fit } from '../contract.ts';
import { RBAC } from './plan.ts';

/** Any namespaced object that does not grant permissions. */
export function appliesTo(object: KubeObject): Fit {
  const { apiVersion, kind } = object;
  const { name, namespace } = object.metadata;
  if (namespace === undefined) return doesNotFit(`${aKind(kind)} lives in no namespace`);
  if (groupOf(apiVersion) === RBAC) return doesNotFit(`${aKind(kind)} grants permissions: use RBACRevoke`);
  if (kind === 'Event') return doesNotFit('an Event is no target');
  return fits(object, { apiVersion, kind, name });
}
