import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { number, text, time } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { condition } from '../../facts/fields.ts';
import { causeOf } from '../../finding/cause.ts';
import { command } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { podsByTop } from './owner.ts';
import { nodesAsCauses, podNames } from './unready-pods.ts';

/** Only pods evicted within this time are reported. */
const RECENT = 60 * 60_000;

/**
 * Workloads whose pods are evicted again and again because their node is short of resources, or because they exceed
 * their disk limit.
 */
export const podEvicted: Rule = {
  id: 'pod/evicted',
  gate: 'G9',
  needs: ['Pod'],
  wants: ['Node', 'ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet'],
  about: {
    looksAt: 'Pods that failed with the reason Evicted in the last hour, and the message of the kubelet.',
    why: 'The kubelet evicts pods when its node runs short of memory or disk, or when a pod uses more ephemeral storage than its limit.',
    whatToDo:
      'Set requests that match what the pods use, raise the ephemeral storage limit, or free resources on the node.',
  },
  *look({ view, now }) {
    const evicted = [...view.all('Pod')].filter(pod => wasEvicted(pod, now));
    for (const { top, pods } of podsByTop(view, evicted)) {
      const words = text(pods[0]?.status.message);
      const isOverOwnLimit =
        /exceeds? (?:the|its|their)?.*(?:limit|emptyDir)|ephemeral local storage usage exceeds/i.test(words);
      const lacksPods = number(top.object?.status.readyReplicas) < number(top.object?.spec.replicas, 1);
      yield {
        severity: evictedSeverity(isOverOwnLimit, lacksPods, pods.length),
        object: top.object ?? top.ref,
        summary: `${counted(pods.length, 'pod was', 'pods were')} evicted: ${words.slice(0, 160) || 'no reason given'}`,
        since: { at: Math.min(...pods.map(pod => endedAt(pod) ?? now)), exact: true },
        evidence: [podNames(pods), `status: Failed Evicted "${words}"`],
        cause: isOverOwnLimit ? `The pods use more ephemeral storage than their limit: ${words}` : words,
        fixes: [
          {
            text: isOverOwnLimit
              ? 'Raise the ephemeral-storage limit or the sizeLimit of the emptyDir, or make the program write less.'
              : 'Set requests that match what the pods need; free resources on the node.',
            command: command(view, [
              'kubectl',
              'get',
              'pods',
              '-n',
              top.ref.namespace ?? '',
              '--field-selector',
              'status.phase=Failed',
            ]),
          },
        ],
        because: [causeOf(top.ref, 'chaos/'), ...nodesAsCauses(pods)],
      };
    }
  },
};

/** High when at least two of these hold: evicted for their own limit, the workload lacks pods, three pods or more. */
const evictedSeverity = (isOwn: boolean, isShort: boolean, pods: number): 'high' | 'warn' =>
  [isOwn, isShort, pods >= 3].filter(Boolean).length >= 2 ? 'high' : 'warn';

/** Whether a pod was evicted recently. */
function wasEvicted(pod: ViewObject, now: number): boolean {
  const at = endedAt(pod);
  return pod.status.phase === 'Failed' && pod.status.reason === 'Evicted' && at !== undefined && now - at <= RECENT;
}

/** When a failed pod ended, as far as its status tells. */
const endedAt = (pod: ViewObject): number | undefined =>
  condition(pod, 'Ready')?.since ?? condition(pod, 'DisruptionTarget')?.since ?? time(pod.status.startTime);
