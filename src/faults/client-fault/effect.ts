import { objectIn } from '../../injection/live.ts';
import { isRefusal } from '../../injection/plan/refuse.ts';
import { podsUsing } from '../../injection/reach/pods-using.ts';
import { mapAt } from '../../k8s/json-patch.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import type { Effect, Live, Plan } from '../contract.ts';
import { type ClientFaultParams, configOf, TARGET, uses } from './plan.ts';
import { CONFIG_KEY } from './restore.ts';

/** The effect is never proven: the cluster does not show whether a client has read the faults. */
export function effect(params: ClientFaultParams, plan: Plan, live: Live): Effect {
  const seen = objectIn(live, TARGET);
  const name = nameOf(plan.target);
  if (seen.state === 'blind')
    return { state: 'pending', evidence: [`${name} could not be read back: ${seen.failure.message}`] };
  if (seen.state !== 'found') return { state: 'absent', evidence: [`${name} is gone`] };
  if (mapAt(seen.value, ['data'])?.[CONFIG_KEY] !== configOf(params.faults))
    return { state: 'absent', evidence: [`${name} does not hold the faults (any more)`] };
  const users = podsUsing(live, 'the pods that may use it', pod => uses(pod, params));
  const mounted = (isRefusal(users) ? [] : users).map(pod => `pod ${pod.metadata.name} mounts them`);
  return {
    state: 'pending',
    evidence: [`${name} holds the faults`, ...mounted, 'whether a client acts on them cannot be seen from the cluster'],
  };
}
