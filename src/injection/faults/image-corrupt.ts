import type { KubeObject, ObjectRef } from '../../kube/object.ts';
import { sanitise } from '../../text/sanitise.ts';
import { type Container, containersOf, deploymentSpec, selectorText } from '../deployment.ts';
import { fingerprint, maydayFacts } from '../envelope.ts';
import type { Effect, Facts, Fault, Live, Plan, Read, Refusal, Scope } from '../fault.ts';
import { mapOperations, patchOf, pointer, refOf, set, test } from '../json-patch.ts';
import { listIn, objectIn } from '../live.ts';
import { CORRUPT_CONTAINER, MANAGED_BY, MAYDAY, ORIGINAL_IMAGE_PREFIX, TYPE_LABEL } from '../markers.ts';
import { nameOf } from '../name.ts';
import { containerStatuses, controllerOf, inReach, isFinished, isTerminating } from '../pods.ts';
import { blindTo, injectable, isRefusal, refuse } from '../refuse.ts';
import type { Write } from '../write.ts';
import { restoreImage } from './image-corrupt-restore.ts';

interface ImageCorruptParams {
  name: string;
  containerName?: string;
  image: string;
}

/** A registry that cannot exist: the name `invalid` is reserved. */
export const DEFAULT_IMAGE = 'registry.invalid/nonexistent:chaos';
const TARGET = 'target';
const PODS = 'pods';
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
  expects: 'survive',
  parse: ({ name = '', containerName, image }) => ({
    name,
    ...(containerName === undefined || containerName === '' ? {} : { containerName }),
    image: image === undefined || image === '' ? DEFAULT_IMAGE : image,
  }),
  danger: () => 'high',
  reads,
  plan,
  effectReads: (params, made, live) => reads(params, made.scope, live),
  effect,
  restoreReads: () => [],
  restore: restoreImage,
};

function targetRef(params: ImageCorruptParams, scope: Scope): ObjectRef {
  return { apiVersion: 'apps/v1', kind: 'Deployment', namespace: scope.namespace, name: params.name };
}

/** The Deployment first; its selector then names its pods. */
function reads(params: ImageCorruptParams, scope: Scope, live: Live): Read[] {
  const target = objectIn(live, TARGET);
  const selector = target.state === 'found' ? selectorText(target.value) : undefined;
  const pods: Read[] =
    selector === undefined
      ? []
      : [{ key: PODS, list: { apiVersion: 'v1', kind: 'Pod', namespace: scope.namespace }, labelSelector: selector }];
  return [{ key: TARGET, get: targetRef(params, scope) }, ...pods];
}

function plan(params: ImageCorruptParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const target = injectable(objectIn(live, TARGET), targetRef(params, scope));
  if (isRefusal(target)) return target;
  const pods = listIn(live, PODS);
  if (pods.state === 'blind') return blindTo(`the pods of ${nameOf(refOf(target))}`, pods.failure);
  const container = chosenContainer(params, target);
  if (isRefusal(container)) return container;
  const no = unsuitable(params, target, container);
  if (no !== undefined) return no;
  const reached = (pods.state === 'found' ? pods.value : []).filter(pod => !isFinished(pod) && !isTerminating(pod));
  const on = { group: 'apps', kind: 'Deployment', namespace: scope.namespace, name: params.name };
  return {
    kind: 'plan',
    type: 'ImageCorrupt',
    id: facts.id,
    scope,
    writes: [corrupt(params, target, container, facts)],
    undo: {
      where: `annotations ${ORIGINAL_IMAGE_PREFIX}${container.name} and ${CORRUPT_CONTAINER} on ${nameOf(refOf(target))}`,
      reversible: true,
    },
    pods: reached.map(inReach),
    survivors: reached.map(pod => pod.metadata.uid ?? ''),
    permissions: [
      { verb: 'get', ...on, for: 'inject' },
      { verb: 'list', group: '', kind: 'Pod', namespace: scope.namespace, for: 'inject' },
      { verb: 'patch', ...on, for: 'inject' },
      { verb: 'get', ...on, for: 'revert' },
      { verb: 'patch', ...on, for: 'revert' },
    ],
    warnings: warnings(params, target, reached.length),
    target: refOf(target),
  };
}

function chosenContainer(
  params: ImageCorruptParams,
  target: KubeObject,
): (Container & { index: number; image: string }) | Refusal {
  const containers = containersOf(target);
  const index =
    params.containerName === undefined ? 0 : containers.findIndex(item => item.name === params.containerName);
  const container = containers[index];
  if (container === undefined) {
    const names = containers.map(item => item.name).join(', ');
    return refuse(
      'not-found',
      `expected container ${params.containerName} in ${nameOf(refOf(target))}, found ${names || 'none'}`,
    );
  }
  if (container.name.length > LONGEST_CONTAINER) {
    return refuse(
      'invalid',
      `container name ${container.name} is longer than ${LONGEST_CONTAINER} characters and does not fit the record's annotation`,
    );
  }
  return { ...container, index, image: container.image ?? '' };
}

/** Why the fault would not show, or could not be given back. */
function unsuitable(
  params: ImageCorruptParams,
  target: KubeObject,
  container: { name: string; image: string },
): Refusal | undefined {
  const name = nameOf(refOf(target));
  const { paused, replicas } = deploymentSpec(target);
  if (container.image === '')
    return refuse('invalid', `container ${container.name} of ${name} has no image that could be put back`);
  if (container.image === params.image)
    return refuse('no-effect', `container ${container.name} of ${name} already has image ${params.image}`);
  if (paused === true)
    return refuse('no-effect', `the rollout of ${name} is paused: no pod would get the image, resume it first`);
  if (replicas === 0)
    return refuse('no-effect', `${name} is scaled to 0: no pod would get the image, scale it up first`);
  return undefined;
}

/** The image and the record of the old one, in one request. */
function corrupt(
  params: ImageCorruptParams,
  target: KubeObject,
  container: { name: string; index: number; image: string },
  facts: Facts,
): Write {
  const mayday = maydayFacts(facts, {
    managedBy: target.metadata.labels?.[MANAGED_BY],
    injected: fingerprint(params.image),
  });
  const path = ['spec', 'template', 'spec', 'containers', container.index];
  const operations = [
    test(pointer(...path, 'name'), container.name),
    test(pointer(...path, 'image'), container.image),
    ...mapOperations(target, ['metadata', 'annotations'], {
      set: {
        [CORRUPT_CONTAINER]: container.name,
        [`${ORIGINAL_IMAGE_PREFIX}${container.name}`]: container.image,
        [MAYDAY]: JSON.stringify(mayday),
      },
    }),
    ...mapOperations(target, ['metadata', 'labels'], { set: { [TYPE_LABEL]: 'ImageCorrupt' } }),
    set(pointer(...path, 'image'), params.image),
  ];
  return patchOf(target, operations, {
    says: `set image of ${container.name} in ${nameOf(refOf(target))} to ${sanitise(params.image, 120)}`,
    atVersion: true,
  });
}

function warnings(params: ImageCorruptParams, target: KubeObject, pods: number): string[] {
  const { strategy, replicas = 1 } = deploymentSpec(target);
  const isHarmless = /^[^/]+\.invalid(:\d+)?\//.test(params.image);
  return [
    ...(isHarmless
      ? []
      : [`image ${sanitise(params.image, 120)} may really run, with the ServiceAccount of this Deployment`]),
    ...(strategy?.type === 'Recreate' ? ['strategy Recreate: every pod is stopped before the new ones fail'] : []),
    ...(strategy?.type !== 'Recreate' && replicas <= 3
      ? ['RollingUpdate keeps the old pods while the new ones fail: availability alone will not show this fault']
      : []),
    ...(pods === 0 ? ['the Deployment has no pods now'] : []),
  ];
}

function effect(params: ImageCorruptParams, made: Plan, live: Live): Effect {
  const seen = objectIn(live, TARGET);
  const name = nameOf(made.target);
  if (seen.state === 'blind')
    return { state: 'pending', evidence: [`${name} could not be read back: ${seen.failure.message}`] };
  if (seen.state !== 'found') return { state: 'absent', evidence: [`${name} is gone`] };
  const pods = listIn(live, PODS);
  const fresh = (pods.state === 'found' ? pods.value : []).filter(
    pod => !made.survivors?.includes(pod.metadata.uid ?? '') && imagesOf(pod).includes(params.image),
  );
  const stuck = fresh.flatMap(pod => pullFailures(pod, params.image));
  if (stuck.length > 0) return { state: 'proven', evidence: stuck };
  if (!containersOf(seen.value).some(container => container.image === params.image)) {
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
