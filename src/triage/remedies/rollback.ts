import { isDeepStrictEqual } from 'node:util';
import { pointer, set } from '../../k8s/json-patch.ts';
import type { Json, KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { type PlanInput, type Planned, patchPlan, type Remedy } from './remedy.ts';
import { RESTARTED } from './simple.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const HASH = 'pod-template-hash';

interface Template {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
}

/** Restores the pod template of the previous revision, as `kubectl rollout undo` does. */
export const rollback: Remedy = {
  name: 'undo',
  title: 'roll back to the previous revision of',
  about: 'Restores the pod template of the previous revision, as kubectl rollout undo does.',
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
  const now = withoutRestart(templateIn(object));
  const previous = earlier.find(each => !isDeepStrictEqual(withoutRestart(templateOf(each)), now));
  const where = nameOf(refOf(object));
  if (earlier.length === 0) return { refusal: `${where} has no earlier revision: there is nothing to go back to` };
  if (previous === undefined)
    return {
      refusal: `the earlier revisions of ${where} differ only by a restart: there is nothing to go back to`,
    };
  return patchPlan(
    object,
    [set(pointer('spec', 'template'), templateOf(previous))],
    `restore revision ${revisionOf(previous)} of ${where} (before: revision ${current})`,
    `kubectl rollout undo deployment/${object.metadata.name} -n ${object.metadata.namespace} --to-revision=${current}`,
  );
}

const templateIn = ({ spec }: KubeObject): Json => (spec as { template: Json }).template;

/** A template without the time of its last restart: two revisions have the same one if the later was only a restart. */
function withoutRestart(template: Json): unknown {
  const { metadata = {}, ...rest } = structuredClone(template) as Template & Record<string, unknown>;
  const { labels = {}, annotations: { [RESTARTED]: _, ...annotations } = {} } = metadata;
  return { ...rest, labels, annotations };
}

const revisionOf = ({ metadata }: KubeObject): number => Number(metadata.annotations?.[REVISION] ?? 0);

/** The template of a ReplicaSet without the label that the deployment controller adds. */
function templateOf(replicaSet: KubeObject): Json {
  const template = structuredClone((replicaSet.spec as { template: Template }).template);
  delete template.metadata?.labels?.[HASH];
  return template as unknown as Json;
}
