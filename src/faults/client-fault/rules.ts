import { parseDuration } from '../../text/duration.ts';
import { DURATION_HINT, type Issue, quoted } from '../../text/issue.ts';
import { all, kubernetesName } from '../rules/check.ts';
import { isMap } from '../rules/record-shape.ts';
import { type FaultRules, optional, type Parameters, required } from '../rules/rules.ts';

/** What a ClientFault accepts, and what it leaves behind. */
export const rules: FaultRules = {
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
  leaves: 'marks',
  foundOn: ['configmaps'],
  recognises: {
    recordOn: (data, { kind, metadata }) =>
      isMap(data) && kind === 'ConfigMap' && metadata.name.startsWith('operator-chaos-'),
  },
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
