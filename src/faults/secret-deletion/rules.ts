import { all, targetName } from '../rules/check.ts';
import { secretName } from '../rules/protected.ts';
import { always, type FaultRules, required } from '../rules/rules.ts';
import { backedUpAs, deletionRules, ownNamespace } from '../rules/targets.ts';

const BACKUP = { kind: 'Secret', prefix: 'chaos-backup-secret-' } as const;

/** What a SecretDeletion accepts, and what it leaves behind. */
export const rules: FaultRules = {
  ...deletionRules,
  parameters: {
    name: required(all(targetName, ...secretName, backedUpAs(BACKUP.prefix))),
    namespace: ownNamespace,
  },
  needsHigh: always('it deletes a Secret'),
  namespaceParameter: 'namespace',
  foundOn: ['secrets'],
  recognises: { backup: BACKUP },
};
