import type { Refusal, Scope } from '../../faults/contract.ts';
import { refuse } from './refuse.ts';

/** The namespaces that the experiment may write to; the one it lands in where it says nothing more. */
export const allowedIn = (scope: Scope): readonly string[] => scope.allowed ?? [scope.namespace];

/** Why nothing may be written to a namespace that a parameter names, undefined where it may. */
export function outside(namespace: string, scope: Scope): Refusal | undefined {
  const allowed = allowedIn(scope);
  return allowed.includes(namespace)
    ? undefined
    : refuse(
        'outside-blast-radius',
        `parameters.namespace: expected one of allowedNamespaces (${allowed.join(', ') || 'none'}), found ${namespace}`,
      );
}
