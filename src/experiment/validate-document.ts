import { kubernetesName } from '../faults/rules/check.ts';
import { FAULT_TYPES, type FaultType } from '../faults/types.ts';
import { at, type Issue, quoted, suggestion } from '../text/issue.ts';
import { blastIssues } from './blast-radius.ts';
import type { RawCheck, RawExperiment } from './document-shape.ts';
import { nameIssues } from './names.ts';
import { validateParameters } from './parameters.ts';
import { CHECK_TYPES, type CheckType } from './types.ts';
import { malformedTextIssues } from './well-formed-text.ts';

export const API_VERSION = 'chaos.operatorchaos.io/v1alpha1';
export const KIND = 'ChaosExperiment';
const HOUR_MS = 3_600_000;
const DANGERS = ['low', 'medium', 'high'];

/** What is wrong with a document, and what is worth a warning. */
export interface Validation {
  errors: Issue[];
  warnings: Issue[];
}

/** Validates a decoded document by all rules that need no cluster; every issue at once. */
export function validateDocument(raw: RawExperiment): Validation {
  const type = faultType(raw);
  const given = raw.spec?.injection?.parameters ?? {};
  const parameters = type === undefined ? { errors: [], warnings: [] } : validateParameters(type, given);
  const inParameters = (issue: Issue): Issue => ({ ...issue, path: at('spec.injection.parameters', issue.path) });
  return {
    errors: [
      ...identity(raw),
      ...malformedTextIssues(raw),
      ...nameIssues(raw),
      ...target(raw),
      ...(raw.spec?.steadyState?.checks ?? []).flatMap((check, index) =>
        checkIssues(check, at('spec.steadyState.checks', index)),
      ),
      ...injection(raw, type),
      ...parameters.errors.map(inParameters),
      ...hypothesis(raw),
      ...blastIssues(raw, type),
    ],
    warnings: [...parameters.warnings.map(inParameters), ...advice(raw)],
  };
}

/** The fault type that a document names; undefined if it is not a known one. */
export function faultType(raw: RawExperiment): FaultType | undefined {
  return FAULT_TYPES.find(type => type === raw.spec?.injection?.type);
}

const missing = (path: string): Issue => ({ path, message: 'required, and missing' });

function identity(raw: RawExperiment): Issue[] {
  const expected = (path: string, want: string, found: string | undefined): Issue[] =>
    found === want
      ? []
      : [{ path, message: `expected ${want}, found ${found === undefined ? 'nothing' : quoted(found)}` }];
  return [
    ...expected('apiVersion', API_VERSION, raw.apiVersion),
    ...expected('kind', KIND, raw.kind),
    ...((raw.metadata?.name ?? '') === '' ? [missing('metadata.name')] : []),
  ];
}

function target(raw: RawExperiment): Issue[] {
  return (['operator', 'component'] as const).flatMap(name => {
    const path = `spec.target.${name}`;
    const value = raw.spec?.target?.[name] ?? '';
    const problem = value === '' ? 'required, and missing' : kubernetesName(value);
    return problem === undefined ? [] : [{ path, message: problem }];
  });
}

/** The members that a check of each type needs. */
const CHECKS: Readonly<Record<CheckType, readonly (keyof RawCheck)[]>> = {
  conditionTrue: ['kind', 'name', 'conditionType'],
  resourceExists: ['kind', 'name'],
  fieldEquals: ['kind', 'name', 'fieldPath', 'expectedValue'],
};

function checkIssues(check: RawCheck, path: string): Issue[] {
  const type = check.type ?? '';
  const known = CHECK_TYPES.find(one => one === type);
  if (known === undefined) {
    const found = type === '' ? 'nothing' : quoted(type);
    return [{ path: at(path, 'type'), message: `expected ${CHECK_TYPES.join(', ')}, found ${found}` }];
  }
  return CHECKS[known]
    .filter(name => (check[name] ?? '') === '')
    .map(name => ({ path: at(path, name), message: `${type} needs it, and it is missing` }));
}

function injection(raw: RawExperiment, type: FaultType | undefined): Issue[] {
  const { type: given = '', dangerLevel = '', ttl, count } = raw.spec?.injection ?? {};
  const issues: Issue[] = [];
  if (given === '') issues.push(missing('spec.injection.type'));
  else if (type === undefined) {
    const message = `unknown injection type ${quoted(given)}${suggestion(given, FAULT_TYPES)}: expected ${FAULT_TYPES.join(', ')}`;
    issues.push({ path: 'spec.injection.type', message });
  }
  if (dangerLevel !== '' && !DANGERS.includes(dangerLevel)) {
    issues.push({
      path: 'spec.injection.dangerLevel',
      message: `expected ${DANGERS.join(', ')}, found ${quoted(dangerLevel)}`,
    });
  }
  if (count !== undefined && count < 0) {
    issues.push({ path: 'spec.injection.count', message: `expected 0 or more, found ${count}` });
  }
  return [...issues, ...withinAnHour('spec.injection.ttl', ttl)];
}

function withinAnHour(path: string, ms: number | undefined): Issue[] {
  if (ms === undefined || (ms >= 0 && ms <= HOUR_MS)) return [];
  return [{ path, message: `expected a duration from 0s to 1h, found ${ms / 1000}s` }];
}

function hypothesis(raw: RawExperiment): Issue[] {
  const { description = '', recoveryTimeout } = raw.spec?.hypothesis ?? {};
  return [
    ...(description === '' ? [missing('spec.hypothesis.description')] : []),
    ...withinAnHour('spec.hypothesis.recoveryTimeout', recoveryTimeout),
    ...tierIssues(raw.spec?.tier),
  ];
}

function tierIssues(tier: number | undefined): Issue[] {
  if (tier === undefined || (tier >= 0 && tier <= 6)) return [];
  return [{ path: 'spec.tier', message: `expected 1 to 6, or 0 for none, found ${tier}` }];
}

function advice(raw: RawExperiment): Issue[] {
  const checks = raw.spec?.steadyState?.checks ?? [];
  return [
    ...(checks.length === 0
      ? [{ path: 'spec.steadyState.checks', message: 'no checks: nothing would show whether the system recovers' }]
      : []),
    ...checks
      .map((check, index) => ({ check, path: at(at('spec.steadyState.checks', index), 'apiVersion') }))
      .filter(({ check }) => (check.apiVersion ?? '') === '')
      .map(({ path }) => ({ path, message: 'missing: the check cannot be read from a cluster' })),
  ];
}
