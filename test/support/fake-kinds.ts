import type { ApiResource, Discovery } from '../../src/kube/discovery/discovery.ts';

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/** A kind as discovery tells of it. */
export function resource(apiVersion: string, kind: string, plural: string, namespaced = true): ApiResource {
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    apiVersion,
    kind,
    resource: plural,
    singular: kind.toLowerCase(),
    namespaced,
    verbs: VERBS,
    shortNames: [],
    subresources: [],
  };
}

/** The framework's own kind, as its definition serves it. */
export const EXPERIMENTS: ApiResource = {
  ...resource('chaos.operatorchaos.io/v1alpha1', 'ChaosExperiment', 'chaosexperiments'),
  subresources: ['status'],
};

const KINDS = [
  resource('v1', 'Pod', 'pods'),
  resource('v1', 'ConfigMap', 'configmaps'),
  resource('v1', 'Secret', 'secrets'),
  resource('v1', 'ServiceAccount', 'serviceaccounts'),
  resource('v1', 'Service', 'services'),
  resource('v1', 'Event', 'events'),
  resource('v1', 'ResourceQuota', 'resourcequotas'),
  resource('v1', 'Namespace', 'namespaces', false),
  resource('v1', 'Node', 'nodes', false),
  resource('apps/v1', 'Deployment', 'deployments'),
  resource('apps/v1', 'ReplicaSet', 'replicasets'),
  resource('apps/v1', 'StatefulSet', 'statefulsets'),
  resource('apps/v1', 'DaemonSet', 'daemonsets'),
  resource('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
  resource('coordination.k8s.io/v1', 'Lease', 'leases'),
  resource('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'),
  resource('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets'),
  resource('rbac.authorization.k8s.io/v1', 'Role', 'roles'),
  resource('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false),
  resource('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings'),
  resource('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'clusterrolebindings', false),
  resource(
    'admissionregistration.k8s.io/v1',
    'ValidatingWebhookConfiguration',
    'validatingwebhookconfigurations',
    false,
  ),
  resource('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', 'mutatingwebhookconfigurations', false),
];

/** Discovery of the kinds that tests use most, and of those added. */
export function fakeDiscovery(more: readonly ApiResource[] = []): Discovery {
  const resources = [...KINDS, ...more];
  return {
    resources,
    blind: [],
    byKind: (apiVersion, kind) => resources.find(item => item.apiVersion === apiVersion && item.kind === kind),
    byResource: (group, name) => resources.find(item => item.group === group && item.resource === name),
  };
}
