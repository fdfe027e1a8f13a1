import { createdReadBack } from '../../injection/plan/created.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import type { Effect, Live, Plan } from '../contract.ts';
import { BUDGET, type PdbParams, statusOf } from './plan.ts';

/** Whether the cluster shows that the fault took effect. */
export function effect(_params: PdbParams, plan: Plan, live: Live): Effect {
  const back = createdReadBack(plan, live, BUDGET);
  if ('effect' in back) return back.effect;
  const name = nameOf(plan.target);
  const { disruptionsAllowed, expectedPods, observedGeneration } = statusOf(back.object);
  const isObserved = observedGeneration !== undefined && observedGeneration === back.object.metadata.generation;
  if (!isObserved || disruptionsAllowed === undefined)
    return { state: 'pending', evidence: [`${name} exists; the disruption controller has not counted its pods yet`] };
  const evidence = [`${name} allows ${disruptionsAllowed} disruptions of ${expectedPods ?? 0} pods`];
  return { state: disruptionsAllowed === 0 && (expectedPods ?? 0) > 0 ? 'proven' : 'absent', evidence };
}
