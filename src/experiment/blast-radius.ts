import { isClusterScoped } from '../faults/recognition.ts';
import type { FaultType } from '../faults/types.ts';
import { FAULT_RULES } from '../faults/types.ts';
import { at, type Issue } from '../text/issue.ts';
import { whyHigh } from './danger.ts';
import type { RawExperiment } from './document-shape.ts';
import { forbiddenNamespace, resolveNamespace } from './scope.ts';

const MAX_PODS = 'spec.blastRadius.maxPodsAffected';
const ALLOWED = 'spec.blastRadius.allowedNamespaces';
const DANGEROUS = 'spec.blastRadius.allowDangerous';
const DANGER = 'spec.injection.dangerLevel';

/** What is wrong with a document's blast radius, and where the document exceeds it. Needs no cluster. */
export function blastIssues(raw: RawExperiment, type: FaultType | undefined): Issue[] {
  const blast = raw.spec?.blastRadius ?? {};
  const max = blast.maxPodsAffected ?? 0;
  const allowDangerous = blast.allowDangerous === true;
  return [
    ...(max > 0
      ? []
      : [{ path: MAX_PODS, message: `expected at least 1, found ${blast.maxPodsAffected ?? 'nothing'}` }]),
    ...namespaceIssues(raw, allowDangerous),
    ...dangerIssues(raw, type),
    ...(type === undefined ? [] : radiusIssues(raw, type, max)),
  ];
}

function namespaceIssues(raw: RawExperiment, allowDangerous: boolean): Issue[] {
  const named = [
    ...(raw.spec?.blastRadius?.allowedNamespaces ?? []).map((namespace, index) => ({
      path: at(ALLOWED, index),
      namespace,
    })),
    ...(raw.spec?.steadyState?.checks ?? []).map((check, index) => ({
      path: at(at('spec.steadyState.checks', index), 'namespace'),
      namespace: check.namespace ?? '',
    })),
  ];
  const issues = named
    .filter(({ namespace }) => namespace !== '')
    .flatMap(({ path, namespace }) => issuesIf(path, forbiddenNamespace(namespace, allowDangerous)));
  const resolved = resolveNamespace(raw);
  // For a namespace from allowedNamespaces or a check, that entry has its own issue already.
  if (resolved.from === 'metadata')
    return [...issues, ...issuesIf('metadata.namespace', forbiddenNamespace(resolved.namespace, allowDangerous))];
  if (resolved.from !== 'default') return issues;
  const message =
    'no namespace is named, so it would be default, which is never a target: give one here, in a check or in metadata.namespace';
  return [...issues, { path: ALLOWED, message }];
}

const issuesIf = (path: string, message: string | undefined): Issue[] =>
  message === undefined ? [] : [{ path, message }];

function dangerIssues(raw: RawExperiment, type: FaultType | undefined): Issue[] {
  const { dangerLevel = '', parameters = {} } = raw.spec?.injection ?? {};
  if (dangerLevel === 'high') {
    const isAllowed = raw.spec?.blastRadius?.allowDangerous === true;
    return isAllowed ? [] : [{ path: DANGEROUS, message: 'expected true, since dangerLevel is high' }];
  }
  if (type === undefined) return [];
  const why = whyHigh(type, parameters);
  return why === undefined
    ? []
    : [{ path: DANGER, message: `expected high, found ${dangerLevel || 'nothing'}: ${why}` }];
}

function radiusIssues(raw: RawExperiment, type: FaultType, max: number): Issue[] {
  const { parameters = {}, count = 0 } = raw.spec?.injection ?? {};
  const allowed = raw.spec?.blastRadius?.allowedNamespaces ?? [];
  if (isClusterScoped(type, parameters)) {
    const message = `expected none, found ${allowed.join(', ')}: the target is cluster-scoped`;
    return allowed.length === 0 ? [] : [{ path: ALLOWED, message }];
  }
  const wanted = Math.max(count, 1);
  return [
    ...(allowed.length === 0 ? [{ path: ALLOWED, message: 'expected at least one namespace, found none' }] : []),
    ...(max > 0 && wanted > max
      ? [{ path: 'spec.injection.count', message: `expected at most maxPodsAffected (${max}), found ${wanted}` }]
      : []),
    ...outsideIssues(raw, type, allowed),
    ...forbiddenResourceIssues(raw),
  ];
}

function outsideIssues(raw: RawExperiment, type: FaultType, allowed: readonly string[]): Issue[] {
  if (allowed.length === 0) return [];
  const outside = (namespace: string) =>
    `expected one of allowedNamespaces (${allowed.join(', ')}), found ${namespace}`;
  const resolved = resolveNamespace(raw);
  const parameter = FAULT_RULES[type].namespaceParameter;
  const named = parameter === undefined ? '' : (raw.spec?.injection?.parameters?.[parameter] ?? '');
  return [
    ...(allowed.includes(resolved.namespace)
      ? []
      : [
          {
            path: ALLOWED,
            message: `${outside(resolved.namespace)}, where the injection would land (named by ${resolved.from})`,
          },
        ]),
    ...(named === '' || allowed.includes(named)
      ? []
      : [{ path: at('spec.injection.parameters', parameter ?? ''), message: outside(named) }]),
  ];
}

function forbiddenResourceIssues(raw: RawExperiment): Issue[] {
  const target = raw.spec?.target ?? {};
  const resource =
    (target.resource ?? '') === '' ? `${target.component ?? ''}/${raw.metadata?.name ?? ''}` : (target.resource ?? '');
  const isForbidden = (raw.spec?.blastRadius?.forbiddenResources ?? []).includes(resource);
  return isForbidden ? [{ path: 'spec.target.resource', message: `${resource} is one of forbiddenResources` }] : [];
}
