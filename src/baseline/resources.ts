import { select as selectListable } from '../injection/resources.ts';
import type { ApiResource } from '../kube/discovery/discovery.ts';

export { type About, undiscovered } from '../injection/resources.ts';

/** Worked out from other objects, or gone within the hour. */
const PASSING = new Set([
  '/events',
  'events.k8s.io/events',
  '/endpoints',
  'discovery.k8s.io/endpointslices',
  '/podtemplates',
  'authorization.openshift.io/*',
]);

/** Cluster-wide kinds that faults are written into; there is no end to the others. */
const CLUSTER_WIDE = new Set([
  '/namespaces',
  'admissionregistration.k8s.io/validatingwebhookconfigurations',
  'admissionregistration.k8s.io/mutatingwebhookconfigurations',
  'rbac.authorization.k8s.io/clusterroles',
  'rbac.authorization.k8s.io/clusterrolebindings',
]);

/** What a baseline is of: one version of each resource of namespaces, and some that are cluster-wide. */
export const select = (listable: readonly ApiResource[]): ApiResource[] =>
  selectListable(listable, undefined).resources.filter(({ group, resource, namespaced }) => {
    const key = `${group}/${resource}`;
    return namespaced ? !PASSING.has(key) && !PASSING.has(`${group}/*`) : CLUSTER_WIDE.has(key);
  });
