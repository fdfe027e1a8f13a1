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
export function effect({ steps, value }: CRDMutationParams, plan: Plan, live: Live): Effect {
  const back = targetReadBack(plan, live, TARGET);
  if ('effect' in back) return back.effect;
  const member = memberAt(back.object, steps);
  const current = member.state === 'present' ? member.value : undefined;
  const reads = `${steps.join('.')} of ${nameOf(plan.target)} reads back as ${sanitise(asText(current), 120)}`;
  return holds(current, value)
    ? { state: 'proven', evidence: [reads] }
    : { state: 'absent', evidence: [`${reads}, not the injected value (any more)`] };
}

/**
 * Whether the value that was read back is what the merge patch asked for: members that it sets are present, and members
 * that it sets to null are absent.
 */
function holds(current: GoValue | undefined, value: GoValue): boolean {
  if (value === null) return current === undefined || current === null;
  if (!isMap(value)) return contains(current, rounded(value));
  return isMap(current) && Object.entries(value).every(([key, member]) => holds(own(current, key), member));
}
