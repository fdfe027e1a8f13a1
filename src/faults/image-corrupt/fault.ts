import { deploymentPlan } from '../../injection/deployment-plan.ts';
import { targetReadBack } from '../../injection/readback.ts';
import { fingerprint } from '../../injection/record/envelope.ts';
import { CORRUPT_CONTAINER, ORIGINAL_IMAGE_PREFIX } from '../../injection/record/markers.ts';
import { isRefusal, refuse } from '../../injection/refuse.ts';
import {
  chosenContainer,
  deploymentReads,
  deploymentTarget,
  freshPods,
  noRollout,
  rolloutWarnings,
  TARGET,
} from '../../injection/rollout.ts';
import { type Container, containersOf } from '../../k8s/deployment.ts';
import { pointer, set, test } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { containerStatuses, controllerOf } from '../../k8s/pod.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Effect, Facts, Fault, Live, Plan, Refusal, Scope } from '../contract.ts';
import { restoreImage } from './restore.ts';

interface ImageCorruptParams {
  name: string;
  containerName?: string;
  image: string;
}

/** A registry that cannot exist: the name `invalid` is reserved. */
const DEFAULT_IMAGE = 'registry.invalid/nonexistent:chaos';
/** 63 characters for the name part of an annotation, less `original-image-`. */
const LONGEST_CONTAINER = 48;
const PULL_FAILURES = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'RegistryUnavailable',
];

/** Replaces a Deployment's image by one that cannot be pulled; the original goes into plain annotations beside it. */
export const imageCorrupt: Fault<ImageCorruptParams> = {
  type: 'ImageCorrupt',
  parse: ({ name = '', containerName, image }) => ({
    name,
    ...(containerName === undefined || containerName === '' ? {} : { containerName }),
    image: image === undefined || image === '' ? DEFAULT_IMAGE : image,
  }),
  reads: deploymentReads,
  plan,
  effectReads: (params, made, live) => deploymentReads(params, made.scope, live),
  effect,
  restoreReads: () => [],
  restore: restoreImage,
};

function plan(params: ImageCorruptParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const found = deploymentTarget(params, scope, live);
  if (isRefusal(found)) return found;
  const { target, pods } = found;
  const chosen = chosenContainer(params.containerName, target, LONGEST_CONTAINER);
  if (isRefusal(chosen)) return chosen;
  const container = { ...chosen, image: chosen.image ?? '' };
  const no = unsuitable(params, target, container);
  if (no !== undefined) return no;
  const path = ['spec', 'template', 'spec', 'containers', container.index];
  return deploymentPlan({
    type: 'ImageCorrupt',
    scope,
    facts,
    target,
    pods,
    records: {
      [CORRUPT_CONTAINER]: container.name,
      [`${ORIGINAL_IMAGE_PREFIX}${container.name}`]: container.image,
    },
    injected: fingerprint(params.image),
    operations: [
      test(pointer(...path, 'name'), container.name),
      test(pointer(...path, 'image'), container.image),
      set(pointer(...path, 'image'), params.image),
    ],
    says: `set image of ${container.name} in ${nameOf(refOf(target))} to ${sanitise(params.image, 120)}`,
    warnings: warnings(params, target, pods.length),
  });
}

/** Why the fault would not show, or could not be given back. */
function unsuitable(
  params: ImageCorruptParams,
  target: KubeObject,
  container: { name: string; image: string },
): Refusal | undefined {
  const name = nameOf(refOf(target));
  if (container.image === '')
    return refuse('invalid', `container ${container.name} of ${name} has no image that could be put back`);
  if (container.image === params.image)
    return refuse('no-effect', `container ${container.name} of ${name} already has image ${params.image}`);
  return noRollout(target, 'image');
}

function warnings(params: ImageCorruptParams, target: KubeObject, pods: number): string[] {
  const isHarmless = /^[^/]+\.invalid(:\d+)?\//.test(params.image);
  return [
    ...(isHarmless
      ? []
      : [`image ${sanitise(params.image, 120)} may really run, with the ServiceAccount of this Deployment`]),
    ...rolloutWarnings(target, pods),
  ];
}

function effect(params: ImageCorruptParams, made: Plan, live: Live): Effect {
  const back = targetReadBack(made, live, TARGET);
  if ('effect' in back) return back.effect;
  const name = nameOf(made.target);
  const fresh = freshPods(live, made.survivors).filter(pod => imagesOf(pod).includes(params.image));
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
