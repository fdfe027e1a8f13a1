import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, number, text, time } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { MANAGER_LEASE, startAgain } from '../../facts/control-plane.ts';
import { type Condition, condition, quoted, sinceTime } from '../../facts/fields.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { rollBack } from '../pods/fixes.ts';
import { topOf } from '../pods/owner.ts';
import { isUnready } from '../pods/unready-pods.ts';

const UNAVAILABLE_TOO_LONG = 120_000;

/** A Deployment whose rollout is stuck, or that has too few available pods; its pods mostly explain why. */
export const rolloutStuck: Rule = {
  id: 'workload/rollout-stuck',
  gate: 'G9',
  needs: ['Deployment'],
  wants: ['ReplicaSet', 'Pod', 'HorizontalPodAutoscaler'],
  about: {
    looksAt:
      'The conditions Progressing (ProgressDeadlineExceeded) and Available of Deployments. Paused and just started rollouts are left out.',
    why: 'A rollout that is past its deadline continues only when its new pods become ready; meanwhile the old pods keep serving, if there are any.',
    whatToDo: 'Fix the new pods (the finding on them says why they are not ready), or roll back.',
  },
  *look({ view, now }) {
    for (const deployment of view.all('Deployment')) {
      const wrong = failedCondition(deployment, now);
      if (wrong === undefined || deployment.metadata.deletionTimestamp !== undefined) continue;
      const wanted = number(deployment.spec.replicas, 1);
      const updated = number(deployment.status.updatedReplicas);
      const available = number(deployment.status.availableReplicas);
      const isDown = wrong.type === 'Available';
      yield {
        severity: 'high',
        object: deployment,
        summary: isDown
          ? `${available} of ${wanted} pods available`
          : `rollout stuck past its deadline: ${updated} of ${wanted} pods updated, ${available} available`,
        since: sinceTime(wrong.since, now),
        evidence: [
          quoted(wrong),
          `spec.replicas ${wanted}; status: updated ${updated}, ready ${number(deployment.status.readyReplicas)}, available ${available}`,
        ],
        cause: wrong.message,
        fixes: [
          {
            text: 'Look at the newest ReplicaSet and its pods.',
            command: command(view, ['kubectl', 'rollout', 'status', ...named(refOf(deployment)), '--timeout=5s']),
          },
          rollBack(view, topOf(view, deployment)),
        ],
        because: causesOf(view, deployment),
      };
    }
  },
};

function failedCondition(deployment: ViewObject, now: number): Condition | undefined {
  const progressing = condition(deployment, 'Progressing');
  const available = condition(deployment, 'Available');
  const isDown = available?.status === 'False' && number(deployment.spec.replicas, 1) > 0;
  if (
    progressing?.status === 'False' &&
    progressing.reason === 'ProgressDeadlineExceeded' &&
    deployment.spec.paused !== true
  )
    return progressing;
  return isDown && now - (available.since ?? now) >= UNAVAILABLE_TOO_LONG ? available : undefined;
}

/** The causes for a workload: its ReplicaSets and pods, and its own other findings. */
function causesOf(view: ClusterView, workload: ViewObject): Cause[] {
  const ref = refOf(workload);
  const sets = workload.kind === 'Deployment' ? view.ownedBy(workload.metadata.uid) : [workload];
  const pods = sets.flatMap(set => view.ownedBy(set.metadata.uid)).filter(one => one.kind === 'Pod' && isUnready(one));
  const nodes = new Set(pods.map(pod => text(pod.spec.nodeName)).filter(name => name !== ''));
  return [
    ...['pod/', 'chaos/', 'workload/pods-refused', 'workload/not-observed', 'workload/stateful-stuck', 'webhook/'].map(
      rule => causeOf(ref, rule),
    ),
    ...sets.slice(0, 10).map(set => causeOf(refOf(set), 'workload/')),
    ...pods.slice(0, 30).map(pod => causeOf(refOf(pod), 'pod/')),
    ...[...nodes].map(name => ({ kind: 'Node', name, rule: 'node/' })),
    MANAGER_LEASE,
    { kind: 'Lease', namespace: 'kube-system', name: 'kube-scheduler' },
  ];
}

/**
 * A workload whose newest spec the controller has not observed while kube-controller-manager does not renew its
 * Lease.
 */
export const notObserved: Rule = {
  id: 'workload/not-observed',
  gate: 'G7',
  needs: ['Deployment', 'StatefulSet', 'DaemonSet', 'Lease'],
  about: {
    looksAt:
      'Workloads whose metadata.generation is ahead of status.observedGeneration while the Lease of kube-controller-manager has not been renewed for more than a minute.',
    why: 'The controllers of Deployments, StatefulSets and DaemonSets run in kube-controller-manager: while it is not running, changes of workloads have no effect.',
    whatToDo: 'Start kube-controller-manager again: look at its pods and its log.',
  },
  *look({ view, now }) {
    const lease = view.get('Lease', 'kube-system', 'kube-controller-manager');
    const renewed = Date.parse(text(lease?.spec.renewTime));
    if (lease === undefined || !(now - renewed > 60_000)) return;
    const behind = (['Deployment', 'StatefulSet', 'DaemonSet'] as const).flatMap(kind =>
      [...view.all(kind)].filter(one => (one.metadata.generation ?? 0) > number(one.status.observedGeneration)),
    );
    if (behind.length === 0) return;
    yield {
      severity: 'critical',
      object: lease,
      summary: `kube-controller-manager is not working: it has not observed the newest change of ${counted(behind.length, 'workload')}, and its leader lease has expired`,
      since: { at: renewed, exact: true },
      evidence: [
        `spec.renewTime: ${text(lease.spec.renewTime)}, holder ${text(lease.spec.holderIdentity)}`,
        ...behind
          .slice(0, 8)
          .map(
            one =>
              `${one.kind} ${one.metadata.namespace}/${one.metadata.name}: generation ${one.metadata.generation}, status.observedGeneration ${number(one.status.observedGeneration)}`,
          ),
      ],
      cause:
        'kube-controller-manager is not running, or cannot reach the API server: changes of workloads are not reconciled.',
      fixes: [startAgain(view, 'kube-controller-manager')],
      because: [{ kind: 'Lease', namespace: 'kube-system', name: 'kube-controller-manager', rule: 'lease/' }],
    };
  },
};

const ORDERED = {
  looksAt:
    'StatefulSets with podManagementPolicy OrderedReady whose pod has not been ready for more than two minutes: whether pods with higher ordinals are missing, and whether it still has an old revision.',
};

/** A StatefulSet that creates no more pods because it waits for one that is not ready. */
export const statefulStuck: Rule = {
  id: 'workload/stateful-stuck',
  gate: 'G9',
  needs: ['StatefulSet', 'Pod'],
  about: {
    ...ORDERED,
    why: 'The controller waits for each pod before it creates the next one.',
    whatToDo: 'Fix the pod that it waits for: the finding on that pod says why it is not ready.',
  },
  *look(input) {
    for (const blocker of blockingPods(input)) {
      const { set, pod, isOld } = blocker;
      const [wanted, there] = [number(set.spec.replicas, 1), number(set.status.replicas)];
      if (isOld || there >= wanted) continue;
      yield {
        ...behind(input, blocker),
        summary: `stuck behind pod ${pod.metadata.name}, which is not ready: ${there} of ${wanted} pods created`,
        cause: `With OrderedReady no pod is created before ${pod.metadata.name} is ready.`,
        fixes: [
          {
            text: `Fix pod ${pod.metadata.name}: the others wait for it.`,
            command: command(input.view, ['kubectl', 'describe', ...named(refOf(pod))]),
          },
        ],
        because: causesOf(input.view, set),
      };
    }
  },
};

/** A StatefulSet pod that stays on a broken revision although the template has been fixed. */
export const brokenRevision: Rule = {
  id: 'workload/broken-revision',
  gate: 'G9',
  needs: ['StatefulSet', 'Pod'],
  about: {
    ...ORDERED,
    why: 'A pod of a broken revision is not replaced even after the template has been fixed: the controller waits for the pod to become ready, which does not happen.',
    whatToDo: 'Delete the pod: it is created again with the current revision.',
  },
  *look(input) {
    for (const blocker of blockingPods(input)) {
      const { set, pod, isOld } = blocker;
      if (!isOld) continue;
      const [had, wanted] = [text(pod.metadata.labels['controller-revision-hash']), text(set.status.updateRevision)];
      yield {
        ...behind(input, blocker),
        summary: `rollout stuck behind pod ${pod.metadata.name}: the pod keeps an old, broken revision, and is not replaced until it is deleted`,
        cause: `With OrderedReady the controller waits for ${pod.metadata.name} to become ready before replacing it, and with revision ${had} the pod does not become ready.`,
        fixes: [
          {
            text: `Delete the pod: it is created again with the current revision (${wanted}).`,
            command: command(input.view, ['kubectl', 'delete', ...named(refOf(pod))]),
          },
        ],
        because: [causeOf(refOf(set), 'chaos/')],
      };
    }
  },
};

/** What both findings say of a StatefulSet that waits behind one of its pods. */
const behind = ({ now }: RuleInput, { set, pod, since }: Blocker) => ({
  severity: 'high' as const,
  object: set,
  since: sinceTime(since, now),
  evidence: statefulLines(set, pod),
});

const statefulLines = (set: ViewObject, pod: ViewObject): string[] => [
  `pod ${pod.metadata.name}: controller-revision-hash ${text(pod.metadata.labels['controller-revision-hash'])}, not ready`,
  `status: currentRevision ${text(set.status.currentRevision)}, updateRevision ${text(set.status.updateRevision)}, replicas ${number(set.status.replicas)}, readyReplicas ${number(set.status.readyReplicas)}`,
  `spec.podManagementPolicy: ${text(set.spec.podManagementPolicy) || 'OrderedReady'}`,
];

interface Blocker {
  set: ViewObject;
  pod: ViewObject;
  isOld: boolean;
  since: number | undefined;
}

/** For each StatefulSet with ordered pod management, the first pod that is not ready. */
function* blockingPods({ view, now }: Pick<RuleInput, 'view' | 'now'>): Iterable<Blocker> {
  for (const set of view.all('StatefulSet')) {
    const isOrdered = (text(set.spec.podManagementPolicy) || 'OrderedReady') === 'OrderedReady';
    if (!isOrdered || set.metadata.deletionTimestamp !== undefined) continue;
    const [pod] = view
      .ownedBy(set.metadata.uid)
      .filter(one => one.kind === 'Pod' && isUnready(one) && now - (unreadyAt(one) ?? now) >= UNAVAILABLE_TOO_LONG)
      .sort((a, b) => ordinal(a) - ordinal(b));
    if (pod) yield { set, pod, isOld: keepsOldRevision(set, pod), since: unreadyAt(pod) };
  }
}

const unreadyAt = (pod: ViewObject): number | undefined =>
  condition(pod, 'Ready')?.since ?? time(pod.metadata.creationTimestamp);

const ordinal = ({ metadata }: ViewObject): number => Number(metadata.name.slice(metadata.name.lastIndexOf('-') + 1));

/**
 * Whether the pod should have the newer revision by now. Pods below the partition, and those of OnDelete sets, are
 * not replaced on purpose.
 */
function keepsOldRevision({ spec, status }: ViewObject, pod: ViewObject): boolean {
  const { type, rollingUpdate } = fields(spec.updateStrategy);
  const wanted = text(status.updateRevision);
  return (
    wanted !== '' &&
    text(pod.metadata.labels['controller-revision-hash']) !== wanted &&
    type !== 'OnDelete' &&
    ordinal(pod) >= number(fields(rollingUpdate).partition)
  );
}
