import { all, labelKey, labelValue, oneOf } from '../rules/check.ts';
import { holds } from '../rules/record-shape.ts';
import { type FaultRules, optional, required } from '../rules/rules.ts';
import { anyObject, CHAOS_GROUP, noExperiment } from '../rules/targets.ts';

/** What a LabelStomping accepts, and what it leaves behind. */
export const rules: FaultRules = {
  parameters: {
    ...anyObject,
    labelKey: required(all(labelKey, notAMark)),
    action: required(oneOf('overwrite', 'delete')),
    newValue: optional(labelValue),
  },
  whole: noExperiment,
  needsHigh: ({ labelKey: key = '' }) =>
    key.includes('kubernetes.io/') || key.includes('k8s.io/') ? `${key} is a label of the platform` : undefined,
  danger: 'medium',
  tier: 3,
  expects: 'self-heal',
  leaves: 'marks',
  foundOn: 'target',
  recognises: { record: data => holds(data, 'labelKey', 'existed') },
};

function notAMark(key: string): string | undefined {
  const isOurs = key === 'app.kubernetes.io/managed-by' || key.startsWith(CHAOS_GROUP);
  return isOurs ? `label ${key} marks injections and is no target` : undefined;
}
