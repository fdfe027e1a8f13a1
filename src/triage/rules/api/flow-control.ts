import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, number, text } from '../../../k8s/fields.ts';
import { condition, created, quoted, sinceTime } from '../../facts/fields.ts';
import { nearest } from '../../facts/near-miss.ts';
import { type FindingDraft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, named, patchCommand } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { accountsInUse } from '../rbac/accounts.ts';

/** FlowSchemas whose priority level does not exist, or has no concurrency of its own. */
export const flowControl: Rule = {
  id: 'api/flow-control',
  gate: 'G3',
  needs: ['FlowSchema', 'PriorityLevelConfiguration'],
  wants: ['Pod', 'ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet'],
  about: {
    looksAt:
      'The Dangling condition of FlowSchemas, and FlowSchemas whose PriorityLevelConfiguration has nominalConcurrencyShares 0.',
    why: 'The API server answers 429 (Too Many Requests) when a priority level has no free seat: controllers whose requests match such a FlowSchema can neither read objects nor renew their Leases.',
    whatToDo: 'Refer to a priority level that exists, or give the priority level concurrency shares.',
  },
  *look({ view }) {
    for (const schema of view.all('FlowSchema')) {
      const name = text(fields(schema.spec.priorityLevelConfiguration).name);
      const level = view.get('PriorityLevelConfiguration', undefined, name);
      const dangling = condition(schema, 'Dangling');
      if (dangling?.status === 'True' && level === undefined) {
        const near = nearest(
          name,
          [...view.all('PriorityLevelConfiguration')].map(one => one.metadata.name),
        );
        yield {
          severity: 'warn',
          object: schema,
          summary: `the flow schema is dangling: priority level ${name} is not found${near ? `; there is ${near}` : ''}`,
          since: sinceTime(dangling.since, created(schema)),
          evidence: [quoted(dangling), `spec.priorityLevelConfiguration.name: ${name}`],
          cause:
            'The API server skips a flow schema whose priority level does not exist: its requests match another flow schema, perhaps one with less concurrency.',
          fixes: [
            near === undefined
              ? {
                  text: `Create priority level ${name}, or set spec.priorityLevelConfiguration.name to one that exists.`,
                  command: command(view, ['kubectl', 'get', 'prioritylevelconfigurations']),
                }
              : {
                  text: `Use the existing priority level ${near}.`,
                  command: patchCommand(view, named(refOf(schema)), 'merge', {
                    spec: { priorityLevelConfiguration: { name: near } },
                  }),
                },
          ],
          because: [{ kind: 'PriorityLevelConfiguration', name }],
        };
      } else if (level !== undefined && isStarved(level)) yield starved(view, schema, level);
    }
  },
};

/** Whether a level has no concurrency shares. The built-in levels of the API server are left out. */
function isStarved({ spec, metadata }: ViewObject): boolean {
  const limited = fields(spec.limited);
  const isShipped = metadata.annotations['apf.kubernetes.io/autoupdate-spec'] !== undefined;
  return text(spec.type) === 'Limited' && !isShipped && number(limited.nominalConcurrencyShares, 30) === 0;
}

function starved(view: ClusterView, schema: ViewObject, level: ViewObject): FindingDraft {
  const limited = fields(level.spec.limited);
  return {
    severity: 'warn',
    object: schema,
    summary: `the flow schema sends its requests to priority level ${level.metadata.name}, which has no concurrency of its own: the API server answers them with 429, Too Many Requests`,
    since: sinceTime(undefined, created(schema)),
    evidence: [
      `PriorityLevelConfiguration ${level.metadata.name} spec.limited: nominalConcurrencyShares 0, limitResponse ${text(fields(limited.limitResponse).type)}`,
      `spec.rules: ${subjectsOf(schema).slice(0, 6).join(', ')}`,
      `spec.matchingPrecedence: ${number(schema.spec.matchingPrecedence)}`,
    ],
    cause: `Priority level ${level.metadata.name} has nominalConcurrencyShares 0: its requests run only in seats borrowed from other levels.`,
    fixes: [
      {
        text: `Give priority level ${level.metadata.name} concurrency shares.`,
        command: patchCommand(view, named(refOf(level)), 'merge', {
          spec: { limited: { nominalConcurrencyShares: 30 } },
        }),
      },
      {
        text: 'Or save the flow schema and delete it: its requests then match the built-in flow schemas.',
        command: command(view, ['kubectl', 'get', ...named(refOf(schema)), '-o', 'yaml']),
      },
    ],
    explains: workloadsOf(view, schema),
  };
}

const subjects = (schema: ViewObject) => list(schema.spec.rules).flatMap(rule => list(rule.subjects));

const subjectsOf = (schema: ViewObject): string[] =>
  subjects(schema).map(one => {
    const account = fields(one.serviceAccount);
    return one.kind === 'ServiceAccount'
      ? `service account ${text(account.namespace)}/${text(account.name)}`
      : `${text(one.kind)} ${text(fields(one.user).name) || text(fields(one.group).name)}`;
  });

/** Programs that run as the service accounts of the schema: when the API server refuses their requests, they exit or lose their Leases. */
function workloadsOf(view: ClusterView, schema: ViewObject): Cause[] {
  const accounts = subjects(schema)
    .filter(({ kind }) => kind === 'ServiceAccount')
    .map(one => fields(one.serviceAccount));
  return accountsInUse(view)
    .filter(({ namespace, name }) =>
      accounts.some(one => text(one.namespace) === namespace && (text(one.name) === name || one.name === '*')),
    )
    .flatMap(({ top }) => ['pod/crash-loop', 'pod/probe'].map(rule => causeOf(top.ref, rule)));
}
