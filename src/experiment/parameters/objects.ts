import type { Issue } from '../issue.ts';
import { quoted } from '../issue.ts';
import {
  all,
  type Check,
  dataKey,
  field,
  labelKey,
  labelValue,
  nonEmpty,
  oneOf,
  shortValue,
  targetName,
} from './check.ts';
import { configMapName, secretName } from './protected.ts';
import { optional, type Parameters, required, type TypeRules } from './rules.ts';

const GROUP = 'chaos.operatorchaos.io/';
const NAMESPACE_IGNORED = { namespace: 'the target is looked for in the experiment’s own namespace' };

/** An experiment may not be the target of another. */
export function noExperiment({ apiVersion = '', kind = '' }: Parameters): Issue[] {
  const isExperiment = kind === 'ChaosExperiment' && (apiVersion === '' || apiVersion.startsWith(GROUP));
  return isExperiment ? [{ path: 'kind', message: 'a ChaosExperiment is no target' }] : [];
}

export const notKinds =
  (...kinds: string[]): Check =>
  value =>
    kinds.includes(value) ? `kind ${value} is no target for this type` : undefined;

export const anyObject = { apiVersion: required(nonEmpty), kind: required(nonEmpty), name: required(targetName) };

/** API groups that the cluster is made of. */
const CORE_GROUPS = [
  'apps/',
  'batch/',
  'networking.k8s.io/',
  'policy/',
  'rbac.authorization.k8s.io/',
  'storage.k8s.io/',
  'admissionregistration.k8s.io/',
  'authentication.k8s.io/',
  'authorization.k8s.io/',
  'autoscaling/',
  'certificates.k8s.io/',
  'coordination.k8s.io/',
  'discovery.k8s.io/',
  'events.k8s.io/',
  'flowcontrol.apiserver.k8s.io/',
  'node.k8s.io/',
  'scheduling.k8s.io/',
  'apiextensions.k8s.io/',
  'apiregistration.k8s.io/',
  'route.openshift.io/',
];
const SENSITIVE = [
  'replicas',
  'serviceAccountName',
  'serviceAccount',
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'securityContext',
  'volumes',
  'containers',
  'initContainers',
  'nodeName',
  'nodeSelector',
  'template',
  'selector',
  'strategy',
  'updateStrategy',
  'affinity',
  'tolerations',
  'priorityClassName',
  'runtimeClassName',
  'automountServiceAccountToken',
  'dnsPolicy',
  'shareProcessNamespace',
  'schedulerName',
];
const FIXED_PATHS = [
  'apiVersion',
  'kind',
  ...[
    'name',
    'namespace',
    'uid',
    'resourceVersion',
    'generation',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
  ].map(name => `metadata.${name}`),
];

export const CRDMutation: TypeRules = {
  parameters: {
    ...anyObject,
    path: optional(mutablePath),
    field: optional(field),
    value: { required: true, mayBeEmpty: true, check: shortValue },
  },
  ignored: NAMESPACE_IGNORED,
  whole: parameters => [...noExperiment(parameters), ...oneOfTwo(parameters, 'path', 'field')],
  needsHigh: mutationDanger,
  danger: 'medium',
  tier: 3,
  expects: 'self-heal',
};

function mutablePath(value: string): string | undefined {
  if (value.length > 253) return `expected at most 253 characters, found ${value.length}`;
  if (FIXED_PATHS.includes(value)) return `${value} cannot be changed`;
  const bad = value.split('.').find(segment => field(segment) !== undefined);
  return bad === undefined
    ? undefined
    : `expected field names joined by dots, found ${quoted(bad)} in ${quoted(value)}`;
}

function mutationDanger({ apiVersion = '', path, field: legacy, value = '' }: Parameters): string | undefined {
  const leaf = path?.split('.').at(-1) ?? legacy ?? '';
  const parsed = jsonOf(value);
  if (value.trim() === 'null') return 'the value is null';
  if (typeof parsed === 'object' && parsed !== null) return 'the value is an object or a list';
  if (SENSITIVE.includes(leaf)) return `${leaf} is a sensitive field`;
  const isCore = apiVersion === 'v1' || CORE_GROUPS.some(group => apiVersion.startsWith(group));
  return isCore ? `${apiVersion} belongs to the cluster itself` : undefined;
}

function jsonOf(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function oneOfTwo(parameters: Parameters, a: string, b: string): Issue[] {
  const given = [a, b].filter(name => (parameters[name] ?? '') !== '');
  if (given.length === 1) return [];
  return [
    {
      path: a,
      message: given.length === 0 ? `expected ${a} or ${b}, found neither` : `expected ${a} or ${b}, found both`,
    },
  ];
}

export const ConfigDrift: TypeRules = {
  parameters: {
    name: required(targetName),
    key: required(dataKey),
    value: { required: true, mayBeEmpty: true, check: shortValue },
    resourceType: optional(oneOf('ConfigMap', 'Secret')),
  },
  ignored: NAMESPACE_IGNORED,
  whole: driftRules,
  needsHigh: ({ resourceType }) => (resourceType === 'Secret' ? 'the target is a Secret' : undefined),
  danger: 'medium',
  tier: 2,
  expects: 'self-heal',
};

function driftRules({ name = '', key = '', resourceType }: Parameters): Issue[] {
  if (resourceType !== 'Secret') return asIssues('name', all(...configMapName)(name));
  const length = `chaos-rollback-${name}-${key}`.length;
  return [
    ...asIssues('name', all(...secretName)(name)),
    ...asIssues('name', length > 253 ? 'with the key it is too long for the backup’s name, 253 characters' : undefined),
  ];
}

export const asIssues = (path: string, message: string | undefined): Issue[] =>
  message === undefined ? [] : [{ path, message }];

const CORE_KINDS = [
  'Secret',
  'ConfigMap',
  'ServiceAccount',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Service',
  'Endpoints',
];

export const FinalizerBlock: TypeRules = {
  parameters: {
    apiVersion: optional(),
    kind: required(all(nonEmpty, notKinds('Namespace', 'Node'))),
    name: required(targetName),
    finalizer: optional(value =>
      value === `${GROUP}cleanup`
        ? 'this finalizer belongs to the framework’s controller: taking it out again would skip a revert'
        : undefined,
    ),
  },
  whole: noExperiment,
  needsHigh: ({ apiVersion = 'v1', kind = '' }) =>
    (apiVersion === 'v1' || apiVersion === '') && CORE_KINDS.includes(kind) ? `${kind} is a core kind` : undefined,
  danger: 'low',
  tier: 3,
  expects: 'survive',
};

export const OwnerRefOrphan: TypeRules = {
  parameters: { ...anyObject, kind: required(all(nonEmpty, notKinds('Namespace', 'Node'))) },
  whole: noExperiment,
  danger: 'medium',
  tier: 3,
  expects: 'self-heal',
};

export const LabelStomping: TypeRules = {
  parameters: {
    ...anyObject,
    labelKey: required(all(labelKey, ownLabel)),
    action: required(oneOf('overwrite', 'delete')),
    newValue: optional(labelValue),
  },
  whole: noExperiment,
  needsHigh: ({ labelKey: key = '' }) =>
    key.includes('kubernetes.io/') || key.includes('k8s.io/') ? `${key} is a label of the platform` : undefined,
  danger: 'medium',
  tier: 3,
  expects: 'self-heal',
};

function ownLabel(key: string): string | undefined {
  const isOurs = key === 'app.kubernetes.io/managed-by' || key.startsWith(GROUP);
  return isOurs ? `label ${key} carries the undo information and is no target` : undefined;
}
