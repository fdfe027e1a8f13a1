import { select as selectListable } from '../injection/resources.ts';
import type { ApiResource } from '../kube/discovery/discovery.ts';

export { type ResourceNote, undiscoveredGroups } from '../injection/resources.ts';

/** Kinds that are derived from other objects, or short-lived. */
const SHORT_LIVED = new Set([
  '/events',
  'events.k8s.io/events',
  '/endpoints',
  'discovery.k8s.io/endpointslices',
  '/podtemplates',
  'authorization.openshift.io/*',
]);

/** The cluster-scoped kinds that faults write to. Others are left out, since they are too many. */
const CLUSTER_WIDE = new Set([
  '/namespaces',
  'admissionregistration.k8s.io/validatingwebhookconfigurations',
  'admissionregistration.k8s.io/mutatingwebhookconfigurations',
  'rbac.authorization.k8s.io/clusterroles',
  'rbac.authorization.k8s.io/clusterrolebindings',
]);

/** The resources in a baseline: one version of each namespaced resource, and some cluster-scoped ones. */
export const baselineResources = (listable: readonly ApiResource[]): ApiResource[] =>
  selectListable(listable, undefined).resources.filter(({ group, resource, namespaced }) => {
    const key = `${group}/${resource}`;
    return namespaced ? !SHORT_LIVED.has(key) && !SHORT_LIVED.has(`${group}/*`) : CLUSTER_WIDE.has(key);
  });
