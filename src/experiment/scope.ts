import type { RawExperiment } from './document-shape.ts';
import { FORBIDDEN_NAMESPACES } from './parameters/protected.ts';
import type { Experiment, FaultType } from './types.ts';

/** Where an injection lands, and which part of the document says so. */
export interface ResolvedNamespace {
  namespace: string;
  from: 'allowedNamespaces' | 'steadyState' | 'metadata' | 'default';
}

/** The framework's rule: the one allowed namespace, else the first that a check names, else metadata.namespace, else `default`. */
export function resolveNamespace(experiment: Experiment | RawExperiment): ResolvedNamespace {
  const allowed = experiment.spec?.blastRadius?.allowedNamespaces ?? [];
  if (allowed.length === 1 && allowed[0] !== undefined) return { namespace: allowed[0], from: 'allowedNamespaces' };
  const check = (experiment.spec?.steadyState?.checks ?? []).find(item => (item.namespace ?? '') !== '');
  if (check?.namespace !== undefined) return { namespace: check.namespace, from: 'steadyState' };
  const own = experiment.metadata?.namespace ?? '';
  return own === '' ? { namespace: 'default', from: 'default' } : { namespace: own, from: 'metadata' };
}

/** Why nothing may be injected in this namespace, undefined where it may. */
export function forbiddenNamespace(namespace: string, allowDangerous: boolean): string | undefined {
  if (FORBIDDEN_NAMESPACES.includes(namespace)) return `namespace ${namespace} is never a target`;
  if (namespace.startsWith('openshift-') && !allowDangerous) {
    return `namespace ${namespace} belongs to the platform: only with spec.blastRadius.allowDangerous: true`;
  }
  return undefined;
}

const CLUSTER_KINDS = new Set([
  'Namespace',
  'Node',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'PersistentVolume',
  'StorageClass',
  'IngressClass',
  'PriorityClass',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'APIService',
  'Kueue',
  'ClusterQueue',
  'ResourceFlavor',
  'WorkloadPriorityClass',
  'Cohort',
  'AdmissionCheck',
  'MultiKueueCluster',
  'MultiKueueConfig',
  'ProvisioningRequestConfig',
  'Topology',
]);

/** Whether the framework counts this injection as cluster-scoped: then it needs high danger and no allowed namespaces. */
export function isClusterScoped(type: FaultType, parameters: Readonly<Record<string, string>>): boolean {
  if (type === 'WebhookDisrupt') return true;
  if (type === 'RBACRevoke') return parameters.bindingType === 'ClusterRoleBinding';
  if (type !== 'CRDMutation' && type !== 'FinalizerBlock') return false;
  const { apiVersion = '', kind = '' } = parameters;
  return (
    apiVersion.startsWith('apiextensions.k8s.io/') ||
    apiVersion.startsWith('apiregistration.k8s.io/') ||
    CLUSTER_KINDS.has(kind)
  );
}
