import type { Issue } from '../../text/issue.ts';
import { all, dataKey, oneOf, shortValue, targetName } from '../rules/check.ts';
import { configMapName, secretName } from '../rules/protected.ts';
import { holds } from '../rules/record-shape.ts';
import { type FaultRules, optional, type Parameters, required } from '../rules/rules.ts';
import { asIssues, NAMESPACE_IGNORED } from '../rules/targets.ts';

const BACKUP = { kind: 'Secret', prefix: 'chaos-rollback-' } as const;

/** What a ConfigDrift accepts, and what it leaves behind. */
export const rules: FaultRules = {
  parameters: {
    name: required(targetName),
    key: required(dataKey),
    value: { required: true, mayBeEmpty: true, check: shortValue },
    resourceType: optional(oneOf('ConfigMap', 'Secret')),
  },
  ignored: NAMESPACE_IGNORED,
  whole: driftRules,
  needsHigh: ({ resourceType }) => (resourceType === 'Secret' ? 'the target is a Secret' : undefined),
  danger: 'medium',
  tier: 2,
  expects: 'self-heal',
  leaves: 'marks',
  foundOn: ['configmaps', 'secrets'],
  recognises: {
    record: data => holds(data, 'rollbackSecretRef') || holds(data, 'resourceType', 'key'),
    backup: BACKUP,
  },
};

function driftRules({ name = '', key = '', resourceType }: Parameters): Issue[] {
  if (resourceType !== 'Secret') return asIssues('name', all(...configMapName)(name));
  const length = `${BACKUP.prefix}${name}-${key}`.length;
  return [
    ...asIssues('name', all(...secretName)(name)),
    ...asIssues('name', length > 253 ? 'with the key it is too long for the backup’s name, 253 characters' : undefined),
  ];
}
