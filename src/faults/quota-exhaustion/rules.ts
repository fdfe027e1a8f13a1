import { quantity, targetName } from '../rules/check.ts';
import { type FaultRules, optional, required } from '../rules/rules.ts';

const QUOTAS = ['cpu', 'memory', 'pods', 'services', 'configmaps', 'secrets'];

/** What a QuotaExhaustion accepts, and what it leaves behind. */
export const rules: FaultRules = {
  parameters: {
    quotaName: required(targetName),
    ...Object.fromEntries(QUOTAS.map(name => [name, optional(quantity)])),
  },
  whole: parameters =>
    QUOTAS.some(name => (parameters[name] ?? '') !== '')
      ? []
      : [{ path: 'quotaName', message: `expected at least one of ${QUOTAS.join(', ')} beside it` }],
  danger: 'medium',
  tier: 5,
  expects: 'survive',
  leaves: 'object',
  foundOn: ['resourcequotas'],
  recognises: { creates: { kind: 'ResourceQuota' } },
};
