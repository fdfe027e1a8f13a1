import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { nearMisses } from '../../facts/near-miss.ts';
import { selectorMismatch, taintText, untoleratedTaints, wantedLabels } from './node-match.ts';
import { type Amounts, amountText, freeOnNodes, requestsOf } from './resources.ts';
import type { Constraint } from './scheduler-message.ts';

/** Why a pod cannot run on one node. */
export interface Obstacles {
  node: ViewObject;
  found: { constraint: Constraint; words: string }[];
}

/**
 * Why a pod cannot run on each node, the best node first. Only what the objects show: labels, taints, cordons, free
 * resources. The scheduler also checks volumes, ports and spreading.
 */
export function obstaclesOf(view: ClusterView, pod: ViewObject, free = freeOnNodes(view)): Obstacles[] {
  const wanted = requestsOf(pod);
  return [...view.all('Node')]
    .map(node => ({ node, found: [...onNode(pod, node, wanted, free.get(node.metadata.name))] }))
    .sort((a, b) => a.found.length - b.found.length || (a.node.metadata.name < b.node.metadata.name ? -1 : 1));
}

function* onNode(
  pod: ViewObject,
  node: ViewObject,
  wanted: Amounts,
  on: { allocatable: Amounts; free: Amounts } | undefined,
): Iterable<Obstacles['found'][number]> {
  const miss = selectorMismatch(pod, node);
  if (miss !== undefined) yield { constraint: 'selector', words: miss };
  for (const taint of untoleratedTaints(pod, node))
    yield taint.key === 'node.kubernetes.io/unschedulable'
      ? { constraint: 'cordoned', words: 'cordoned (spec.unschedulable)' }
      : { constraint: 'taint', words: `taint ${taintText(taint)} not tolerated` };
  if (on === undefined) return;
  for (const [resource, amount] of wanted) {
    if (amount === 0) continue;
    const free = on.free.get(resource) ?? 0;
    const whole = on.allocatable.get(resource) ?? 0;
    if (amount <= free) continue;
    const words = (value: number) => amountText(resource, Math.max(0, value));
    yield {
      constraint: 'resources',
      words:
        whole === 0
          ? `has no ${resource}`
          : `${resource}: ${words(amount)} requested, ${words(free)} free of ${words(whole)}`,
    };
  }
}

/** `node-1: cpu: 2 requested, 500m free of 4`, for evidence. */
export const obstacleText = ({ node, found }: Obstacles): string =>
  `node ${node.metadata.name}: ${found.map(one => one.words).join('; ') || 'its labels, taints and free resources do not exclude the pod'}`;

/** A wanted node label that no node has, with the one that was probably meant. */
export interface LabelTypo {
  key: string;
  wanted: string;
  /** The label that nodes have. */
  near: { key: string; value: string };
}

/** Wanted labels that no node has and that resemble a label of some node. */
export function labelTypos(
  view: ClusterView,
  pod: ViewObject,
): { typos: LabelTypo[]; unmet: { key: string; values: readonly string[] }[] } {
  const nodes = [...view.all('Node')];
  const unmet = wantedLabels(pod).filter(
    ({ key, values }) => !nodes.some(node => values.includes(node.metadata.labels[key] ?? '\0')),
  );
  const slips = unmet.flatMap(({ key, values }) => {
    const carried = nodes.flatMap(node => (node.metadata.labels[key] === undefined ? [] : [node.metadata.labels[key]]));
    const wanted = values[0] ?? '';
    const value = nearMisses(wanted, carried)[0]?.name;
    if (value !== undefined) return [{ key, wanted, near: { key, value } }];
    if (carried.length > 0) return [];
    const keys = new Set(nodes.flatMap(node => Object.keys(node.metadata.labels)));
    const near = nearMisses(key, keys)[0]?.name;
    const owner = near === undefined ? undefined : nodes.find(node => node.metadata.labels[near] !== undefined);
    return near === undefined || owner === undefined
      ? []
      : [{ key, wanted, near: { key: near, value: owner.metadata.labels[near] ?? '' } }];
  });
  return { typos: slips, unmet };
}
