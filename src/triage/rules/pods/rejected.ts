import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { number, text, time } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { condition } from '../../facts/fields.ts';
import { causeOf } from '../../finding/cause.ts';
import { command } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { edit } from './fixes.ts';
import { POD_OWNERS, podsByTop } from './owner.ts';
import { nodesAsCauses, nodesOf, podNames } from './unready-pods.ts';

const RECENT_MS = 60 * 60_000;

/** Reasons with which a kubelet refuses a pod that the scheduler has given it, and what to do about each. */
const REASONS: Readonly<Record<string, string>> = {
  UnexpectedAdmissionError:
    'See the device plugin of the node: it has no healthy device left. Restart the plugin, or drain the node.',
  OutOfcpu:
    'The node has less CPU free than the scheduler assumes: see which pods run there without having been scheduled (static pods, nodeName).',
  OutOfmemory:
    'The node has less memory free than the scheduler assumes: see which pods run there without having been scheduled.',
  OutOfpods: 'The node runs as many pods as it may: raise maxPods of its kubelet, or remove nodeName from the pods.',
  NodeAffinity:
    'The labels of the node have changed since: correct them or the nodeSelector, and remove nodeName from the pods.',
  NodePorts: 'A host port of the pods is already in use on the node: remove hostPort.',
  SysctlForbidden: 'Allow the sysctl in the kubelet (allowedUnsafeSysctls), or remove it from securityContext.sysctls.',
  AppArmor: 'Load the AppArmor profile on the nodes, or use one that is loaded.',
  TopologyAffinityError:
    'Request resources that one NUMA node can provide, or relax the topology manager policy of the kubelet.',
  PodOSNotSupported: 'Give the pods a nodeSelector for their operating system (kubernetes.io/os).',
};

/** Pods that their kubelet rejects, so that the workload creates one failed pod after the other. */
export const podRejected: Rule = {
  id: 'pod/rejected',
  gate: 'G9',
  needs: ['Pod'],
  wants: ['Node', ...POD_OWNERS],
  about: {
    looksAt:
      'Pods that failed in the last hour with a reason by which kubelets refuse pods: UnexpectedAdmissionError, OutOfcpu, NodeAffinity, SysctlForbidden and the like.',
    why: 'The scheduler places such a pod again and again, and the kubelet refuses it each time: failed pods accumulate, and none of them runs.',
    whatToDo: 'Fix what the node lacks (a device, a profile, free resources), or remove the request from the pods.',
  },
  *look({ view, now }) {
    const rejected = [...view.all('Pod')].filter(pod => wasRejected(pod, now));
    for (const { top, pods } of podsByTop(view, rejected, reasonOf)) {
      const [pod] = pods;
      const [reason, message] = [text(pod?.status.reason), text(pod?.status.message)];
      const ready = number(top.object?.status.readyReplicas ?? top.object?.status.numberReady);
      const isShort = top.object === undefined || ready < number(top.object.spec.replicas, 1);
      yield {
        severity: isShort ? 'high' : 'warn',
        object: top.object ?? top.ref,
        summary: `${counted(pods.length, 'pod was', 'pods were')} rejected by the kubelet (${reason}): ${message.slice(0, 200)}`,
        since: { at: Math.min(...pods.map(each => endedAt(each) ?? now)), exact: false },
        evidence: [
          podNames(pods),
          `status: Failed ${reason} "${message}"`,
          `spec.nodeName: ${nodesOf(pods).join(', ')}`,
        ],
        cause: message,
        fixes: [
          edit(view, top, REASONS[reason] ?? 'Change the setting that the kubelet rejects.'),
          {
            text: 'Look at the node: its devices, labels and free resources.',
            command: command(view, ['kubectl', 'describe', `node/${nodesOf(pods)[0] ?? 'NODE'}`]),
          },
        ],
        because: [causeOf(top.ref, 'chaos/'), ...nodesAsCauses(pods)],
        // The next pod of the workload waits on the same node.
        explains: [causeOf(top.ref, 'pod/stuck-creating')],
      };
    }
  },
};

const reasonOf = ({ status }: ViewObject): string => text(status.reason);

/** Whether a kubelet rejected a pod in the last hour. */
function wasRejected(pod: ViewObject, now: number): boolean {
  if (pod.status.phase !== 'Failed' || !Object.hasOwn(REASONS, reasonOf(pod))) return false;
  const at = endedAt(pod);
  return at !== undefined && now - at <= RECENT_MS;
}

const endedAt = (pod: ViewObject): number | undefined =>
  condition(pod, 'Ready')?.since ?? time(pod.status.startTime) ?? time(pod.metadata.creationTimestamp);
