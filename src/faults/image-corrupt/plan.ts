import { containerPlan, containerTarget } from '../../injection/plan/container-plan.ts';
import { isRefusal, refuse } from '../../injection/plan/refuse.ts';
import { refusedIfNoRollout, rolloutWarnings } from '../../injection/reach/rollout.ts';
import { fingerprint } from '../../injection/record/envelope.ts';
import { CORRUPT_CONTAINER, ORIGINAL_IMAGE_PREFIX } from '../../injection/record/markers.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Facts, Live, Plan, Refusal, Scope } from '../contract.ts';

export interface ImageCorruptParams {
  name: string;
  containerName?: string;
  image: string;
}

/** 63 characters for the name part of an annotation, less `original-image-`. */
const LONGEST_CONTAINER = 48;

/** Plans the writes, or refuses. */
export function plan(params: ImageCorruptParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const found = containerTarget(params, scope, live, LONGEST_CONTAINER);
  if (isRefusal(found)) return found;
  const { target, pods } = found;
  const container = { ...found.container, image: found.container.image ?? '' };
  const refusal = refusedImage(params, target, container);
  if (refusal !== undefined) return refusal;
  return containerPlan(found, {
    type: 'ImageCorrupt',
    scope,
    facts,
    field: 'image',
    original: container.image,
    value: params.image,
    saved: container.image,
    containerKey: CORRUPT_CONTAINER,
    originalPrefix: ORIGINAL_IMAGE_PREFIX,
    injected: fingerprint(params.image),
    says: `set image of ${container.name} in ${nameOf(refOf(target))} to ${sanitise(params.image, 120)}`,
    warnings: warnings(params, target, pods.length),
  });
}

/** Why the fault would have no effect, or could not be restored. */
function refusedImage(
  params: ImageCorruptParams,
  target: KubeObject,
  container: { name: string; image: string },
): Refusal | undefined {
  const name = nameOf(refOf(target));
  if (container.image === '')
    return refuse(
      'invalid',
      `container ${container.name} of ${name} has no image, so there is nothing to restore it from`,
    );
  if (container.image === params.image)
    return refuse('no-effect', `container ${container.name} of ${name} already has image ${params.image}`);
  return refusedIfNoRollout(target, 'image');
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
