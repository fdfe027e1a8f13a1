import { all, targetName } from '../rules/check.ts';
import { always, type FaultRules, required } from '../rules/rules.ts';
import { backedUpAs, deletionRules } from '../rules/targets.ts';

const BACKUP = { kind: 'ConfigMap', prefix: 'chaos-backup-lease-' } as const;

/** What a LeaderElectionDisrupt accepts, and what it leaves behind. */
export const rules: FaultRules = {
  ...deletionRules,
  parameters: { name: required(all(targetName, backedUpAs(BACKUP.prefix))) },
  needsHigh: always('it makes a controller lose its leadership'),
  foundOn: ['configmaps'],
  recognises: { backup: BACKUP },
};
