import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, text } from '../../../k8s/fields.ts';
import { addedBy, addedSelector } from '../../facts/added-at-admission.ts';
import { command } from '../../finding/shell.ts';
import { explainClaim, explainVolumes } from './explain-claim.ts';
import { explainResources } from './explain-resources.ts';
import type { Explanation } from './explanation.ts';
import { taintText, untoleratedTaints } from './node-match.ts';
import { labelTypos } from './obstacles.ts';
import type { freeOnNodes } from './resources.ts';
import { constraintOf, type Rejection } from './scheduler-message.ts';

/** Explains one reason that the scheduler gives for some of the nodes. */
export function explain(
  view: ClusterView,
  pod: ViewObject,
  { reason }: Rejection,
  free: ReturnType<typeof freeOnNodes>,
): Explanation {
  switch (constraintOf(reason)) {
    case 'selector':
      return explainSelector(view, pod);
    case 'resources':
      return explainResources(view, pod, reason, free);
    case 'taint':
      return explainTaint(view, pod, reason);
    case 'cordoned':
      return {
        summary: 'nodes are cordoned',
        cause: 'Nodes that are cordoned (spec.unschedulable) take no new pods.',
        fixes: cordoned(view)
          .slice(0, 3)
          .map(name => ({
            text: `Uncordon node ${name}, if its maintenance is over.`,
            command: command(view, ['kubectl', 'uncordon', name]),
          })),
      };
    case 'claim':
      return explainClaim(view, pod, reason);
    case 'volume':
      return explainVolumes(view, pod, reason);
    case 'ports':
      return {
        summary: `host ports are already in use (${hostPorts(pod)})`,
        cause: `The pod needs host ports ${hostPorts(pod)}, which other pods on these nodes already use.`,
        fixes: ['Remove hostPort or hostNetwork, or run no more of these pods than there are nodes.'],
      };
    case 'spread':
      return explainSpread(view, pod, reason);
    case 'affinity':
      return explainAffinity(pod, reason);
    default:
      return { summary: reason, cause: '', fixes: [] };
  }
}

function explainSelector(view: ClusterView, pod: ViewObject): Explanation {
  const { typos, unmet } = labelTypos(view, pod);
  const foreign = addedSelector(view, pod);
  const added = unmet.some(({ key }) => foreign.includes(key)) ? addedBy(view, pod, foreign) : undefined;
  const wanted = unmet.map(({ key, values }) => `${key}=${values.join('|')}`).join(', ');
  if (unmet.length === 0)
    return {
      summary: "nodes don't match the nodeSelector or node affinity",
      cause: 'Nodes with the required labels are excluded for other reasons.',
      fixes: [],
    };
  const near = typos.map(slip => `nodes have ${slip.near.key}=${slip.near.value}`).join(', ');
  return {
    summary: `no node matches nodeSelector or affinity ${wanted}${near && `; ${near}`}`,
    cause: `The pods require nodes labelled ${wanted}, and no node has these labels.${near && ` Similar: ${near}.`}${added ? ` ${added.says}` : ''}`,
    ...(added && { because: added.because }),
    fixes: [
      ...(added?.fixes ?? []),
      ...typos.map(
        ({ key, wanted, near }) =>
          `Correct the nodeSelector or affinity: ${near.key}=${near.value}, not ${key}=${wanted}.`,
      ),
      ...unmet.slice(0, 1).map(({ key, values }) => ({
        text: `Or label the nodes on which the pods should run.`,
        command: command(view, ['kubectl', 'label', 'node', 'NODE', `${key}=${values[0] ?? ''}`]),
      })),
      ...(typos.length === 0 && added === undefined ? ['Correct or remove the nodeSelector or node affinity.'] : []),
    ],
  };
}

function explainTaint(view: ClusterView, pod: ViewObject, reason: string): Explanation {
  const taints = new Set(
    [...view.all('Node')]
      .flatMap(node => untoleratedTaints(pod, node))
      .filter(one => !one.key.startsWith('node.kubernetes.io/unschedulable'))
      .map(taintText),
  );
  const own = /untolerated taint(?:\(s\))? \{([^}]*)\}/.exec(reason)?.[1]?.replace(/: ?/, '=').replace(/=$/, '');
  const words =
    [...taints]
      .filter(one => own === undefined || one.startsWith(own))
      .slice(0, 4)
      .join(', ') ||
    own ||
    reason;
  return {
    summary: `taint not tolerated: ${words}`,
    cause: `Nodes have the taint ${words}, and the pods have no toleration for it.`,
    fixes: [
      `Add a toleration for ${words}, if the pods are meant to run there.`,
      {
        text: 'Or remove the taint from the node, if it was left there by mistake.',
        command: command(view, [
          'kubectl',
          'taint',
          'node',
          'NODE',
          `${words.split(',')[0]?.replace(/=[^:]*/, '') ?? ''}-`,
        ]),
      },
    ],
  };
}

const cordoned = (view: ClusterView): string[] =>
  [...view.all('Node')].filter(node => node.spec.unschedulable === true).map(node => node.metadata.name);

function explainSpread(view: ClusterView, pod: ViewObject, reason: string): Explanation {
  const constraints = list(pod.spec.topologySpreadConstraints).filter(
    one => one.whenUnsatisfiable !== 'ScheduleAnyway',
  );
  const keys = constraints.map(one => text(one.topologyKey));
  const nowhere = keys.filter(key => ![...view.all('Node')].some(node => node.metadata.labels[key] !== undefined));
  return {
    summary: `topology spread constraint cannot be met (${keys.join(', ')})${nowhere.length > 0 ? `: no node has the label ${nowhere.join(', ')}` : ''}`,
    cause:
      nowhere.length > 0
        ? `topologySpreadConstraints use topologyKey ${nowhere.join(', ')}, but no node has that label.`
        : `maxSkew does not allow more of these pods on the nodes that have room: ${constraints.map(one => `${text(one.topologyKey)} maxSkew ${text(one.maxSkew)}`).join(', ')} (${reason}).`,
    fixes: [
      'Set whenUnsatisfiable: ScheduleAnyway, raise maxSkew, or correct the topologyKey of the topologySpreadConstraints.',
    ],
  };
}

function explainAffinity(pod: ViewObject, reason: string): Explanation {
  const isAnti = /anti-affinity/.test(reason);
  const terms = list(
    fields(fields(pod.spec.affinity)[isAnti ? 'podAntiAffinity' : 'podAffinity'])
      .requiredDuringSchedulingIgnoredDuringExecution,
  );
  const keys = terms.map(one => text(one.topologyKey)).join(', ');
  return isAnti
    ? {
        summary: `pod anti-affinity excludes every node${keys && ` (one pod for each ${keys})`}`,
        cause: `Required pod anti-affinity allows one of these pods for each ${keys || 'domain'}; each already has one, or is excluded for another reason.`,
        fixes: ['Make the anti-affinity preferred, run fewer replicas, or add nodes.'],
      }
    : {
        summary: `pod affinity finds no node with the required pods${keys && ` (${keys})`}`,
        cause: 'Required pod affinity requires other pods, and none of them runs on a node with room for this one.',
        fixes: ['Correct the labelSelector of the pod affinity, or start the pods that it requires.'],
      };
}

const hostPorts = (pod: ViewObject): string =>
  list(pod.spec.containers)
    .flatMap(one => list(one.ports).map(port => text(port.hostPort)))
    .filter(port => port !== '')
    .join(', ');
