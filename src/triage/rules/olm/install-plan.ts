import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, strings, text } from '../../../k8s/fields.ts';
import { condition, created, quoted, sinceTime } from '../../facts/fields.ts';
import { type FindingDraft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named, patchCommand } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';

const USUAL_WAIT_MS = 2 * 60_000;

/** An InstallPlan that waits for approval, or that has failed. */
export const installPlanWaits: Rule = {
  id: 'olm/install-plan',
  gate: 'G7',
  needs: ['InstallPlan'],
  wants: ['Subscription', 'ClusterServiceVersion'],
  about: {
    looksAt: 'InstallPlans in phase RequiresApproval or Failed, and whether an older version is installed already.',
    why: 'With installPlanApproval Manual nothing is installed until somebody approves the plan. For upgrades this is often intended; but an operator whose first plan was never approved is not installed at all.',
    whatToDo: 'Approve the plan (spec.approved: true), or fix the reason why it failed.',
  },
  *look({ view, now }) {
    for (const plan of view.all('InstallPlan')) {
      const phase = text(plan.status.phase);
      const waits = phase === 'RequiresApproval' && plan.spec.approved !== true;
      if ((waits || phase === 'Failed') && now - created(plan) >= USUAL_WAIT_MS && !isPast(view, plan))
        yield unfinished(view, plan, waits);
    }
  },
};

function unfinished(view: ClusterView, plan: ViewObject, waits: boolean): FindingDraft {
  const installed = condition(plan, 'Installed');
  const versions = strings(plan.spec.clusterServiceVersionNames);
  const names = versions.join(', ');
  const isOlderInstalled = subscriptionsOf(view, plan).some(({ status }) => text(status.installedCSV) !== '');
  return {
    severity: isOlderInstalled ? 'warn' : 'high',
    object: plan,
    summary: waits
      ? `the install plan of ${names} waits for approval${isOlderInstalled ? '; the previous version is installed' : ', and the operator is not installed'}`
      : `the install plan of ${names} has failed: ${installed?.message ?? 'no reason given'}`,
    since: sinceTime(waits ? created(plan) : installed?.since, created(plan)),
    evidence: [
      `spec: approval ${text(plan.spec.approval)}, approved ${String(plan.spec.approved)}`,
      `status.phase: ${text(plan.status.phase)}`,
      installed && quoted(installed),
    ],
    cause: waits
      ? 'Its Subscription sets installPlanApproval: Manual, and the plan has not been approved.'
      : installed?.message,
    fixes: [
      waits
        ? {
            text: `Approve the install plan, if ${names} should be installed.`,
            command: patchCommand(view, named(refOf(plan)), 'merge', { spec: { approved: true } }),
          }
        : {
            text: 'Fix the reason why it failed, then delete the plan: OLM creates a new one.',
            command: command(view, ['kubectl', 'describe', ...named(refOf(plan))]),
          },
    ],
    because: versions.map(name =>
      causeOf({ kind: 'ClusterServiceVersion', namespace: plan.metadata.namespace ?? '', name }),
    ),
  };
}

/** The Subscriptions that wait for a plan. */
const subscriptionsOf = (view: ClusterView, { metadata }: ViewObject): ViewObject[] =>
  view
    .inNamespace('Subscription', metadata.namespace ?? '')
    .filter(({ status }) => text(fields(status.installPlanRef).name) === metadata.name);

/** Whether all Subscriptions of the namespace have moved on to another plan. */
const isPast = (view: ClusterView, plan: ViewObject): boolean =>
  view.inNamespace('Subscription', plan.metadata.namespace ?? '').length > 0 &&
  subscriptionsOf(view, plan).length === 0;
