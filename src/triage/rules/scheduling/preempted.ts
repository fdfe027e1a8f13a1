import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { number, text } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { created } from '../../facts/fields.ts';
import { causeOf } from '../../finding/cause.ts';
import { command } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { edit } from '../pods/fixes.ts';
import { POD_OWNERS, podsByTop, type Top, topKey } from '../pods/owner.ts';
import { freeOnNodes, requestsOf } from './resources.ts';
import { unschedulablePods } from './unschedulable.ts';

/** Priorities from here on are those of the system classes of Kubernetes, for critical pods. */
const SYSTEM = 2_000_000_000;

/** A newer workload with a higher priority; without it there would be room for the pods that wait. */
interface Preemptor {
  top: Top;
  pods: ViewObject[];
  /** The workloads whose pods wait. */
  preempted: Top[];
}

/** A workload whose priority class displaced the pods of others. */
export const podsPreempted: Rule = {
  id: 'pod/preempted',
  gate: 'G9',
  needs: ['Pod', 'Node'],
  wants: [...POD_OWNERS],
  about: {
    looksAt:
      'Workloads with a higher priority than pods for which no node has room, if the workloads are newer than those pods and there would be room without them. System priorities are left out.',
    why: 'The scheduler evicts pods of lower priority to make room (preemption), and no other node has room for the evicted pods.',
    whatToDo:
      'Give the newer workload a lower priority, preemptionPolicy Never, or smaller requests; or add nodes. Give workloads that must not be evicted a higher priority class.',
  },
  *look(input) {
    const { view } = input;
    const preemptors = new Map<string, Preemptor>();
    const waiting = unschedulablePods(input).filter(({ problem }) => problem.constraints.includes('resources'));
    if (waiting.length === 0) return;
    const free = freeOnNodes(view);
    for (const { top, pods } of waiting)
      for (const preemptor of preemptorsOf(view, pods[0] as ViewObject, top, free)) {
        const key = topKey(preemptor.top);
        const known = preemptors.get(key) ?? { ...preemptor, preempted: [] };
        known.preempted.push(top);
        preemptors.set(key, known);
      }
    for (const { top, pods, preempted } of preemptors.values()) {
      const pod = pods[0] as ViewObject;
      const ofClass = text(pod.spec.priorityClassName) || '(none)';
      const evicted = [...new Set(preempted.map(({ ref }) => `${ref.kind} ${ref.namespace}/${ref.name}`))];
      yield {
        severity: 'warn',
        object: top.object ?? top.ref,
        summary: `its ${counted(pods.length, 'pod')} of priority class ${ofClass} displaced pods with a lower priority (preemption): ${evicted.slice(0, 4).join(', ')}`,
        since: { at: Math.min(...pods.map(created)), exact: false },
        evidence: [
          `spec.priorityClassName: ${ofClass}, priority ${number(pod.spec.priority)}`,
          ...evicted.slice(0, 6).map(one => `${one}: pods with a lower priority wait for room`),
        ],
        cause: `The scheduler makes room for priority class ${ofClass} by evicting pods of lower priority.`,
        fixes: [
          edit(
            view,
            top,
            `Use a priority class with a lower value than ${ofClass} (or with preemptionPolicy: Never), run fewer of these pods, or lower their requests.`,
          ),
          {
            text: 'See which priority classes exist; give workloads that must not be evicted a higher one.',
            command: command(view, ['kubectl', 'get', 'priorityclasses']),
          },
        ],
        because: [causeOf(top.ref, 'chaos/')],
        explains: preempted.map(({ ref }) => causeOf(ref, 'pod/unschedulable')),
      };
    }
  },
};

/** The workloads with a higher priority whose pods take the room on a node that the pod needs. */
function preemptorsOf(
  view: ClusterView,
  pod: ViewObject,
  own: Top,
  free: ReturnType<typeof freeOnNodes>,
): Omit<Preemptor, 'preempted'>[] {
  const wanted = requestsOf(pod);
  const age = own.object === undefined ? created(pod) : created(own.object);
  const ofHigherPriority = [...view.all('Pod')].filter(
    ({ spec, status, metadata }) =>
      number(spec.priority) > number(pod.spec.priority) &&
      number(spec.priority) < SYSTEM &&
      text(spec.nodeName) !== '' &&
      status.phase !== 'Succeeded' &&
      status.phase !== 'Failed' &&
      Date.parse(metadata.creationTimestamp ?? '') > age,
  );
  const displacing = [...free].flatMap(([node, room]) => {
    const here = ofHigherPriority.filter(({ spec }) => text(spec.nodeName) === node);
    const fits = [...wanted].every(
      ([resource, amount]) =>
        (room.free.get(resource) ?? 0) + here.reduce((sum, one) => sum + (requestsOf(one).get(resource) ?? 0), 0) >=
        amount,
    );
    return fits ? here : [];
  });
  return podsByTop(view, displacing);
}
