import { type ObjectParams, TARGET } from '../../injection/plan/any-object.ts';
import { targetReadBack } from '../../injection/readback.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Effect, Live, Plan } from '../contract.ts';

/** Whether the cluster shows that the fault took effect. */
export function effect(_params: ObjectParams, plan: Plan, live: Live): Effect {
  const back = targetReadBack(plan, live, TARGET);
  if ('effect' in back) return back.effect;
  const { ownerReferences: owners = [] } = back.object.metadata;
  const name = nameOf(plan.target);
  if (owners.length === 0) return { state: 'proven', evidence: [`${name} reads back without an owner`] };
  const names = owners.map(owner => sanitise(`${owner.kind} ${owner.name}`, 80)).join(', ');
  return { state: 'absent', evidence: [`${name} is owned by ${names} (again)`] };
}
