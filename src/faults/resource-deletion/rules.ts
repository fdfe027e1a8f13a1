import type { Issue } from '../../text/issue.ts';
import { all, type Check, nonEmpty } from '../rules/check.ts';
import { secretName, serviceAccountName, serviceName } from '../rules/protected.ts';
import { always, type FaultRules, type Parameters, required } from '../rules/rules.ts';
import {
  anyObject,
  asIssues,
  backedUpAs,
  CORE_CLUSTER_KINDS,
  deletionRules,
  noExperiment,
  notKinds,
  ownNamespace,
} from '../rules/targets.ts';

const BACKUP = { kind: 'Secret', prefix: 'chaos-backup-resource-' } as const;

const PROTECTED: Readonly<Record<string, readonly Check[]>> = {
  Secret: secretName,
  Service: serviceName,
  ServiceAccount: serviceAccountName,
};

/** What a ResourceDeletion accepts, and what it leaves behind. */
export const rules: FaultRules = {
  ...deletionRules,
  parameters: { ...anyObject, kind: required(all(nonEmpty, notKinds(...CORE_CLUSTER_KINDS))), namespace: ownNamespace },
  whole: parameters => [...noExperiment(parameters), ...nameRules(parameters)],
  needsHigh: always('it deletes an object'),
  namespaceParameter: 'namespace',
  foundOn: ['secrets'],
  recognises: { backup: BACKUP },
};

function nameRules({ kind = '', name = '' }: Parameters): Issue[] {
  const checks = Object.hasOwn(PROTECTED, kind) ? (PROTECTED[kind] ?? []) : [];
  return [
    ...asIssues('name', all(...checks)(name)),
    ...asIssues('name', backedUpAs(`${BACKUP.prefix}${kind.toLowerCase()}-`)(name)),
  ];
}
