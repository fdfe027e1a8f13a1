import type { Fit } from '../../faults/contract.ts';
import { containersOf } from '../../k8s/deployment.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import { podSelector } from '../reach/reach.ts';
import { isExperiment, isRewritten } from '../record/copied-marks.ts';

/** The object fits, with these parameters; it lands in the object's own namespace unless told. */
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

/** `a Pod`, `an Ingress`: how a reason names a kind. */
export const aKind = (kind: string): string => `${/^[AEIO]/.test(kind) ? 'an' : 'a'} ${kind}`;

/** Why a fault of one kind does not fit an object of another; a kind of the same name in another group is another. */
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
    return doesNotFit(`a controller rewrites ${aKind(object.kind)}: choose what it belongs to`);
  const { apiVersion, kind } = object;
  const { name, namespace } = object.metadata;
  return fits(object, { apiVersion, kind, name, ...more }, isKind(object, '', 'Namespace') ? name : namespace);
}

/** Labels that change with every rollout or that name one pod by its number. */
export const PASSING: readonly string[] = [
  'pod-template-hash',
  'controller-revision-hash',
  'apps.kubernetes.io/pod-index',
];

/** The pods that an object is, or that it selects, as a label selector; or why there are none. */
export function podsFit(object: KubeObject): Fit {
  const labelSelector = isKind(object, '', 'Pod') ? ownLabels(object) : podSelector(object);
  if (labelSelector !== undefined && labelSelector !== '') return fits(object, { labelSelector });
  return doesNotFit(
    object.kind === 'Pod'
      ? 'this Pod has no label to select it by'
      : labelSelector === ''
        ? 'it selects every pod of its namespace'
        : `${aKind(object.kind)} selects no pods`,
  );
}

function ownLabels({ metadata: { labels = {} } }: KubeObject): string {
  return Object.entries(labels)
    .filter(([key]) => !PASSING.includes(key))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
