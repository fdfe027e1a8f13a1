import type { Fit } from '../../faults/contract.ts';
import { containersOf } from '../../k8s/deployment.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import { podSelector } from '../reach/reach.ts';
import { isExperiment, isRewritten } from '../record/copied-marks.ts';

/** The object fits, with these parameters; by default the fault writes to the object's own namespace. */
export const fits = (
  object: KubeObject,
  parameters: Readonly<Record<string, string | undefined>>,
  namespace = object.metadata.namespace,
): Fit => ({
  fits: true,
  parameters: Object.fromEntries(
    Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined),
  ),
  ...(namespace === undefined ? {} : { namespace }),
});

export const doesNotFit = (reason: string): Fit => ({ fits: false, reason });

/** The kind with its article: `a Pod`, `an Ingress`. */
export const aKind = (kind: string): string => `${/^[AEIO]/.test(kind) ? 'an' : 'a'} ${kind}`;

/** Says that a fault is for another kind. A kind of the same name in another API group is another kind. */
export function onlyFor(wanted: string, { apiVersion, kind }: KubeObject): Fit {
  const found = kind === wanted ? `one of ${groupOf(apiVersion) || 'the core group'}` : aKind(kind);
  return doesNotFit(`it is for ${aKind(wanted)}, this is ${found}`);
}

export const isKind = ({ apiVersion, kind }: KubeObject, group: string, ...kinds: readonly string[]): boolean =>
  groupOf(apiVersion) === group && kinds.includes(kind);

/** A Deployment with a container to change. */
export function deploymentFit(object: KubeObject, isContainerNamed: boolean): Fit {
  if (!isKind(object, 'apps', 'Deployment')) return onlyFor('Deployment', object);
  const { replicas = 1, paused } = (object.spec ?? {}) as { replicas?: number; paused?: boolean };
  if (replicas === 0) return doesNotFit('it is scaled to 0');
  if (!isContainerNamed) return fits(object, { name: object.metadata.name });
  if (paused === true) return doesNotFit('its rollout is paused: no pod would get the change');
  const [first] = containersOf(object);
  return first === undefined
    ? doesNotFit('it has no container')
    : fits(object, { name: object.metadata.name, containerName: first.name });
}

/** Parameters that name the object by its kind, for the faults that may change any object. */
export function objectFit(object: KubeObject, more: Readonly<Record<string, string>> = {}): Fit {
  if (isExperiment(object) || isRewritten(object) || object.kind === 'Event')
    return doesNotFit(`a controller writes ${aKind(object.kind)}: choose the object that it belongs to`);
  const { apiVersion, kind } = object;
  const { name, namespace } = object.metadata;
  return fits(object, { apiVersion, kind, name, ...more }, isKind(object, '', 'Namespace') ? name : namespace);
}

/** Labels that change with every rollout, or that hold the ordinal of one pod. */
export const ROLLOUT_LABELS: readonly string[] = [
  'pod-template-hash',
  'controller-revision-hash',
  'apps.kubernetes.io/pod-index',
];

/** A label selector for the Pod itself, or for the pods that the object selects; or why there are none. */
export function podsFit(object: KubeObject): Fit {
  const labelSelector = isKind(object, '', 'Pod') ? selectorOfPod(object) : podSelector(object);
  if (labelSelector !== undefined && labelSelector !== '') return fits(object, { labelSelector });
  return doesNotFit(
    object.kind === 'Pod'
      ? 'this Pod has no label to select it by'
      : labelSelector === ''
        ? 'it selects every pod of its namespace'
        : `${aKind(object.kind)} selects no pods`,
  );
}

function selectorOfPod({ metadata: { labels = {} } }: KubeObject): string {
  return Object.entries(labels)
    .filter(([key]) => !ROLLOUT_LABELS.includes(key))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
