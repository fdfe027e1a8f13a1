import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, number, text } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { condition, created } from '../../facts/fields.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { POD_OWNERS, podsByTop, type Top, topKey, topOf } from '../pods/owner.ts';
import { isUnready, PENDING_TOO_LONG, podNames, unreadyFor, unreadySince } from '../pods/unready-pods.ts';

/** The id of the rule, for the line that says how much has not settled yet. */
export const UNDER_WAY = 'rollout/under-way';

/** A workload that has not settled: its pods that are not ready, and how far its rollout has come. */
interface Unsettled {
  top: Top;
  pods: readonly ViewObject[];
  rollout?: string;
}

/**
 * Reports what is too recent to judge: otherwise triage would say "nothing is broken" while a change is about to fail.
 */
export const underWay: Rule = {
  id: UNDER_WAY,
  gate: 'G9',
  needs: ['Pod'],
  wants: POD_OWNERS,
  about: {
    looksAt:
      'Pods that became unready less than two minutes ago and do not fail, and Deployments whose rollout is not complete but still within its deadline.',
    why: 'Other rules give a pod time to start and a rollout time to finish. Until that time has passed, it is not known whether the change works.',
    whatToDo: 'Look again in two minutes, or follow it with `mayday triage --watch`.',
  },
  *look(input) {
    for (const { top, pods, rollout } of unsettled(input)) {
      const parts = [rollout, pods.length === 0 ? undefined : podText(pods)].filter(Boolean);
      yield {
        severity: 'info',
        object: top.object ?? top.ref,
        summary: `not settled yet: ${parts.join('; ')}`,
        since: unreadySince(pods),
        evidence: [pods.length > 0 && podNames(pods), ...pods.slice(0, 3).map(waitText)],
      };
    }
  },
};

function unsettled({ view, now }: RuleInput): Unsettled[] {
  const starting = [...view.all('Pod')].filter(pod => isStarting(pod, now));
  const found = new Map<string, Unsettled>(podsByTop(view, starting).map(group => [topKey(group.top), group]));
  for (const deployment of view.all('Deployment')) {
    const rollout = rolloutText(deployment);
    if (rollout === undefined) continue;
    const top = topOf(view, deployment);
    found.set(topKey(top), { top, pods: [], ...found.get(topKey(top)), rollout });
  }
  return [...found.values()];
}

/** Whether a pod has been unready only for a short time and does not fail. */
function isStarting(pod: ViewObject, now: number): boolean {
  if (!isUnready(pod) || Math.min(unreadyFor(pod, now), now - created(pod)) >= PENDING_TOO_LONG) return false;
  const containers = [...list(pod.status.initContainerStatuses), ...list(pod.status.containerStatuses)];
  return containers.every(({ state, restartCount }) => {
    const waiting = text(fields(fields(state).waiting).reason);
    return (
      number(restartCount) === 0 && (waiting === '' || waiting === 'ContainerCreating' || waiting === 'PodInitializing')
    );
  });
}

/** How much of a Deployment's rollout is left; undefined if it is complete, paused, past its deadline or being deleted. */
function rolloutText(deployment: ViewObject): string | undefined {
  const { metadata, spec, status } = deployment;
  if (metadata.deletionTimestamp !== undefined || spec.paused === true) return undefined;
  if (condition(deployment, 'Progressing')?.status === 'False') return undefined;
  if ((metadata.generation ?? 0) > number(status.observedGeneration))
    return 'its controller has not observed the newest change';
  const wanted = number(spec.replicas, 1);
  const updated = number(status.updatedReplicas);
  if (updated < wanted) return `${updated} of ${wanted} pods updated`;
  const old = number(status.replicas) - updated;
  return old > 0 ? `${counted(old, 'pod')} of the previous revision left` : undefined;
}

function podText(pods: readonly ViewObject[]): string {
  const waits = pods.map(waitText).find(words => words !== undefined);
  return `${counted(pods.length, 'pod')} not ready${waits === undefined ? '' : ` (${waits})`}`;
}

/** What a pod waits for, by its status. */
function waitText(pod: ViewObject): string | undefined {
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status === 'False') return `${scheduled.reason}: ${scheduled.message}`;
  const ready = condition(pod, 'Ready');
  return ready?.status === 'False' && ready.message !== '' ? `${ready.reason}: ${ready.message}` : undefined;
}
