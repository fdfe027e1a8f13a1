import { itemsOf, listIn } from '../../injection/live.ts';
import { PODS, TARGET } from '../../injection/reach/rollout.ts';
import { targetReadBack } from '../../injection/readback.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { isFinished } from '../../k8s/pod.ts';
import { counted } from '../../text/counted.ts';
import type { Effect, Live, Plan } from '../contract.ts';
import { replicasOf, type ScaleZeroParams } from './plan.ts';

/** Whether the cluster shows that the fault took effect. */
export function effect(_params: ScaleZeroParams, plan: Plan, live: Live): Effect {
  const back = targetReadBack(plan, live, TARGET);
  if ('effect' in back) return back.effect;
  const name = nameOf(plan.target);
  const replicas = replicasOf(back.object);
  if (replicas !== 0) return { state: 'absent', evidence: [`${name} asks for ${replicas} replicas (again)`] };
  const pods = listIn(live, PODS);
  if (pods.state === 'blind')
    return { state: 'pending', evidence: [`the pods of ${name} cannot be read: ${pods.failure.message}`] };
  const left = itemsOf(pods).filter(pod => !isFinished(pod));
  return left.length === 0
    ? { state: 'proven', evidence: [`${name} asks for 0 replicas and has no pod left`] }
    : {
        state: 'pending',
        evidence: [`${name} asks for 0 replicas, ${counted(left.length, 'pod is', 'pods are')} left`],
      };
}
