import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { list, text } from '../../../k8s/fields.ts';
import { configurationsWithCondition } from '../../facts/blamed.ts';
import { undoneBy } from '../../facts/claims.ts';
import type { Refusal } from '../../facts/refusal.ts';
import { quotedRefusal, type ReportedRefusal, reportedRefusals } from '../../facts/refusals.ts';
import { type FindingDraft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named, patchCommand } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { CONFIGURATIONS } from './hooks.ts';

type Failed = Extract<Refusal, { is: 'condition failed' }>;

/** A webhook that is never called, because the expression of its match condition results in an error. */
export const webhookMatchCondition: Rule = {
  id: 'webhook/match-condition',
  gate: 'G4',
  needs: CONFIGURATIONS,
  wants: ['Application', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'Event'],
  about: {
    looksAt:
      'Refusals that say that an expression `resulted in error`, and the matchConditions of webhooks that have this expression.',
    why: 'An expression that reads a field which an object does not have fails (`no such key`). With failurePolicy Fail the request is then refused before the webhook is called.',
    whatToDo:
      'Check that the field exists before reading it: has(object.metadata.labels) && "team" in object.metadata.labels. Until then, failurePolicy Ignore lets requests pass.',
  },
  *look({ view, now }) {
    for (const [configuration, { failed, seen }] of failures(view))
      yield report(view, configuration, failed, seen, now);
  },
};

function failures(view: ClusterView): Map<ViewObject, { failed: Failed; seen: ReportedRefusal[] }> {
  const found = new Map<ViewObject, { failed: Failed; seen: ReportedRefusal[] }>();
  for (const one of reportedRefusals(view)) {
    if (one.refusal.is !== 'condition failed') continue;
    for (const configuration of configurationsWithCondition(view, one.refusal.expression)) {
      const known = found.get(configuration);
      if (known) known.seen.push(one);
      else found.set(configuration, { failed: one.refusal, seen: [one] });
    }
  }
  return found;
}

function report(
  view: ClusterView,
  configuration: ViewObject,
  { expression, error }: Failed,
  seen: readonly ReportedRefusal[],
  now: number,
): FindingDraft {
  const hooks = list(configuration.webhooks);
  const index = hooks.findIndex(one =>
    list(one.matchConditions).some(condition => text(condition.expression) === expression),
  );
  const refused = new Set(seen.map(({ about }) => `${about.kind} ${about.metadata.namespace}/${about.metadata.name}`));
  return {
    severity: 'high',
    object: configuration,
    summary: `a match condition of webhook ${text(hooks[index]?.name)} results in an error, so requests are refused: ${error}`,
    since: { at: Math.min(...seen.map(one => one.at ?? now)), exact: false },
    evidence: [
      `webhooks[${index}].matchConditions: ${expression}`,
      `webhooks[${index}].failurePolicy: ${text(hooks[index]?.failurePolicy) || 'Fail'}`,
      ...seen.slice(0, 3).map(quotedRefusal),
    ],
    cause: `The expression reads a field that ${[...refused].slice(0, 3).join(', ')} ${refused.size === 1 ? 'does' : 'do'} not have (${error}), and with failurePolicy Fail the request is then refused.`,
    fixes: [
      {
        text: `Correct the expression of the match condition: check that the field exists (has(…), "key" in map) before reading it.${undoneBy(view, configuration)}`,
        command: command(view, ['kubectl', 'edit', ...named(refOf(configuration))]),
      },
      {
        text: 'Until then, let requests pass for which the condition cannot be evaluated: set failurePolicy to Ignore.',
        command: patchCommand(view, named(refOf(configuration)), 'json', [
          { op: 'test', path: `/webhooks/${index}/name`, value: text(hooks[index]?.name) },
          { op: 'replace', path: `/webhooks/${index}/failurePolicy`, value: 'Ignore' },
        ]),
      },
    ],
    because: [causeOf(refOf(configuration), 'chaos/')],
  };
}
