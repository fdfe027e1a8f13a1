import type { Effect, Live, Plan } from '../faults/contract.ts';
import type { KubeObject } from '../k8s/object.ts';
import { nameOf } from '../k8s/object-ref.ts';
import { objectIn } from './live.ts';

/** The target as read back under `key`; or the effect, if the target is missing or another object. */
export function targetReadBack(plan: Plan, live: Live, key: string): { object: KubeObject } | { effect: Effect } {
  const seen = objectIn(live, key);
  const name = nameOf(plan.target);
  if (seen.state === 'blind')
    return { effect: { state: 'pending', evidence: [`${name} could not be read back: ${seen.failure.message}`] } };
  if (seen.state !== 'found') return { effect: { state: 'absent', evidence: [`${name} is gone`] } };
  if (seen.value.metadata.uid !== plan.target.uid)
    return { effect: { state: 'absent', evidence: [`${name} was deleted and created again`] } };
  return { object: seen.value };
}
