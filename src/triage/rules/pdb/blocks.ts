import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, number, text } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { isReady } from '../../facts/behind-service.ts';
import { condition } from '../../facts/fields.ts';
import { type FindingDraft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named, patchCommand } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { topOf } from '../pods/owner.ts';

/** The running or pending pods that a disruption budget selects. */
const covered = (view: ClusterView, pdb: ViewObject): ViewObject[] =>
  view
    .podsMatching(pdb.metadata.namespace ?? '', fields(pdb.spec.selector))
    .filter(pod => pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed');

/** The cordoned nodes on which one of the pods still runs. */
const drained = (view: ClusterView, pods: readonly ViewObject[]): string[] => [
  ...new Set(
    pods
      .map(pod => text(pod.spec.nodeName))
      .filter(name => name !== '' && view.get('Node', undefined, name)?.spec.unschedulable === true),
  ),
];

/** A disruption budget that allows no eviction: by its own numbers, or because its pods are not healthy. */
export const pdbBlocks: Rule = {
  id: 'pdb/blocks',
  gate: 'G9',
  needs: ['PodDisruptionBudget', 'Pod'],
  wants: ['Node', 'Deployment', 'StatefulSet', 'ReplicaSet'],
  about: {
    looksAt:
      'Disruption budgets with disruptionsAllowed 0: whether their numbers never allow one (maxUnavailable 0, minAvailable equal to the number of pods) or too few pods are healthy, and whether a cordoned node still has such pods.',
    why: 'When a budget refuses an eviction, kubectl drain and node upgrades keep retrying it and hang. While no pod needs to be evicted, the budget does no harm.',
    whatToDo: 'Fix the pods, run one more replica, or change the budget so that one pod can be evicted.',
  },
  *look({ view }) {
    for (const pdb of view.all('PodDisruptionBudget')) {
      const why = whyNone(pdb);
      if (why !== undefined) yield blocked(view, pdb, why);
    }
  },
};

/** Why a budget allows no disruption; undefined when it allows one or selects no pods. */
function whyNone({ status }: ViewObject): 'unhealthy' | 'by design' | undefined {
  const expected = number(status.expectedPods);
  if (number(status.disruptionsAllowed) > 0 || expected === 0) return undefined;
  if (number(status.currentHealthy) < number(status.desiredHealthy)) return 'unhealthy';
  return number(status.desiredHealthy) >= expected ? 'by design' : undefined;
}

function blocked(view: ClusterView, pdb: ViewObject, why: 'unhealthy' | 'by design'): FindingDraft {
  const expected = number(pdb.status.expectedPods);
  const pods = covered(view, pdb);
  const nodes = drained(view, pods);
  const { minAvailable, maxUnavailable } = pdb.spec;
  const byDesign = why === 'by design';
  const limit =
    minAvailable === undefined ? `maxUnavailable ${text(maxUnavailable)}` : `minAvailable ${text(minAvailable)}`;
  return {
    severity: nodes.length > 0 ? 'high' : 'warn',
    object: pdb,
    summary: `the PDB allows no disruption${nodes.length > 0 ? ` and blocks the drain of node ${nodes.join(', ')}` : ''}: ${byDesign ? `${limit} with ${counted(expected, 'pod')}` : `${number(pdb.status.currentHealthy)} of ${number(pdb.status.desiredHealthy)} required pods are healthy`}`,
    since: undefined,
    evidence: [
      `spec: ${limit}, unhealthyPodEvictionPolicy ${text(pdb.spec.unhealthyPodEvictionPolicy) || 'IfHealthyBudget'}`,
      `status: disruptionsAllowed 0, currentHealthy ${number(pdb.status.currentHealthy)}, desiredHealthy ${number(pdb.status.desiredHealthy)}, expectedPods ${expected}`,
      ...nodes.map(name => `node ${name}: cordoned, still runs pods of this budget`),
    ],
    cause: byDesign
      ? `The numbers of the budget never allow an eviction: ${limit} with ${counted(expected, 'pod')}.`
      : 'Too few of its pods are healthy, so that none may be evicted.',
    fixes: [
      {
        text: byDesign
          ? 'Run one more replica, or replace the limit of the budget by maxUnavailable 1, so that one pod can be evicted.'
          : 'Fix the pods that are not ready; unhealthyPodEvictionPolicy AlwaysAllow allows their eviction.',
        command: byDesign
          ? patchCommand(view, named(refOf(pdb)), 'merge', { spec: { minAvailable: null, maxUnavailable: 1 } })
          : command(view, ['kubectl', 'describe', ...named(refOf(pdb))]),
      },
    ],
    because: [
      causeOf(refOf(pdb), 'chaos/'),
      ...(byDesign
        ? []
        : pods
            .filter(pod => !isReady(pod))
            .slice(0, 20)
            .flatMap(pod => [causeOf(refOf(pod)), causeOf(topOf(view, pod).ref)])),
    ],
  };
}

/** Pods that two budgets select: the eviction API always refuses to evict them. */
export const pdbOverlap: Rule = {
  id: 'pdb/overlap',
  gate: 'G9',
  needs: ['PodDisruptionBudget', 'Pod'],
  wants: ['Node'],
  about: {
    looksAt: 'Pods that more than one disruption budget selects.',
    why: 'The eviction API responds with 500 for a pod that two budgets select, whatever they allow, so that a drain hangs.',
    whatToDo: 'Correct the selector of one budget, or delete it.',
  },
  *look({ view }) {
    const byPod = new Map<ViewObject, ViewObject[]>();
    for (const pdb of view.all('PodDisruptionBudget'))
      for (const pod of covered(view, pdb)) byPod.set(pod, [...(byPod.get(pod) ?? []), pdb]);
    const seen = new Set<string>();
    for (const [pod, pdbs] of byPod) {
      const key = pdbs.map(one => one.metadata.name).join(', ');
      if (pdbs.length < 2 || seen.has(`${pod.metadata.namespace} ${key}`)) continue;
      seen.add(`${pod.metadata.namespace} ${key}`);
      const pods = [...byPod]
        .filter(([, all]) => all.map(one => one.metadata.name).join(', ') === key && all[0] === pdbs[0])
        .map(([one]) => one);
      const nodes = drained(view, pods);
      yield {
        severity: nodes.length > 0 ? 'high' : 'warn',
        object: pdbs[0] as ViewObject,
        summary: `two PDBs (${key}) select the same ${counted(pods.length, 'pod')}, which therefore cannot be evicted${nodes.length > 0 ? `; node ${nodes.join(', ')} cannot be drained` : ''}`,
        evidence: pdbs.map(one => `${one.metadata.name} spec.selector: ${JSON.stringify(one.spec.selector)}`),
        cause: 'The eviction API refuses to evict pods that more than one budget selects.',
        fixes: [
          {
            text: 'Correct the selector of one of the budgets, or delete it.',
            command: command(view, ['kubectl', 'get', 'poddisruptionbudgets', '-n', pod.metadata.namespace ?? '']),
          },
        ],
        because: pdbs.map(one => causeOf(refOf(one), 'chaos/')),
      };
    }
  },
};

/** A budget whose status is outdated, because the disruption controller cannot count its pods. */
export const pdbStale: Rule = {
  id: 'pdb/not-observed',
  gate: 'G9',
  needs: ['PodDisruptionBudget'],
  wants: ['Lease'],
  about: {
    looksAt: 'Disruption budgets whose DisruptionAllowed condition has the reason SyncFailed.',
    why: 'The disruption controller cannot count the pods of the budget, for example because it does not know the controller of a pod; meanwhile evictions are refused.',
    whatToDo: 'Read the message of the condition; for pods of unknown controllers, set minAvailable to a number.',
  },
  *look({ view }) {
    for (const pdb of view.all('PodDisruptionBudget')) {
      const failed = condition(pdb, 'DisruptionAllowed');
      if (failed?.reason !== 'SyncFailed') continue;
      yield {
        severity: 'warn',
        object: pdb,
        summary: `the disruption controller cannot count the pods of the PDB: ${failed.message}`,
        evidence: [`status.conditions[DisruptionAllowed]: ${failed.status} SyncFailed "${failed.message}"`],
        cause: failed.message,
        fixes: [
          {
            text: 'Set minAvailable to a number, or select only pods whose controller has a scale subresource.',
            command: command(view, ['kubectl', 'edit', ...named(refOf(pdb))]),
          },
        ],
      };
    }
  },
};
