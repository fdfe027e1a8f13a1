import { all, kubernetesName } from '../rules/check.ts';
import { namespaceParameter } from '../rules/protected.ts';
import { always, type FaultRules, required } from '../rules/rules.ts';

/** What a NamespaceDeletion accepts, and what it leaves behind. */
export const rules: FaultRules = {
  parameters: {
    namespace: required(
      all(kubernetesName, ...namespaceParameter, value =>
        value === 'operator-chaos-system' ? 'never a target' : undefined,
      ),
    ),
  },
  needsHigh: always('it deletes everything in a namespace'),
  namespaceParameter: 'namespace',
  danger: 'high',
  tier: 5,
  expects: 'self-heal',
  leaves: 'backup',
  foundOn: ['configmaps', 'namespaces'],
  recognises: { backup: { kind: 'ConfigMap', prefix: 'chaos-rollback-ns-' } },
};
