import { FORBIDDEN_NAMESPACES } from '../faults/rules/protected.ts';
import type { RawExperiment } from './document-shape.ts';
import type { Experiment } from './types.ts';

/** The namespace of an injection, and which part of the document names it. */
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
