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

const kinds = (apiVersion: string, names: readonly string[], namespaced = true): ApiResource[] =>
  names.map(kind => resource(apiVersion, kind, `${kind.toLowerCase().replace(/y$/, 'ie')}s`, namespaced));

const KINDS = [
  ...kinds('v1', ['Pod', 'ConfigMap', 'Secret', 'ServiceAccount', 'Service', 'Event', 'ResourceQuota']),
  ...kinds('v1', ['Namespace', 'Node'], false),
  ...kinds('apps/v1', ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet']),
  ...kinds('autoscaling/v2', ['HorizontalPodAutoscaler']),
  ...kinds('coordination.k8s.io/v1', ['Lease']),
  ...kinds('networking.k8s.io/v1', ['NetworkPolicy']),
  ...kinds('policy/v1', ['PodDisruptionBudget']),
  ...kinds('rbac.authorization.k8s.io/v1', ['Role', 'RoleBinding']),
  ...kinds('rbac.authorization.k8s.io/v1', ['ClusterRole', 'ClusterRoleBinding'], false),
  ...kinds(
    'admissionregistration.k8s.io/v1',
    ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
    false,
  ),
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
