import type { Issue } from '../issue.ts';
import { all, type Check, kubernetesName, nonEmpty, targetName } from './check.ts';
import { anyObject, asIssues, noExperiment, notKinds } from './objects.ts';
import { backedUpAs } from './pods.ts';
import { namespaceParameter, secretName, serviceAccountName, serviceName } from './protected.ts';
import { always, optional, type Parameters, required, type TypeRules } from './rules.ts';

const ownNamespace = optional(all(kubernetesName, ...namespaceParameter));

export const SecretDeletion: TypeRules = {
  parameters: {
    name: required(all(targetName, ...secretName, backedUpAs('chaos-backup-secret-'))),
    namespace: ownNamespace,
  },
  needsHigh: always('it deletes a Secret'),
  namespaceParameter: 'namespace',
  danger: 'high',
  tier: 3,
  expects: 'self-heal',
};

const UNDELETABLE = [
  'Namespace',
  'Node',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'PersistentVolume',
];
const PROTECTED: Readonly<Record<string, readonly Check[]>> = {
  Secret: secretName,
  Service: serviceName,
  ServiceAccount: serviceAccountName,
};

export const ResourceDeletion: TypeRules = {
  parameters: { ...anyObject, kind: required(all(nonEmpty, notKinds(...UNDELETABLE))), namespace: ownNamespace },
  whole: parameters => [...noExperiment(parameters), ...deletionRules(parameters)],
  needsHigh: always('it deletes an object'),
  namespaceParameter: 'namespace',
  danger: 'high',
  tier: 3,
  expects: 'self-heal',
};

function deletionRules({ kind = '', name = '' }: Parameters): Issue[] {
  const checks = Object.hasOwn(PROTECTED, kind) ? (PROTECTED[kind] ?? []) : [];
  return [
    ...asIssues('name', all(...checks)(name)),
    ...asIssues('name', backedUpAs(`chaos-backup-resource-${kind.toLowerCase()}-`)(name)),
  ];
}

export const NamespaceDeletion: TypeRules = {
  parameters: {
    namespace: required(
      all(kubernetesName, ...namespaceParameter, value =>
        value === 'operator-chaos-system' ? 'never a target' : undefined,
      ),
    ),
  },
  needsHigh: always('it deletes everything in a namespace'),
  namespaceParameter: 'namespace',
  danger: 'high',
  tier: 5,
  expects: 'self-heal',
};
