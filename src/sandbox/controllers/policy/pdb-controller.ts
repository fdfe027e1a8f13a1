import { sameJson, timestamp } from '../../object.ts';
import { type Controller, keyOf, ownKey, placeOfKey } from '../controller-manager.ts';
import type { Obj, Pod } from '../kinds.ts';
import { selects } from '../labels.ts';
import { type Parts, STATUS_BY_CONTROLLER } from '../parts.ts';
import { controllerOf } from '../pods.ts';
import { budgetStatus, type DisruptionBudget } from './pdb.ts';

const BUDGETS = 'poddisruptionbudgets.policy';
const SCALED: Record<string, string> = {
  ReplicaSet: 'replicasets.apps',
  Deployment: 'deployments.apps',
  StatefulSet: 'statefulsets.apps',
};
const BATCH_MS = 20;

/** The disruption controller: the status of PodDisruptionBudgets, which eviction reads. */
export function disruptionController({ store, clock }: Parts): Controller {
  const ofPod = (pod: Obj): string[] =>
    store
      .list<DisruptionBudget>(BUDGETS, pod.metadata.namespace)
      .filter(b => selects(b.spec?.selector, pod.metadata.labels))
      .map(keyOf);

  /** The topmost scalable owner: a ReplicaSet's Deployment counts, not the set. */
  const scaleOwner = (o: Obj): Obj | undefined => {
    const ref = controllerOf(o);
    const owner =
      ref && SCALED[ref.kind] ? store.get<Obj>(SCALED[ref.kind] ?? '', o.metadata.namespace, ref.name) : undefined;
    return owner ? (scaleOwner(owner) ?? owner) : undefined;
  };

  const scaleOf = (pods: readonly Pod[]): number => {
    const seen = new Map<string, number>();
    for (const pod of pods) {
      const owner = scaleOwner(pod);
      if (owner) seen.set(owner.metadata.uid, (owner.spec as { replicas?: number }).replicas ?? 1);
    }
    return [...seen.values()].reduce((a, b) => a + b, 0);
  };

  return {
    name: 'disruption',
    batchMs: BATCH_MS,
    watches: {
      [BUDGETS]: ownKey,
      pods: event => [...ofPod(event.object as Obj), ...(event.previous ? ofPod(event.previous as Obj) : [])],
    },
    reconcile(key) {
      const { namespace, name } = placeOfKey(key);
      const budget = store.get<DisruptionBudget>(BUDGETS, namespace, name);
      if (!budget) return undefined;
      const pods = store.list<Pod>('pods', namespace).filter(p => selects(budget.spec?.selector, p.metadata.labels));
      const status = budgetStatus(budget, pods, scaleOf(pods), timestamp(clock.now()));
      if (sameJson(budget.status, status)) return undefined;
      const change = (draft: DisruptionBudget) => {
        draft.status = status;
      };
      store.modify<DisruptionBudget>(BUDGETS, namespace, name, change, STATUS_BY_CONTROLLER);
      return undefined;
    },
  };
}
