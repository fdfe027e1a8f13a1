import { type Issue, quoted } from '../../text/issue.ts';
import { field, shortValue } from '../rules/check.ts';
import { holds } from '../rules/record-shape.ts';
import { type FaultRules, optional, type Parameters } from '../rules/rules.ts';
import { anyObject, isClusterKind, NAMESPACE_IGNORED, noExperiment } from '../rules/targets.ts';

/** API groups of Kubernetes itself; the framework's list. */
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

/** What a CRDMutation accepts, and what it leaves behind. */
export const rules: FaultRules = {
  parameters: {
    ...anyObject,
    path: optional(mutablePath),
    field: optional(field),
    value: { required: true, mayBeEmpty: true, check: shortValue },
  },
  ignored: NAMESPACE_IGNORED,
  whole: parameters => [...noExperiment(parameters), ...exactlyOneOf(parameters, 'path', 'field')],
  needsHigh: mutationDanger,
  danger: 'medium',
  tier: 3,
  expects: 'self-heal',
  leaves: 'marks',
  foundOn: 'target',
  recognises: {
    record: data => (holds(data, 'path') || holds(data, 'field')) && holds(data, 'originalValue'),
  },
  isClusterScoped: isClusterKind,
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

function exactlyOneOf(parameters: Parameters, a: string, b: string): Issue[] {
  const given = [a, b].filter(name => (parameters[name] ?? '') !== '');
  if (given.length === 1) return [];
  return [
    {
      path: a,
      message: given.length === 0 ? `expected ${a} or ${b}, found neither` : `expected ${a} or ${b}, found both`,
    },
  ];
}
