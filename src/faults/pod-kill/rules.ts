import { selector } from '../rules/check.ts';
import { type FaultRules, required } from '../rules/rules.ts';

/** What a PodKill accepts, and what it leaves behind. */
export const rules: FaultRules = {
  parameters: { labelSelector: required(selector) },
  ignored: { signal: 'pods are deleted, no signal is sent' },
  danger: 'low',
  tier: 1,
  expects: 'self-heal',
  leaves: 'nothing',
  foundOn: [],
};
