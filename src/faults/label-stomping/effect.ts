import { TARGET } from '../../injection/plan/any-object.ts';
import { targetReadBack } from '../../injection/readback.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { own } from '../../text/own.ts';
import type { Effect, Live, Plan } from '../contract.ts';
import { type LabelStompingParams, shown } from './plan.ts';

/** Whether the cluster shows that the fault took effect. */
export function effect(params: LabelStompingParams, plan: Plan, live: Live): Effect {
  const back = targetReadBack(plan, live, TARGET);
  if ('effect' in back) return back.effect;
  const current = own(back.object.metadata.labels, params.labelKey);
  const reads = `label ${params.labelKey} of ${nameOf(plan.target)} reads back ${shown(current)}`;
  return current === params.value
    ? { state: 'proven', evidence: [reads] }
    : { state: 'absent', evidence: [`${reads}, not the injected value (any more)`] };
}
