import { parseSelector } from '../../k8s/selector-text.ts';
import type { Issue } from '../issue.ts';
import { all, kubernetesName, quantity, selector, targetName } from './check.ts';
import { always, optional, type Parameters, required, type TypeRules } from './rules.ts';

export const PodKill: TypeRules = {
  parameters: { labelSelector: required(selector) },
  ignored: { signal: 'pods are deleted, no signal is sent' },
  danger: 'low',
  tier: 1,
  expects: 'self-heal',
};

export const NetworkPartition: TypeRules = {
  parameters: { labelSelector: required(selector) },
  ignored: { direction: 'both directions are always cut', duration: 'spec.injection.ttl ends it' },
  whole: usableEquality,
  danger: 'medium',
  tier: 2,
  expects: 'survive',
};

/** A NetworkPolicy is made from the equalities of the selector; without one there is nothing to select by. */
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

const deployment: TypeRules = {
  parameters: { name: required(targetName) },
  needsHigh: always('it changes what runs in a Deployment'),
  danger: 'high',
  tier: 3,
  expects: 'survive',
};

export const DeploymentScaleZero: TypeRules = { ...deployment, expects: 'self-heal' };

export const CrashLoopInject: TypeRules = {
  ...deployment,
  parameters: { name: required(targetName), containerName: optional(kubernetesName) },
};

export const ImageCorrupt: TypeRules = {
  ...deployment,
  parameters: { name: required(targetName), containerName: optional(), image: optional() },
};

export const PDBBlock: TypeRules = {
  parameters: { labelSelector: required(equalities), name: optional(kubernetesName) },
  needsHigh: always('it stops every eviction of the pods, drains included'),
  danger: 'high',
  tier: 2,
  expects: 'survive',
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

export const LeaderElectionDisrupt: TypeRules = {
  parameters: { name: required(all(targetName, backedUpAs('chaos-backup-lease-'))) },
  needsHigh: always('it takes the leadership of a controller away'),
  danger: 'high',
  tier: 3,
  expects: 'self-heal',
};

export function backedUpAs(prefix: string) {
  return (value: string): string | undefined =>
    prefix.length + value.length <= 253 ? undefined : `its backup ${prefix}… would be longer than 253 characters`;
}

const QUOTAS = ['cpu', 'memory', 'pods', 'services', 'configmaps', 'secrets'];

export const QuotaExhaustion: TypeRules = {
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
};
