import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { list, text, time } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import type { FindingDraft } from '../../finding/build.ts';
import { command } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { type Taint, taintsOf, taintText, tolerates } from '../scheduling/node-match.ts';
import { obstaclesOf } from '../scheduling/obstacles.ts';
import { freeOnNodes } from '../scheduling/resources.ts';
import { unschedulablePods } from '../scheduling/unschedulable.ts';
import { podsOn } from './not-ready.ts';

/** Per node, the pending pods that only this constraint keeps off the node. */
function podsKeptOff(
  looking: Pick<RuleInput, 'view' | 'now'>,
  constraint: 'cordoned' | 'taint',
): Map<string, ViewObject[]> {
  const kept = new Map<string, ViewObject[]>();
  const groups = unschedulablePods(looking);
  if (groups.length === 0) return kept;
  const free = freeOnNodes(looking.view);
  for (const pod of groups.flatMap(group => group.pods.slice(0, 5)))
    for (const { node, found } of obstaclesOf(looking.view, pod, free))
      if (found.length > 0 && found.every(one => one.constraint === constraint))
        kept.set(node.metadata.name, [...(kept.get(node.metadata.name) ?? []), pod]);
  return kept;
}

const waitingPodsText = (pods: readonly ViewObject[]): string =>
  `pods that would fit: ${pods
    .slice(0, 5)
    .map(pod => `${pod.metadata.namespace}/${pod.metadata.name}`)
    .join(', ')}`;

/** A cordoned node, on which no new pods are scheduled. */
export const nodeCordoned: Rule = {
  id: 'node/cordoned',
  gate: 'G2',
  needs: ['Node'],
  wants: ['Pod'],
  about: {
    looksAt: 'Nodes with spec.unschedulable, and pending pods that would fit on them.',
    why: 'A node that is left cordoned after a drain or an upgrade is unused capacity; it becomes a failure when pods cannot be scheduled because of it.',
    whatToDo: 'Uncordon the node when its maintenance is finished.',
  },
  *look(looking) {
    const { view } = looking;
    const closed = [...view.all('Node')].filter(node => node.spec.unschedulable === true);
    if (closed.length === 0) return;
    const kept = podsKeptOff(looking, 'cordoned');
    for (const node of closed) {
      const pods = kept.get(node.metadata.name) ?? [];
      const at = time(taintsOf(node).find(one => one.key === 'node.kubernetes.io/unschedulable')?.timeAdded);
      yield {
        severity: pods.length > 0 ? 'high' : 'warn',
        object: node,
        summary:
          pods.length > 0
            ? `cordoned (unschedulable), and ${counted(pods.length, 'pod')} that would fit on it cannot be scheduled`
            : 'cordoned: no new pods are scheduled on it (unschedulable)',
        since: at === undefined ? undefined : { at, exact: true },
        evidence: [
          'spec.unschedulable: true',
          `pods on it: ${podsOn(view, node.metadata.name).length}`,
          pods.length > 0 && waitingPodsText(pods),
        ],
        cause: 'The node was cordoned or drained, and has not been uncordoned.',
        fixes: [
          {
            text: 'Uncordon the node, if its maintenance is finished.',
            command: command(view, ['kubectl', 'uncordon', node.metadata.name]),
          },
        ],
        because: [{ kind: 'Node', name: node.metadata.name, rule: 'chaos/' }],
      };
    }
  },
};

/** Taints that the control plane or autoscalers set temporarily. */
const TEMPORARY =
  /^(ToBeDeletedByClusterAutoscaler|DeletionCandidateOfClusterAutoscaler|node\.cloudprovider\.kubernetes\.io\/|karpenter\.sh\/(disrupted|disruption|unregistered)|node\.cilium\.io\/agent-not-ready|ebs\.csi\.aws\.com\/agent-not-ready|efs\.csi\.aws\.com\/agent-not-ready)/;
/** Taints that follow from node conditions, which other rules report. */
const FROM_CONDITIONS = /^node\.kubernetes\.io\//;

/**
 * A taint that keeps off pods that belong on the node: a leftover, or one added after pods without a toleration were
 * scheduled there.
 */
export const nodeTainted: Rule = {
  id: 'node/tainted',
  gate: 'G2',
  needs: ['Node', 'Pod'],
  about: {
    looksAt:
      'Taints NoSchedule and NoExecute of nodes on which pods run that do not tolerate them, that every node has, or that autoscalers and cloud controllers set only temporarily; and pending pods that would fit there.',
    why: 'A node that was tainted while such pods were running on it was meant for them; the taint now keeps their replacements off the node.',
    whatToDo:
      'Remove the taint if its reason has passed; a leftover taint of an autoscaler or cloud controller means that this controller is not running.',
  },
  *look(looking) {
    const { view } = looking;
    const tainted = [...view.all('Node')]
      .map(node => ({
        node,
        taints: taintsOf(node).filter(one => one.effect !== 'PreferNoSchedule' && !FROM_CONDITIONS.test(one.key)),
      }))
      .filter(one => one.taints.length > 0);
    if (tainted.length === 0) return;
    const kept = podsKeptOff(looking, 'taint');
    for (const { node, taints } of tainted) {
      const pods = kept.get(node.metadata.name) ?? [];
      for (const taint of taints) {
        const isTemporary = TEMPORARY.test(taint.key);
        if (pods.length === 0 && !isTemporary) continue;
        const untolerating = untoleratingPodsOn(view, node, taint);
        const everywhere = isEverywhere(view, taint);
        if (isTemporary || untolerating.length > 0 || everywhere)
          yield tainting(view, node, taint, { pods, untolerating, everywhere });
      }
    }
  },
};

/** The pods that a taint keeps off the node, and those on the node that do not tolerate it. */
interface TaintedPods {
  pods: readonly ViewObject[];
  untolerating: readonly ViewObject[];
  /** Whether every node that could take pods has the taint. */
  everywhere: boolean;
}

/** Taints of nodes that are reserved for the control plane. */
const CONTROL_PLANE = /^node-role\.kubernetes\.io\/(control-plane|master)$/;

/** Whether every node for ordinary pods has this taint. A single tainted node may be dedicated on purpose. */
function isEverywhere(view: ClusterView, taint: Taint): boolean {
  const open = [...view.all('Node')].map(taintsOf).filter(taints => !taints.some(one => CONTROL_PLANE.test(one.key)));
  const isOn = (taints: readonly Taint[]) => taints.some(one => one.key === taint.key && one.effect === taint.effect);
  return open.length > 1 && open.every(isOn);
}

function tainting(
  view: ClusterView,
  node: ViewObject,
  taint: Taint,
  { pods, untolerating, everywhere }: TaintedPods,
): FindingDraft {
  const isTemporary = TEMPORARY.test(taint.key);
  const at = time(taint.timeAdded);
  const names = untolerating.slice(0, 5).map(pod => `${pod.metadata.namespace}/${pod.metadata.name}`);
  return {
    severity: pods.length > 0 ? 'high' : 'warn',
    object: node,
    summary: `taint ${taintText(taint)} ${explainTaint(isTemporary, everywhere)}${pods.length > 0 ? `; ${counted(pods.length, 'pod')} that would fit cannot be scheduled` : ''}`,
    since: at === undefined ? undefined : { at, exact: true },
    evidence: [
      `spec.taints: ${taintText(taint)}`,
      names.length > 0 && `pods on it that do not tolerate it: ${names.join(', ')}`,
      pods.length > 0 && waitingPodsText(pods),
    ],
    cause: isTemporary
      ? `The controller that sets ${taint.key} has not removed it: the controller may be gone.`
      : everywhere
        ? 'Every node has this taint, so that pods without a toleration for it cannot be scheduled: it was put on too many nodes.'
        : 'The taint was added after pods that do not tolerate it were scheduled on the node, by hand or by a tool.',
    fixes: [
      {
        text: 'Remove the taint if it is no longer needed.',
        command: command(view, ['kubectl', 'taint', 'node', node.metadata.name, `${taint.key}:${taint.effect}-`]),
      },
    ],
    because: [{ kind: 'Node', name: node.metadata.name, rule: 'chaos/' }],
  };
}

function explainTaint(isTemporary: boolean, everywhere: boolean): string {
  if (isTemporary) return 'is left on the node';
  return everywhere ? 'is on every node' : 'was set although pods without a toleration run there';
}

/** Pods on the node that do not tolerate its taint, without DaemonSet pods and static pods. */
const untoleratingPodsOn = (view: ClusterView, node: ViewObject, taint: Taint): ViewObject[] =>
  podsOn(view, node.metadata.name).filter(
    pod =>
      !tolerates(pod, taint) &&
      !list(pod.metadata.ownerReferences).some(owner => ['DaemonSet', 'Node'].includes(text(owner.kind))),
  );
