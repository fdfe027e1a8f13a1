import { parseDuration } from '../../text/duration.ts';
import { DURATION_HINT, type Issue, quoted } from '../issue.ts';
import { all, kubernetesName, nonEmpty, notReserved, oneOf, resourceName, selector } from './check.ts';
import { clusterBindingName, webhookName } from './protected.ts';
import { always, optional, type Parameters, required, type TypeRules } from './rules.ts';

export const WebhookDisrupt: TypeRules = {
  parameters: {
    webhookName: optional(all(resourceName, ...webhookName)),
    webhookLabelSelector: optional(selector),
    action: required(oneOf('setFailurePolicy')),
    webhookType: optional(oneOf('validating', 'mutating')),
    value: optional(oneOf('Fail', 'Ignore')),
  },
  whole: ({ webhookName: name = '', webhookLabelSelector = '' }) => {
    if (name !== '' && webhookLabelSelector !== '') {
      return [{ path: 'webhookName', message: 'expected webhookName or webhookLabelSelector, found both' }];
    }
    return name === '' && webhookLabelSelector === ''
      ? [{ path: 'webhookName', message: 'expected webhookName or webhookLabelSelector, found neither' }]
      : [];
  },
  danger: 'high',
  tier: 4,
  expects: 'survive',
};

export const RBACRevoke: TypeRules = {
  parameters: {
    bindingName: required(all(resourceName, notReserved)),
    bindingType: required(oneOf('ClusterRoleBinding', 'RoleBinding')),
  },
  whole: ({ bindingName = '', bindingType }) => {
    const problem = bindingType === 'ClusterRoleBinding' ? all(...clusterBindingName)(bindingName) : undefined;
    return problem === undefined ? [] : [{ path: 'bindingName', message: problem }];
  },
  danger: 'high',
  tier: 4,
  expects: 'survive',
};

export const WebhookLatency: TypeRules = {
  parameters: {
    resources: required(nonEmpty),
    apiGroups: required(nonEmpty),
    delay: optional(webhookDelay),
    image: optional(),
  },
  needsHigh: always('it slows down writes in the whole cluster'),
  danger: 'high',
  tier: 4,
  expects: 'survive',
};

function webhookDelay(value: string): string | undefined {
  const ms = parseDuration(value);
  return ms !== undefined && ms >= 1000 && ms <= 29_000
    ? undefined
    : `expected a duration from 1s to 29s, found ${quoted(value)}`;
}

export const ClientFault: TypeRules = {
  parameters: { faults: required(), configMapName: optional(all(kubernetesName, faultConfigName)) },
  whole: ({ faults }) => (faults === undefined || faults === '' ? [] : faultIssues(faults)),
  advise: ({ faults = '' }) =>
    /"(delay|maxDelay)"/.test(faults)
      ? [
          {
            path: 'faults',
            message: 'the operator’s SDK cannot read delays written as durations: the whole fault may be ignored',
          },
        ]
      : [],
  danger: 'medium',
  tier: 3,
  expects: 'survive',
};

function faultConfigName(value: string): string | undefined {
  return value.startsWith('operator-chaos-')
    ? undefined
    : `expected a name beginning with operator-chaos-, found ${quoted(value)}`;
}

const OPERATIONS = ['get', 'list', 'create', 'update', 'delete', 'patch', 'deleteAllOf', 'reconcile', 'apply'];
const LONGEST_DELAY_MS = 5 * 60_000;

function faultIssues(text: string): Issue[] {
  const faults = mapOf(text);
  if (faults === undefined)
    return [{ path: 'faults', message: `expected a JSON object of operations, found ${quoted(text)}` }];
  const names = Object.keys(faults);
  if (names.length === 0) return [{ path: 'faults', message: `expected at least one of ${OPERATIONS.join(', ')}` }];
  return names.flatMap(name =>
    faultIssue(name, faults[name]).map(message => ({ path: 'faults', message: `${quoted(name)}: ${message}` })),
  );
}

function mapOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function faultIssue(name: string, fault: unknown): string[] {
  if (!OPERATIONS.includes(name)) return [`expected one of ${OPERATIONS.join(', ')}, found ${quoted(name)}`];
  if (typeof fault !== 'object' || fault === null || Array.isArray(fault)) return ['expected an object with errorRate'];
  const { errorRate = 0, error = '', delay, maxDelay } = fault as Parameters & Record<string, unknown>;
  const isRate = typeof errorRate === 'number' && errorRate >= 0 && errorRate <= 1;
  return [
    ...(isRate ? [] : [`expected errorRate from 0 to 1, found ${quoted(String(errorRate))}`]),
    ...(typeof error === 'string' ? [] : ['expected error as text']),
    ...[delay, maxDelay].flatMap(delayProblem),
  ];
}

function delayProblem(value: unknown): string[] {
  if (value === undefined || value === '') return [];
  const ms = typeof value === 'string' ? parseDuration(value) : undefined;
  if (ms === undefined) return [`expected a delay as ${DURATION_HINT}, found ${quoted(String(value))}`];
  return ms <= LONGEST_DELAY_MS ? [] : [`expected a delay of at most 5m, found ${quoted(String(value))}`];
}
