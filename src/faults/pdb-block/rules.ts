import { kubernetesName, selector } from '../rules/check.ts';
import { always, type FaultRules, optional, required } from '../rules/rules.ts';

/** What a PDBBlock accepts, and what it leaves behind. */
export const rules: FaultRules = {
  parameters: { labelSelector: required(equalities), name: optional(kubernetesName) },
  needsHigh: always('it stops every eviction of the pods, drains included'),
  danger: 'high',
  tier: 2,
  expects: 'survive',
  leaves: 'object',
  foundOn: ['poddisruptionbudgets.policy'],
  recognises: { creates: { kind: 'PodDisruptionBudget' } },
};

/** The framework reads this one as plain key=value pairs. */
function equalities(value: string): string | undefined {
  const parts = value
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');
  if (parts.length === 0) return 'expected key=value pairs, found none';
  const bad = parts.find(part => !/^[^=!]+=[^=]*$/.test(part));
  return bad === undefined ? selector(parts.join(',')) : `expected key=value pairs, found "${bad}"`;
}
