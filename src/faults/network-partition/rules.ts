import { parseSelector } from '../../k8s/selector-text.ts';
import type { Issue } from '../../text/issue.ts';
import { selector } from '../rules/check.ts';
import { type FaultRules, type Parameters, required } from '../rules/rules.ts';

/** What a NetworkPartition accepts, and what it leaves behind. */
export const rules: FaultRules = {
  parameters: { labelSelector: required(selector) },
  ignored: { direction: 'both directions are always cut', duration: 'spec.injection.ttl ends it' },
  whole: usableEquality,
  danger: 'medium',
  tier: 2,
  expects: 'survive',
  leaves: 'object',
  foundOn: ['networkpolicies.networking.k8s.io'],
  recognises: { creates: { kind: 'NetworkPolicy' } },
};

/** The framework makes the NetworkPolicy's selector from the equalities alone, so at least one is needed. */
function usableEquality({ labelSelector = '' }: Parameters): Issue[] {
  const requirements = parseSelector(labelSelector);
  if (typeof requirements === 'string') return [];
  const isUsable = requirements.some(
    ({ operator, values }) => operator === '=' || (operator === 'in' && values.length === 1),
  );
  return isUsable
    ? []
    : [{ path: 'labelSelector', message: 'expected at least one requirement of the form key=value' }];
}
