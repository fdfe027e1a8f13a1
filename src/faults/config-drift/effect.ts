import { targetReadBack } from '../../injection/readback.ts';
import { mapAt } from '../../k8s/json-patch.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { own } from '../../text/own.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Effect, Live, Plan } from '../contract.ts';
import { type ConfigDriftParams, storedValue, TARGET } from './plan.ts';

/** Proven when the key reads back as the injected value. */
export function effect(params: ConfigDriftParams, plan: Plan, live: Live): Effect {
  const back = targetReadBack(plan, live, TARGET);
  if ('effect' in back) return back.effect;
  const name = nameOf(plan.target);
  const key = sanitise(params.key, 80);
  const current = own(mapAt(back.object, ['data']), params.key);
  if (current === storedValue(params))
    return { state: 'proven', evidence: [`${key} of ${name} reads back as the injected value`] };
  return { state: 'absent', evidence: [`${key} of ${name} does not hold the injected value (any more)`] };
}
