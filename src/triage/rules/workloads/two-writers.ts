import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { list, text, time } from '../../../k8s/fields.ts';
import { undoneBy } from '../../facts/claims.ts';
import { created } from '../../facts/fields.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import type { NamedRead } from '../../run/named-read.ts';

/** Only writes within this time count. */
const RECENT_MS = 10 * 60_000;
/** More changes of the pod template in that time than people would make. */
const MANY_REVISIONS = 5;
/** More changes of the spec since its creation than people would make: one in every EACH_MS. */
const MANY_CHANGES = 20;
const EACH_MS = 60_000;
/** Managers of Kubernetes itself, which do not compete for the spec. */
const OF_KUBERNETES = ['kube-controller-manager'];

const readOf = (object: ViewObject): NamedRead => ({ is: 'object', ref: refOf(object) });

/** Workloads whose spec changes again and again, with the evidence. */
function* changingWorkloads(view: ClusterView, now: number): Iterable<{ object: ViewObject; how: string }> {
  for (const object of view.all('Deployment', 'StatefulSet', 'DaemonSet')) {
    const generation = object.metadata.generation ?? 0;
    const age = now - created(object);
    const revisions = view
      .ownedBy(object.metadata.uid)
      .filter(one => one.kind === 'ReplicaSet' && now - created(one) < RECENT_MS).length;
    if (revisions >= MANY_REVISIONS) yield { object, how: `${revisions} ReplicaSets created in the last 10 minutes` };
    else if (generation >= MANY_CHANGES && age / generation < EACH_MS)
      yield { object, how: `metadata.generation ${generation} in ${Math.max(1, Math.round(age / 60_000))} minutes` };
  }
}

/** Two writers that each undo the other's changes. */
export const twoWriters: Rule = {
  id: 'workload/two-writers',
  gate: 'G9',
  needs: ['Deployment', 'StatefulSet', 'DaemonSet'],
  wants: ['ReplicaSet', 'HorizontalPodAutoscaler'],
  about: {
    looksAt:
      'Workloads that get a new revision every minute or two, or whose generation keeps rising, and the managers in their metadata.managedFields with the time of their last write.',
    why: 'Two controllers (GitOps and an autoscaler, an operator and a mutating job) that set one field to different values keep overwriting each other: pods are replaced again and again, and the API server is kept busy.',
    whatToDo:
      'Decide which of them owns the field: remove it from Git (ignoreDifferences), or stop the other controller from writing it.',
  },
  *asks({ view, now }) {
    for (const { object } of changingWorkloads(view, now)) yield readOf(object);
  },
  *look({ view, now, answers }) {
    for (const { object, how } of changingWorkloads(view, now)) {
      const answer = answers.object(refOf(object));
      if (!answer?.ok) continue;
      const writers = writersOf(answer.value.metadata as { managedFields?: unknown }, now);
      if (writers.length < 2) continue;
      const scaler = [...view.inNamespace('HorizontalPodAutoscaler', object.metadata.namespace ?? '')].find(
        ({ spec }) => text((spec.scaleTargetRef as { name?: unknown } | undefined)?.name) === object.metadata.name,
      );
      const names = writers.map(({ manager }) => manager);
      yield {
        severity: 'high',
        object,
        summary: `conflicting writers: ${names.join(' and ')} keep overwriting each other (${how})`,
        since: { at: now - RECENT_MS, exact: false },
        evidence: [
          how,
          ...writers.map(
            ({ manager, at }) => `metadata.managedFields: ${manager} wrote at ${new Date(at).toISOString()}`,
          ),
          scaler && `HorizontalPodAutoscaler ${scaler.metadata.name} scales it`,
        ],
        cause: `${names.join(' and ')} each overwrite what the other one writes (conflict over one field): the generation keeps rising, and pods are replaced again and again.`,
        fixes: [
          {
            text: `See which fields each of them owns, then let only one of them write those fields.${undoneBy(view, object)}`,
            command: command(view, ['kubectl', 'get', ...named(refOf(object)), '--show-managed-fields', '-o', 'yaml']),
          },
        ],
        because: [causeOf(refOf(object), 'chaos/')],
      };
    }
  },
};

/** Who wrote the spec recently, the latest first. */
function writersOf({ managedFields }: { managedFields?: unknown }, now: number): { manager: string; at: number }[] {
  const found = new Map<string, number>();
  for (const one of list(managedFields)) {
    const [manager, at] = [text(one.manager), time(one.time)];
    if (text(one.subresource) === 'status' || OF_KUBERNETES.includes(manager) || manager === '') continue;
    if (at !== undefined && now - at < RECENT_MS) found.set(manager, Math.max(found.get(manager) ?? 0, at));
  }
  return [...found].map(([manager, at]) => ({ manager, at })).sort((a, b) => b.at - a.at);
}
