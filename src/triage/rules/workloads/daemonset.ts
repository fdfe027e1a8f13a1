import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { earliest, sinceNotReady } from '../../../health/view/since.ts';
import { number, text } from '../../../k8s/fields.ts';
import { created } from '../../facts/fields.ts';
import { type FindingDraft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { rollBack } from '../pods/fixes.ts';
import { topOf } from '../pods/owner.ts';
import { isUnready, podRef, unreadyFor } from '../pods/unready-pods.ts';
import { nodeOfDaemonPod } from '../scheduling/node-match.ts';

/** A new or replaced pod may be unready for this long. */
const USUAL_WAIT_MS = 120_000;

/** A DaemonSet without a ready pod on some of its nodes. */
export const daemonPartly: Rule = {
  id: 'workload/daemonset-partly',
  gate: 'G9',
  needs: ['DaemonSet', 'Pod'],
  wants: ['Node'],
  about: {
    looksAt:
      'DaemonSets with fewer available pods than status.desiredNumberScheduled: on which nodes the pod has not been ready for more than two minutes, and how many nodes still have the old template because the rollout waits for those pods.',
    why: 'What a DaemonSet provides, such as network, storage or logs, is missing on these nodes; its rollout stops when maxUnavailable pods are not ready.',
    whatToDo: 'Fix the pods on these nodes (the finding on them says why they are not ready), or roll back.',
  },
  *look({ view, now }) {
    for (const set of view.all('DaemonSet')) {
      const unready = view
        .ownedBy(set.metadata.uid)
        .filter(pod => isUnready(pod) && now - created(pod) >= USUAL_WAIT_MS && unreadyFor(pod, now) >= USUAL_WAIT_MS);
      if (unready.length === 0 || set.metadata.deletionTimestamp !== undefined) continue;
      yield report(view, set, unready);
    }
  },
};

function report(view: ClusterView, set: ViewObject, unready: readonly ViewObject[]): FindingDraft {
  const desired = number(set.status.desiredNumberScheduled);
  const old = desired - number(set.status.updatedNumberScheduled);
  const nodes = unready.map(pod => placeOf(pod)).filter(name => name !== '');
  const [pod] = unready as [ViewObject];
  return {
    severity: 'high',
    object: set,
    summary: `not ready on ${unready.length} of ${desired} nodes (${nodes.slice(0, 4).join(', ')}${nodes.length > 4 ? ', …' : ''})${old > 0 ? `; its rollout waits for them, ${old} ${old === 1 ? 'node has' : 'nodes have'} the old version` : ''}`,
    since: earliest(...unready.map(sinceNotReady)),
    evidence: [
      `status: desired ${desired}, ready ${number(set.status.numberReady)}, available ${number(set.status.numberAvailable)}, updated ${number(set.status.updatedNumberScheduled)}`,
      ...unready.slice(0, 6).map(one => `pod ${one.metadata.name} on ${placeOf(one) || 'no node'}: not ready`),
    ],
    cause: `${unready.length === 1 ? 'One pod' : `${unready.length} pods`} of the DaemonSet ${unready.length === 1 ? 'is' : 'are'} not ready.`,
    fixes: [
      {
        text: `Fix pod ${pod.metadata.name}: see why it is not ready.`,
        command: command(view, ['kubectl', 'describe', ...named(podRef(pod))]),
      },
      old > 0 && rollBack(view, topOf(view, set)),
    ],
    because: [
      causeOf(refOf(set), 'pod/'),
      causeOf(refOf(set), 'chaos/'),
      causeOf(refOf(set), 'workload/pods-refused'),
      ...nodes.slice(0, 50).map(name => causeOf({ kind: 'Node', name }, 'node/')),
    ],
  };
}

/** The node that a pod runs on or was created for. */
const placeOf = (pod: ViewObject): string => text(pod.spec.nodeName) || (nodeOfDaemonPod(pod) ?? '');
