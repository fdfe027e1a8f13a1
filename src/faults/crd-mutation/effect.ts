import { TARGET } from '../../injection/plan/any-object.ts';
import { targetReadBack } from '../../injection/readback.ts';
import { rounded } from '../../injection/record/exact-json.ts';
import type { GoValue } from '../../injection/record/go-json.ts';
import { contains, memberAt } from '../../injection/record/member.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { own } from '../../text/own.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Effect, Live, Plan } from '../contract.ts';
import { asText, isMap } from './path.ts';
import type { CRDMutationParams } from './plan.ts';

/** Whether the cluster shows that the fault took effect. */
export function effect({ steps, value }: CRDMutationParams, made: Plan, live: Live): Effect {
  const back = targetReadBack(made, live, TARGET);
  if ('effect' in back) return back.effect;
  const member = memberAt(back.object, steps);
  const is = member.state === 'present' ? member.value : undefined;
  const reads = `${steps.join('.')} of ${nameOf(made.target)} reads back as ${sanitise(asText(is), 120)}`;
  return holds(is, value)
    ? { state: 'proven', evidence: [reads] }
    : { state: 'absent', evidence: [`${reads}, not the injected value (any more)`] };
}

/**
 * Whether the object as read is what the merge patch asked for: members that were set are there, and those set to null
 * are gone.
 */
function holds(is: GoValue | undefined, value: GoValue): boolean {
  if (value === null) return is === undefined || is === null;
  if (!isMap(value)) return contains(is, rounded(value));
  return isMap(is) && Object.entries(value).every(([key, member]) => holds(own(is, key), member));
}
