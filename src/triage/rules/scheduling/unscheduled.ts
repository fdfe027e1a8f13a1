import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { list, text } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { startAgain } from '../../facts/control-plane.ts';
import { condition, created, quoted, sinceTime } from '../../facts/fields.ts';
import { nearest } from '../../facts/near-miss.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { describePod, edit } from '../pods/fixes.ts';
import { howMany, PENDING_TOO_LONG, podNames, unreadyPodGroups, unreadyPodsFinding } from '../pods/unready-pods.ts';

const DEFAULT = 'default-scheduler';
const schedulerOf = (pod: ViewObject): string => text(pod.spec.schedulerName) || DEFAULT;

/** Whether no scheduler has tried to place this pod: a scheduler would have set the condition PodScheduled. */
const isUntried = ({ now }: Pick<RuleInput, 'now'>, pod: ViewObject): boolean =>
  text(pod.spec.nodeName) === '' &&
  pod.status.phase === 'Pending' &&
  condition(pod, 'PodScheduled') === undefined &&
  now - created(pod) >= PENDING_TOO_LONG;

/** The default scheduler is not running: it does not try to place any pod. */
export const schedulerGone: Rule = {
  id: 'pod/scheduler-gone',
  gate: 'G7',
  needs: ['Pod'],
  wants: ['Lease', 'ReplicaSet', 'Deployment', 'StatefulSet', 'Job'],
  about: {
    looksAt:
      'Pods that have waited for more than two minutes without a node and without any condition PodScheduled, and the Lease of kube-scheduler.',
    why: 'The scheduler sets that condition on every pod that it tries to place. If it is missing, no scheduler is at work, and no new pod in the cluster starts.',
    whatToDo: 'Look at the kube-scheduler pods or service of the control plane.',
  },
  *look({ view, now }) {
    const pods = [...view.all('Pod')].filter(
      pod => isUntried({ now }, pod) && schedulerOf(pod) === DEFAULT && pod.metadata.deletionTimestamp === undefined,
    );
    if (pods.length === 0) return;
    const lease = view.get('Lease', 'kube-system', 'kube-scheduler');
    const first = Math.min(...pods.map(created));
    yield {
      severity: 'critical',
      object: lease ?? {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        namespace: 'kube-system',
        name: 'kube-scheduler',
      },
      summary: `the scheduler does not schedule any pods: ${counted(pods.length, 'pod waits', 'pods wait')} for a node, and the scheduler has not tried to place ${pods.length === 1 ? 'it' : 'them'}`,
      since: { at: first, exact: false },
      evidence: [
        podNames(pods),
        'status.conditions[PodScheduled]: none',
        lease
          ? `Lease kube-system/kube-scheduler: holder ${text(lease.spec.holderIdentity)}, renewed ${text(lease.spec.renewTime)}`
          : 'Lease kube-system/kube-scheduler: none',
      ],
      cause:
        'kube-scheduler is not running, or cannot reach the API server: it has set no scheduling condition on new pods.',
      fixes: [startAgain(view, 'kube-scheduler')],
      because: [
        { kind: 'Lease', namespace: 'kube-system', name: 'kube-scheduler', rule: 'lease/' },
        ...[...view.all('Pod')]
          .filter(pod => pod.metadata.labels.component === 'kube-scheduler')
          .map(pod => ({ kind: 'Pod', namespace: pod.metadata.namespace ?? '', name: pod.metadata.name })),
      ],
    };
  },
};

/** Pods that name a scheduler that does not exist. */
export const unknownScheduler: Rule = {
  id: 'pod/unknown-scheduler',
  gate: 'G9',
  needs: ['Pod'],
  wants: ['ReplicaSet', 'Deployment', 'StatefulSet', 'Job'],
  about: {
    looksAt:
      'Pods with a schedulerName other than default-scheduler that no scheduler has tried to place for more than two minutes.',
    why: 'Only the scheduler with that name places them: with a wrong name they stay Pending.',
    whatToDo: 'Correct schedulerName, or start that scheduler.',
  },
  *look(input) {
    const { view } = input;
    const groups = unreadyPodGroups(input, pod =>
      isUntried(input, pod) && schedulerOf(pod) !== DEFAULT
        ? { key: schedulerOf(pod), problem: schedulerOf(pod) }
        : undefined,
    );
    if (groups.length === 0) return;
    const known = new Set([
      DEFAULT,
      ...[...view.all('Pod')].filter(pod => text(pod.spec.nodeName) !== '').map(schedulerOf),
    ]);
    for (const group of groups) {
      const near = nearest(group.problem, known);
      yield unreadyPodsFinding(group, {
        summary: `${howMany(group)} not scheduled: no scheduler handles schedulerName ${group.problem}${near ? `; ${near} exists` : ''}`,
        since: { at: Math.min(...group.pods.map(created)), exact: true },
        evidence: [
          `spec.schedulerName: ${group.problem}`,
          'status.conditions[PodScheduled]: none',
          `schedulers that have placed pods: ${[...known].join(', ')}`,
        ],
        cause: `The pods wait for a scheduler called ${group.problem}, which has not tried to place them.`,
        fixes: [
          edit(
            view,
            group.top,
            `Correct schedulerName${near ? ` to ${near}` : ', or remove it'}; or start the scheduler ${group.problem}.`,
          ),
          describePod(view, group.pods),
        ],
      });
    }
  },
};

/** Pods whose scheduling gate is not removed. */
export const schedulingGated: Rule = {
  id: 'pod/scheduling-gated',
  gate: 'G9',
  needs: ['Pod'],
  wants: ['ReplicaSet', 'Deployment', 'StatefulSet', 'Job'],
  about: {
    looksAt: 'Pods whose spec.schedulingGates have not been removed for ten minutes.',
    why: 'The scheduler ignores a pod that has a scheduling gate. Queues such as Kueue use gates to hold pods back on purpose: those are reported only as warnings.',
    whatToDo: 'Find the controller that should remove the gate; without it the pods do not start.',
  },
  *look(input) {
    const groups = unreadyPodGroups(input, pod => {
      const gates = list(pod.spec.schedulingGates).map(one => text(one.name));
      return gates.length > 0 && input.now - created(pod) > 600_000 ? { key: gates.join(), problem: gates } : undefined;
    });
    for (const group of groups) {
      const pod = group.pods[0] as ViewObject;
      const scheduled = condition(pod, 'PodScheduled');
      const isQueue = group.problem.every(gate => /kueue|queue|batch|volcano/.test(gate));
      yield unreadyPodsFinding(group, {
        severity: isQueue ? 'warn' : 'high',
        summary: `${howMany(group)} not scheduled: scheduling gate ${group.problem.join(', ')} is not removed`,
        since: sinceTime(created(pod), created(pod)),
        evidence: [`spec.schedulingGates: ${group.problem.join(', ')}`, scheduled && quoted(scheduled)],
        cause: `The scheduler waits until the controller that added the gate ${group.problem.join(', ')} removes it.`,
        fixes: [
          edit(
            input.view,
            group.top,
            'Look at the controller of that gate; if it no longer exists, remove the gate from the pod template.',
          ),
        ],
      });
    }
  },
};
