import { patchOf } from '../../injection/write/patch-of.ts';
import { pointer, set } from '../../k8s/json-patch.ts';
import type { Json, KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { keeperOf, type PlanInput, type Planned, type Remedy } from './remedy.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const HASH = 'pod-template-hash';

interface Template {
  metadata?: { labels?: Record<string, string> };
}

/** Restores the pod template of the previous revision, as `kubectl rollout undo` does. */
export const rollback: Remedy = {
  name: 'undo',
  about: 'Puts the pod template of the revision before back, as kubectl rollout undo does.',
  isReversible: true,
  fits: ({ rule, object }) => object.kind === 'Deployment' && /^(pods?|workloads?|config)\//.test(rule),
  beside: ({ namespace }) => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', ...(namespace && { namespace }) }),
  plan,
  isDone: (before, after) => after !== undefined && after.metadata.generation !== before.metadata.generation,
};

function plan({ object, beside }: PlanInput): Planned {
  const own = beside.filter(({ metadata }) =>
    (metadata.ownerReferences ?? []).some(({ uid }) => uid === object.metadata.uid),
  );
  const current = revisionOf(object);
  const earlier = own.filter(each => revisionOf(each) < current).sort((a, b) => revisionOf(b) - revisionOf(a));
  const [previous] = earlier;
  if (previous === undefined)
    return { refusal: `${nameOf(refOf(object))} has no earlier revision: there is nothing to go back to` };
  const keeper = keeperOf(object);
  return {
    writes: [
      patchOf(object, [set(pointer('spec', 'template'), templateOf(previous))], {
        says: `put revision ${revisionOf(previous)} of ${nameOf(refOf(object))} back (now ${current})`,
        atVersion: true,
      }),
    ],
    undo: `kubectl rollout undo deployment/${object.metadata.name} -n ${object.metadata.namespace} --to-revision=${current}`,
    warnings: keeper === undefined ? [] : [keeper],
  };
}

const revisionOf = ({ metadata }: KubeObject): number => Number(metadata.annotations?.[REVISION] ?? 0);

/** The template of a ReplicaSet without the label that the deployment controller adds. */
function templateOf(replicaSet: KubeObject): Json {
  const template = structuredClone((replicaSet.spec as { template: Template }).template);
  delete template.metadata?.labels?.[HASH];
  return template as unknown as Json;
}
