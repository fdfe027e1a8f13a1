import { all, nonEmpty } from '../rules/check.ts';
import { isMap } from '../rules/record-shape.ts';
import { type FaultRules, required } from '../rules/rules.ts';
import { anyObject, noExperiment, notKinds } from '../rules/targets.ts';

/** What an OwnerRefOrphan accepts, and what it leaves behind. */
export const rules: FaultRules = {
  parameters: { ...anyObject, kind: required(all(nonEmpty, notKinds('Namespace', 'Node'))) },
  whole: noExperiment,
  danger: 'medium',
  tier: 3,
  expects: 'self-heal',
  leaves: 'marks',
  foundOn: 'target',
  recognises: { record: data => isMap(data) && typeof data.ownerReferences === 'string' },
};
