import { newPods, TARGET } from '../../injection/reach/rollout.ts';
import { targetReadBack } from '../../injection/readback.ts';
import { type Container, containersOf } from '../../k8s/deployment.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { containerStatuses, controllerOf } from '../../k8s/pod.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Effect, Live, Plan } from '../contract.ts';
import type { ImageCorruptParams } from './plan.ts';

const PULL_FAILURES = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'RegistryUnavailable',
];

/** Whether the cluster shows that the fault took effect. */
export function effect(params: ImageCorruptParams, plan: Plan, live: Live): Effect {
  const back = targetReadBack(plan, live, TARGET);
  if ('effect' in back) return back.effect;
  const name = nameOf(plan.target);
  const fresh = newPods(live, plan.survivors).filter(pod => imagesOf(pod).includes(params.image));
  const stuck = fresh.flatMap(pod => pullFailures(pod, params.image));
  if (stuck.length > 0) return { state: 'proven', evidence: stuck };
  if (!containersOf(back.object).some(container => container.image === params.image)) {
    return { state: 'absent', evidence: [`${name} does not ask for image ${sanitise(params.image, 120)} (any more)`] };
  }
  const rollout = fresh.map(
    pod => `pod ${pod.metadata.name} of ${controllerOf(pod)?.name ?? name} asks for the image and has not failed yet`,
  );
  return { state: 'pending', evidence: [`${name} asks for image ${sanitise(params.image, 120)}`, ...rollout] };
}

function imagesOf(pod: KubeObject): string[] {
  const { containers = [] } = (pod.spec ?? {}) as { containers?: Container[] };
  return containers.flatMap(container => container.image ?? []);
}

function pullFailures(pod: KubeObject, image: string): string[] {
  const { containers = [] } = (pod.spec ?? {}) as { containers?: Container[] };
  const names = containers.filter(container => container.image === image).map(container => container.name);
  return containerStatuses(pod)
    .filter(status => names.includes(status.name ?? '') && PULL_FAILURES.includes(status.state?.waiting?.reason ?? ''))
    .map(
      status =>
        `pod ${pod.metadata.name} of ${controllerOf(pod)?.name ?? '?'}: ${status.name} waits with ${status.state?.waiting?.reason}`,
    );
}
