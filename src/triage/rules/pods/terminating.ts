import type { ClusterView } from '../../../health/view/cluster-view.ts';
import { text, time } from '../../../k8s/fields.ts';
import { condition } from '../../facts/fields.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';

/** How long after its grace period a pod may still exist. */
const EXTRA_WAIT_MS = 60_000;

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
      if (ends === undefined || now - ends < EXTRA_WAIT_MS) continue;
      const name = text(pod.spec.nodeName);
      const { isGone, isNotReady } = nodeOf(view, name);
      const { finalizers } = pod.metadata;
      const reason = whyStillThere(finalizers, name, { isGone, isNotReady });
      yield {
        severity: 'high',
        object: pod,
        summary: `stuck terminating: ${reason}`,
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
          (isGone || isNotReady) && {
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

/** Whether the node of a pod is gone, or exists and is not ready. Both are false when nodes cannot be read. */
function nodeOf(view: ClusterView, name: string): { isGone: boolean; isNotReady: boolean } {
  const node = name === '' ? undefined : view.get('Node', undefined, name);
  return {
    isGone: name !== '' && node === undefined && view.count('Node') > 0,
    isNotReady: node !== undefined && condition(node, 'Ready')?.status !== 'True',
  };
}

/** Why a deleted pod still exists. */
function whyStillThere(
  finalizers: readonly string[],
  node: string,
  { isGone, isNotReady }: ReturnType<typeof nodeOf>,
): string {
  if (finalizers.length > 0) return `finalizer ${finalizers.join(', ')} is left`;
  if (isGone) return `its node ${node} does not exist any more`;
  return isNotReady ? `its node ${node} is not ready` : 'the kubelet has not confirmed that its containers have ended';
}
