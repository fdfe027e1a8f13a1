import { createdReadBack } from '../../injection/plan/created.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { quantityOf } from '../../k8s/quantity.ts';
import type { Effect, Live, Plan } from '../contract.ts';
import { type Hard, hardOf, QUOTA, type QuotaParams, REQUESTED } from './plan.ts';

const usedOf = (holder: unknown): Hard => ((holder ?? {}) as { used?: Hard }).used ?? {};

/**
 * A quota takes effect once the server has counted the usage and no room is left. A quota of cpu or memory also refuses
 * pods that request none, at once.
 */
export function effect(params: QuotaParams, plan: Plan, live: Live): Effect {
  const back = createdReadBack(plan, live, QUOTA);
  if ('effect' in back) return back.effect;
  const { status } = back.object;
  const [hard, used] = [hardOf(status), usedOf(status)];
  const name = nameOf(plan.target);
  const isCounted = Object.keys(params.hard).every(resource => hard[resource] !== undefined);
  if (!isCounted) return { state: 'pending', evidence: [`${name} exists; the server has not counted the usage yet`] };
  const evidence = Object.keys(params.hard).map(
    resource => `${resource}: ${used[resource] ?? '0'} used of ${hard[resource] ?? '?'} in ${plan.scope.namespace}`,
  );
  const full = Object.keys(params.hard).some(
    resource => (quantityOf(used[resource] ?? '0') ?? 0) >= (quantityOf(hard[resource]) ?? Number.POSITIVE_INFINITY),
  );
  if (full) return { state: 'proven', evidence: [...evidence, 'no room is left: the next one is refused'] };
  const requested = REQUESTED.filter(resource => params.hard[resource] !== undefined);
  if (requested.length > 0)
    return { state: 'proven', evidence: [...evidence, `a pod that asks for no ${requested.join(' or ')} is refused`] };
  return { state: 'pending', evidence: [...evidence, 'there is room left: nothing is refused yet'] };
}
