import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, text } from '../../../k8s/fields.ts';
import { quoted } from '../../facts/fields.ts';
import { conditionIs, type Lasting, lastingConditions } from '../../facts/lasting.ts';
import { type FindingDraft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';

const KINDS = ['SecretStore', 'ClusterSecretStore', 'ExternalSecret'] as const;
const USUAL_WAIT_MS = 2 * 60_000;

/** The name of the Secret that an ExternalSecret writes. */
const secretOf = ({ spec, metadata }: ViewObject): string => text(fields(spec.target).name) || metadata.name;

/** What should have created a Secret: the ExternalSecrets and Certificates that have the same name or write that Secret. */
export const secretCreators = (view: ClusterView, namespace: string, name: string): Cause[] => [
  causeOf({ kind: 'Certificate', namespace, name }),
  causeOf({ kind: 'ExternalSecret', namespace, name }),
  ...view
    .inNamespace('ExternalSecret', namespace)
    .filter(one => secretOf(one) === name)
    .map(({ metadata }) => causeOf({ kind: 'ExternalSecret', namespace, name: metadata.name })),
  ...view
    .inNamespace('Certificate', namespace)
    .filter(({ spec }) => text(spec.secretName) === name)
    .map(({ metadata }) => causeOf({ kind: 'Certificate', namespace, name: metadata.name })),
];

/** ExternalSecrets that cannot be fetched, and stores that cannot be reached. */
export const externalSecret: Rule = {
  id: 'secrets/external',
  gate: 'G7',
  needs: KINDS,
  wants: ['Deployment'],
  about: {
    looksAt: 'The condition Ready of ExternalSecrets, SecretStores and ClusterSecretStores.',
    why: 'A Secret that is not fetched is missing, and pods that need it do not start; one that is no longer renewed keeps its old values, which may have been revoked.',
    whatToDo:
      'Read the message of the operator: the key may not exist in the store, or the store rejects the credentials.',
  },
  *look(input) {
    const notReady = (object: ViewObject) => conditionIs(object, 'Ready', 'False');
    for (const lasting of lastingConditions(input, KINDS, notReady, USUAL_WAIT_MS))
      yield lasting.object.kind === 'ExternalSecret' ? notFetched(input, lasting) : storeUnusable(input, lasting);
  },
};

function storeUnusable({ view }: RuleInput, { object: store, found: ready, since }: Lasting): FindingDraft {
  const why = ready.message || ready.reason;
  return {
    severity: 'high',
    object: store,
    summary: `the secret store cannot be used: ${why}`,
    since,
    evidence: [quoted(ready)],
    cause: `The External Secrets Operator cannot use the store: ${why}.`,
    fixes: [
      {
        text: 'Correct the provider and its credentials (spec.provider), or their permissions in the store itself.',
        command: command(view, ['kubectl', 'describe', ...named(refOf(store))]),
      },
    ],
    because: operators(view),
  };
}

function notFetched({ view, now }: RuleInput, { object: secret, found: ready, since }: Lasting): FindingDraft {
  // If it was fetched before, the Secret exists and only becomes outdated.
  const isThere = text(secret.status.refreshTime) !== '';
  const store = fields(secret.spec.secretStoreRef);
  const why = ready.message || ready.reason;
  return {
    severity: isThere ? 'warn' : 'high',
    object: secret,
    summary: `Secret ${secretOf(secret)} ${isThere ? 'is not renewed and keeps its old values' : 'cannot be fetched'}: ${why}`,
    since,
    evidence: [
      quoted(ready),
      `spec.secretStoreRef: ${text(store.kind) || 'SecretStore'} ${text(store.name)}`,
      `status.refreshTime: ${text(secret.status.refreshTime) || 'never'}`,
    ],
    cause: `The External Secrets Operator cannot fetch the values of the Secret: ${why}.`,
    fixes: [
      {
        text: 'Correct the keys (spec.data, spec.dataFrom), or create them in the store.',
        command: command(view, ['kubectl', 'describe', ...named(refOf(secret))]),
      },
      {
        text: 'Then have the operator fetch it at once.',
        command: command(view, ['kubectl', 'annotate', ...named(refOf(secret)), '--overwrite', `force-sync=${now}`]),
      },
    ],
    because: [storeOf(secret), ...operators(view)],
  };
}

function storeOf({ spec, metadata }: ViewObject): Cause {
  const { kind, name } = fields(spec.secretStoreRef);
  return text(kind) === 'ClusterSecretStore'
    ? causeOf({ kind: 'ClusterSecretStore', name: text(name) })
    : causeOf({ kind: 'SecretStore', name: text(name), namespace: metadata.namespace ?? '' });
}

const operators = (view: ClusterView): Cause[] =>
  [...view.all('Deployment')]
    .filter(({ metadata }) => /^external-secrets(-webhook)?$/.test(metadata.name))
    .map(({ metadata }) => causeOf({ kind: 'Deployment', name: metadata.name, namespace: metadata.namespace ?? '' }));
