import type { Refusal, Scope } from '../../faults/contract.ts';
import { refuse } from './refuse.ts';

/** The namespaces that the experiment may write to; by default only its own. */
export const allowedIn = (scope: Scope): readonly string[] => scope.allowed ?? [scope.namespace];

/** Refuses a namespace from a parameter that the experiment may not write to; undefined if it may. */
export function refusedNamespace(namespace: string, scope: Scope): Refusal | undefined {
  const allowed = allowedIn(scope);
  return allowed.includes(namespace)
    ? undefined
    : refuse(
        'outside-blast-radius',
        `parameters.namespace: expected one of allowedNamespaces (${allowed.join(', ') || 'none'}), found ${namespace}`,
      );
}
