import { aKind, doesNotFit, fits, isKind } from '../../injection/plan/fit.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import { coreKind } from '../../kube/discovery/core-kinds.ts';
import type { Fit } from '../contract.ts';
import { DEFAULT_DELAY } from './parts.ts';

interface Definition {
  group?: string;
  scope?: string;
  names?: { plural?: string };
}

/**
 * Any namespaced object: writes of its kind are delayed in its namespace. For a CRD, writes of the kind that it defines
 * are delayed.
 */
export function appliesTo(object: KubeObject, resource?: string): Fit {
  if (isKind(object, 'apiextensions.k8s.io', 'CustomResourceDefinition')) {
    const { group, scope, names } = (object.spec ?? {}) as Definition;
    if (scope !== 'Namespaced') return doesNotFit('the kind that it defines is cluster-scoped');
    return delayed(object, names?.plural, group ?? '');
  }
  if (object.metadata.namespace === undefined) return doesNotFit(`${aKind(object.kind)} lives in no namespace`);
  const { apiVersion, kind } = object;
  return delayed(object, resource ?? coreKind(apiVersion, kind)?.resource, groupOf(apiVersion));
}

function delayed(object: KubeObject, resources: string | undefined, group: string): Fit {
  if (resources === undefined) return doesNotFit(`the resource name of ${aKind(object.kind)} in URLs is not known`);
  return fits(object, { resources, apiGroups: group === '' ? 'core' : group, delay: DEFAULT_DELAY });
}
