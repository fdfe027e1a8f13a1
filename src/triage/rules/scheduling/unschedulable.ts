import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { text } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { condition, created, quoted, sinceTime } from '../../facts/fields.ts';
import type { FindingDraft } from '../../finding/build.ts';
import type { Cause } from '../../finding/finding.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { describePod, edit } from '../pods/fixes.ts';
import { POD_OWNERS } from '../pods/owner.ts';
import {
  howMany,
  PENDING_TOO_LONG,
  type UnreadyPodGroup,
  unreadyPodGroups,
  unreadyPodsFinding,
} from '../pods/unready-pods.ts';
import { claimsOf } from '../storage/claims.ts';
import { explain } from './explain.ts';
import { nodeOfDaemonPod } from './node-match.ts';
import { type Obstacles, obstaclesOf, obstacleText } from './obstacles.ts';
import { amountText, freeOnNodes, requestsOf } from './resources.ts';
import { type Constraint, constraintOf, rejectionsIn } from './scheduler-message.ts';

/** Pods that have been unschedulable for a while, grouped by workload. */
export const unschedulablePods = (
  input: Pick<RuleInput, 'view' | 'now'>,
): UnreadyPodGroup<{ message: string; constraints: Constraint[] }>[] =>
  unreadyPodGroups(input, pod => {
    const scheduled = condition(pod, 'PodScheduled');
    const isStuck =
      scheduled?.status === 'False' &&
      scheduled.reason === 'Unschedulable' &&
      input.now - (scheduled.since ?? created(pod)) >= PENDING_TOO_LONG;
    if (!isStuck) return undefined;
    const constraints = [...new Set(rejectionsIn(scheduled.message).map(one => constraintOf(one.reason)))];
    return { key: '', problem: { message: scheduled.message, constraints } };
  });

/** A workload whose pods fit on no node: which constraints exclude the nodes, and why each node does not fit. */
export const unschedulable: Rule = {
  id: 'pod/unschedulable',
  gate: 'G9',
  needs: ['Pod'],
  wants: [
    'Node',
    'PersistentVolumeClaim',
    'PersistentVolume',
    ...POD_OWNERS,
    'Namespace',
    'LimitRange',
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
    'MutatingWebhookConfiguration',
  ],
  about: {
    looksAt:
      'The message of the scheduler in the condition PodScheduled of pods that have waited for more than two minutes, compared with the labels, taints and free resources of every node.',
    why: 'A pod that fits on no node stays Pending until the pod or the nodes change.',
    whatToDo: 'Correct the nodeSelector or affinity, add a toleration, lower the requests, or add a node that fits.',
  },
  *look(input) {
    const groups = unschedulablePods(input);
    if (groups.length === 0) return;
    const free = freeOnNodes(input.view);
    for (const group of groups) yield findingFor(input.view, group, free);
  },
};

function findingFor(
  view: ClusterView,
  group: ReturnType<typeof unschedulablePods>[number],
  free: ReturnType<typeof freeOnNodes>,
): FindingDraft {
  const { top, pods, problem } = group;
  const pod = pods[0] as ViewObject;
  const only = nodeOfDaemonPod(pod);
  // A DaemonSet pod is for one node, so reasons about other nodes are left out.
  const passed = rejectionsIn(problem.message).filter(
    one => only === undefined || constraintOf(one.reason) !== 'selector',
  );
  const nodes = obstaclesOf(view, pod, free).filter(one => only === undefined || one.node.metadata.name === only);
  const explained = passed.map(one => ({ one, explanation: explain(view, pod, one, free) }));
  const since = condition(pod, 'PodScheduled')?.since;
  const scheduled = condition(pod, 'PodScheduled');
  const most = [...explained].sort((a, b) => (b.one.nodes ?? 1e9) - (a.one.nodes ?? 1e9));
  return unreadyPodsFinding(group, {
    summary: `${howMany(group)} unschedulable: ${most.map(({ one, explanation }) => `${explanation.summary}${one.nodes === undefined ? '' : ` (${counted(one.nodes, 'node')})`}`).join('; ') || problem.message}`,
    since: sinceTime(since, created(pod)),
    evidence: [
      scheduled && quoted(scheduled),
      `requests: ${requestsText(pod)}`,
      ...nodes.slice(0, 6).map(obstacleText),
      nodes.length > 6 && `and ${counted(nodes.length - 6, 'more node')}`,
    ],
    cause:
      most
        .map(({ explanation }) => explanation.cause)
        .filter(one => one !== '')
        .join(' ') || problem.message,
    fixes: [
      ...most.flatMap(({ explanation }) =>
        explanation.fixes.map(text => (typeof text === 'string' ? edit(view, top, text) : text)),
      ),
      describePod(view, group.pods),
    ],
    because: [
      ...nodeCauses(nodes),
      ...claimCauses(view, pod),
      ...most.flatMap(({ explanation }) => explanation.because ?? []),
    ],
  });
}

const requestsText = (pod: ViewObject): string =>
  [...requestsOf(pod)]
    .filter(([name]) => name !== 'pods')
    .map(([name, amount]) => `${name} ${amountText(name, amount)}`)
    .join(', ') || 'no resources';

/**
 * A node that would fit without its taint or cordon explains why the pod waits; a node that the constraints of the
 * pod exclude does not.
 */
function nodeCauses(nodes: readonly Obstacles[]): Cause[] {
  return nodes
    .filter(
      ({ found }) =>
        found.some(one => one.constraint === 'cordoned' || one.constraint === 'taint') &&
        found.every(one => one.constraint !== 'selector' && one.constraint !== 'resources'),
    )
    .map(({ node }) => ({ kind: 'Node', name: node.metadata.name, rule: 'node/' }));
}

const claimCauses = (view: ClusterView, pod: ViewObject): Cause[] =>
  claimsOf(view, pod).flatMap(({ name, claim }) => [
    { kind: 'PersistentVolumeClaim', namespace: pod.metadata.namespace ?? '', name },
    ...(text(claim?.spec.volumeName) ? [{ kind: 'PersistentVolume', name: text(claim?.spec.volumeName) }] : []),
  ]);
