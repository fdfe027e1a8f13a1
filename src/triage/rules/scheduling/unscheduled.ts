import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { list, text } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { startAgain } from '../../facts/control-plane.ts';
import { condition, created, quoted, sinceTime } from '../../facts/fields.ts';
import { nearest } from '../../facts/near-miss.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { describePod, edit } from '../pods/fixes.ts';
import { aboutUnwellPods, howMany, PENDING_TOO_LONG, podNames, unwellPodGroups } from '../pods/unwell-pods.ts';

const DEFAULT = 'default-scheduler';
const schedulerOf = (pod: ViewObject): string => text(pod.spec.schedulerName) || DEFAULT;

/** Whether no scheduler has tried this pod: it would have set the condition PodScheduled. */
const untried = ({ now }: Pick<RuleInput, 'now'>, pod: ViewObject): boolean =>
  text(pod.spec.nodeName) === '' &&
  pod.status.phase === 'Pending' &&
  condition(pod, 'PodScheduled') === undefined &&
  now - created(pod) >= PENDING_TOO_LONG;

/** The default scheduler does not run: it tries no pod. */
export const schedulerGone: Rule = {
  id: 'pod/scheduler-gone',
  gate: 'G7',
  needs: ['Pod'],
  wants: ['Lease', 'ReplicaSet', 'Deployment', 'StatefulSet', 'Job'],
  about: {
    looksAt:
      'Pods that have waited for more than two minutes without a node and without any condition PodScheduled, and the Lease of kube-scheduler.',
    why: 'The scheduler writes that condition on every pod that it tries. Where it is missing, nobody tries: no new pod starts in the cluster.',
    whatToDo: 'Look at the kube-scheduler pods or service of the control plane.',
  },
  *look({ view, now }) {
    const pods = [...view.all('Pod')].filter(
      pod => untried({ now }, pod) && schedulerOf(pod) === DEFAULT && pod.metadata.deletionTimestamp === undefined,
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
      summary: `the scheduler looks at no pod: ${counted(pods.length, 'pod waits', 'pods wait')} without a node and without an attempt`,
      since: { at: first, exact: false },
      evidence: [
        podNames(pods),
        'status.conditions[PodScheduled]: none',
        lease
          ? `Lease kube-system/kube-scheduler: holder ${text(lease.spec.holderIdentity)}, renewed ${text(lease.spec.renewTime)}`
          : 'Lease kube-system/kube-scheduler: none',
      ],
      cause:
        'kube-scheduler does not run, or cannot reach the API server: it has written no scheduling condition on new pods.',
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
      'Pods with a schedulerName other than default-scheduler that nobody has tried to place for more than two minutes.',
    why: 'Only the scheduler of that name places them; a wrong name is never corrected by anything.',
    whatToDo: 'Correct schedulerName, or start that scheduler.',
  },
  *look(looking) {
    const { view } = looking;
    const groups = unwellPodGroups(looking, pod =>
      untried(looking, pod) && schedulerOf(pod) !== DEFAULT
        ? { key: schedulerOf(pod), what: schedulerOf(pod) }
        : undefined,
    );
    if (groups.length === 0) return;
    const known = new Set([
      DEFAULT,
      ...[...view.all('Pod')].filter(pod => text(pod.spec.nodeName) !== '').map(schedulerOf),
    ]);
    for (const sick of groups) {
      const near = nearest(sick.what, known);
      yield aboutUnwellPods(sick, {
        summary: `${howMany(sick)} not scheduled: no scheduler answers to schedulerName ${sick.what}${near ? `; ${near} exists` : ''}`,
        since: { at: Math.min(...sick.pods.map(created)), exact: true },
        evidence: [
          `spec.schedulerName: ${sick.what}`,
          'status.conditions[PodScheduled]: none',
          `schedulers that have placed pods: ${[...known].join(', ')}`,
        ],
        cause: `The pods wait for a scheduler called ${sick.what}, which has not looked at them.`,
        fixes: [
          edit(
            view,
            sick.top,
            `Correct schedulerName${near ? ` to ${near}` : ', or leave it out'}; or start the scheduler ${sick.what}.`,
          ),
          describePod(view, sick.pods),
        ],
      });
    }
  },
};

/** Pods whose scheduling gate nobody removes. */
export const schedulingGated: Rule = {
  id: 'pod/scheduling-gated',
  gate: 'G9',
  needs: ['Pod'],
  wants: ['ReplicaSet', 'Deployment', 'StatefulSet', 'Job'],
  about: {
    looksAt: 'Pods whose spec.schedulingGates have not been taken away for ten minutes.',
    why: 'The scheduler does not look at a pod with a gate. Queues hold pods back on purpose (Kueue): those are only worth a look.',
    whatToDo: 'Find the controller that should take the gate away; without it the pods never start.',
  },
  *look(looking) {
    const groups = unwellPodGroups(looking, pod => {
      const gates = list(pod.spec.schedulingGates).map(one => text(one.name));
      return gates.length > 0 && looking.now - created(pod) > 600_000 ? { key: gates.join(), what: gates } : undefined;
    });
    for (const sick of groups) {
      const pod = sick.pods[0] as ViewObject;
      const scheduled = condition(pod, 'PodScheduled');
      const isQueue = sick.what.every(gate => /kueue|queue|batch|volcano/.test(gate));
      yield aboutUnwellPods(sick, {
        severity: isQueue ? 'warn' : 'high',
        summary: `${howMany(sick)} not scheduled: scheduling gate ${sick.what.join(', ')} is not taken away`,
        since: sinceTime(created(pod), created(pod)),
        evidence: [`spec.schedulingGates: ${sick.what.join(', ')}`, scheduled && quoted(scheduled)],
        cause: `The scheduler waits until the controller that put the gate ${sick.what.join(', ')} there takes it away.`,
        fixes: [
          edit(
            looking.view,
            sick.top,
            'Look at the controller of that gate; if there is none any more, leave the gate out of the template.',
          ),
        ],
      });
    }
  },
};
