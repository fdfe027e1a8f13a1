import type { Effect, Live, Plan } from '../faults/contract.ts';
import type { KubeObject } from '../k8s/object.ts';
import { nameOf } from '../k8s/object-ref.ts';
import { objectIn } from './live.ts';

/** The target as read back under `key`, or what its absence means for the effect. */
export function targetReadBack(made: Plan, live: Live, key: string): { object: KubeObject } | { effect: Effect } {
  const seen = objectIn(live, key);
  const name = nameOf(made.target);
  if (seen.state === 'blind')
    return { effect: { state: 'pending', evidence: [`${name} could not be read back: ${seen.failure.message}`] } };
  if (seen.state !== 'found') return { effect: { state: 'absent', evidence: [`${name} is gone`] } };
  if (seen.value.metadata.uid !== made.target.uid)
    return { effect: { state: 'absent', evidence: [`${name} was deleted and made anew`] } };
  return { object: seen.value };
}
