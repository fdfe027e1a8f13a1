import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { number, text, time } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { condition } from '../../facts/fields.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { podsByTop } from './owner.ts';
import { nodesAsCauses, podNames } from './unwell-pods.ts';

/** How long after its grace period a pod may still exist. */
const SLACK = 60_000;

/** A pod that has been deleted and stays Terminating. */
export const podTerminating: Rule = {
  id: 'pod/terminating',
  gate: 'G9',
  needs: ['Pod'],
  wants: ['Node', 'ReplicaSet', 'StatefulSet', 'Deployment'],
  about: {
    looksAt:
      'Pods whose deletionTimestamp (which is the end of their grace period) passed more than a minute ago: their finalizers, and whether their node exists and is ready.',
    why: 'The kubelet of the node must confirm that the containers have ended. Until then, and while a finalizer is left, the pod keeps its name and its volumes, and a StatefulSet does not create its replacement.',
    whatToDo:
      'Fix the node, or, if it is gone for good, delete the node. Restore the controller that removes the finalizer.',
  },
  *look({ view, now }) {
    for (const pod of view.all('Pod')) {
      const ends = time(pod.metadata.deletionTimestamp);
      if (ends === undefined || now - ends < SLACK) continue;
      const name = text(pod.spec.nodeName);
      const { isGone, isSilent } = nodeOf(view, name);
      const { finalizers } = pod.metadata;
      const what = whyStillThere(finalizers, name, { isGone, isSilent });
      yield {
        severity: 'high',
        object: pod,
        summary: `stuck terminating: ${what}`,
        since: { at: ends, exact: true },
        evidence: [
          `metadata.deletionTimestamp: ${pod.metadata.deletionTimestamp}`,
          `metadata.finalizers: ${finalizers.join(', ') || 'none'}`,
          `spec.nodeName: ${name || 'none'}`,
        ],
        cause:
          finalizers.length > 0
            ? `The controller of finalizer ${finalizers.join(', ')} has not removed it.`
            : `The pod is removed when the kubelet of ${name || 'its node'} confirms that its containers have ended.`,
        fixes: [
          finalizers.length > 0 && {
            text: 'Restore the controller of the finalizer. Only if it is gone for good, and what the finalizer protects has been cleaned up, remove the finalizer.',
            command: command(view, [
              'kubectl',
              'patch',
              ...named(refOf(pod)),
              '--type=json',
              '-p',
              '[{"op":"remove","path":"/metadata/finalizers"}]',
            ]),
            safe: false,
          },
          (isGone || isSilent) && {
            text: 'If the machine is certainly off, force the deletion of the pod. If it is still running, two nodes might write to the same volume.',
            command: command(view, ['kubectl', 'delete', ...named(refOf(pod)), '--grace-period=0', '--force']),
            safe: false,
          },
        ],
        because: [
          name !== '' && { kind: 'Node', name, rule: 'node/' },
          causeOf(refOf(pod), 'chaos/'),
          { kind: 'Namespace', name: pod.metadata.namespace ?? '' },
        ],
      };
    }
  },
};

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
      const isOwn = /exceeds? (?:the|its|their)?.*(?:limit|emptyDir)|ephemeral local storage usage exceeds/i.test(
        words,
      );
      const isShort = number(top.object?.status.readyReplicas) < number(top.object?.spec.replicas, 1);
      yield {
        severity: evictedSeverity(isOwn, isShort, pods.length),
        object: top.object ?? top.ref,
        summary: `${counted(pods.length, 'pod was', 'pods were')} evicted: ${words.slice(0, 160) || 'no reason given'}`,
        since: { at: Math.min(...pods.map(pod => endedAt(pod) ?? now)), exact: true },
        evidence: [podNames(pods), `status: Failed Evicted "${words}"`],
        cause: isOwn ? `The pods use more ephemeral storage than their limit: ${words}` : words,
        fixes: [
          {
            text: isOwn
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

/** Whether the node of a pod is gone, or exists and is not ready. Both are false when nodes cannot be read. */
function nodeOf(view: ClusterView, name: string): { isGone: boolean; isSilent: boolean } {
  const node = name === '' ? undefined : view.get('Node', undefined, name);
  return {
    isGone: name !== '' && node === undefined && view.count('Node') > 0,
    isSilent: node !== undefined && condition(node, 'Ready')?.status !== 'True',
  };
}

/** Why a deleted pod still exists. */
function whyStillThere(
  finalizers: readonly string[],
  node: string,
  { isGone, isSilent }: ReturnType<typeof nodeOf>,
): string {
  if (finalizers.length > 0) return `finalizer ${finalizers.join(', ')} is left`;
  if (isGone) return `its node ${node} does not exist any more`;
  return isSilent ? `its node ${node} is not ready` : 'the kubelet has not stopped its containers';
}

/** When a failed pod ended, as far as its status tells. */
const endedAt = (pod: ViewObject): number | undefined =>
  condition(pod, 'Ready')?.since ?? condition(pod, 'DisruptionTarget')?.since ?? time(pod.status.startTime);
