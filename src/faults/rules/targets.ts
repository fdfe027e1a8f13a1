import type { Issue } from '../../text/issue.ts';
import { all, type Check, kubernetesName, nonEmpty, targetName } from './check.ts';
import { namespaceParameter } from './protected.ts';
import { always, type FaultRules, optional, type Parameters, required } from './rules.ts';

/** The API group of the framework, with its slash. */
export const CHAOS_GROUP = 'chaos.operatorchaos.io/';

export const NAMESPACE_IGNORED = { namespace: 'the target must be in the experiment’s own namespace' };

/** An experiment may not be the target of another. */
export function noExperiment({ apiVersion = '', kind = '' }: Parameters): Issue[] {
  const isExperiment = kind === 'ChaosExperiment' && (apiVersion === '' || apiVersion.startsWith(CHAOS_GROUP));
  return isExperiment ? [{ path: 'kind', message: 'a ChaosExperiment is no target' }] : [];
}

export const notKinds =
  (...kinds: string[]): Check =>
  value =>
    kinds.includes(value) ? `kind ${value} is no target for this type` : undefined;

export const anyObject = { apiVersion: required(nonEmpty), kind: required(nonEmpty), name: required(targetName) };

export const asIssues = (path: string, message: string | undefined): Issue[] =>
  message === undefined ? [] : [{ path, message }];

/** The rules that all types that change a Deployment share. */
export const deploymentRules: FaultRules = {
  parameters: { name: required(targetName) },
  needsHigh: always('it changes what runs in a Deployment'),
  danger: 'high',
  tier: 3,
  expects: 'survive',
  leaves: 'marks',
  foundOn: ['deployments.apps'],
};

/** The rules that all types share that back up one namespaced object and delete it. */
export const deletionRules = {
  danger: 'high',
  tier: 3,
  expects: 'self-heal',
  leaves: 'backup',
} as const satisfies Partial<FaultRules>;

export function backedUpAs(prefix: string) {
  return (value: string): string | undefined =>
    prefix.length + value.length <= 253 ? undefined : `its backup ${prefix}… would be longer than 253 characters`;
}

export const ownNamespace = optional(all(kubernetesName, ...namespaceParameter));

/** Cluster-scoped kinds that much of the cluster depends on. */
export const CORE_CLUSTER_KINDS = [
  'Namespace',
  'Node',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'PersistentVolume',
];

const CLUSTER_KINDS = new Set([
  ...CORE_CLUSTER_KINDS,
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

/** Whether the object that the parameters name is cluster-scoped, by the framework's list. */
export function isClusterKind({ apiVersion = '', kind = '' }: Parameters): boolean {
  return (
    apiVersion.startsWith('apiextensions.k8s.io/') ||
    apiVersion.startsWith('apiregistration.k8s.io/') ||
    CLUSTER_KINDS.has(kind)
  );
}
