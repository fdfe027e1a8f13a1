import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import { FRAMEWORK_GROUP, ROLLBACK_DATA, TYPE_LABEL } from './markers.ts';

type Meta = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;

/**
 * What controllers copy onto an object of this kind. What they do not copy distinguishes its own undo record from a
 * copy.
 */
interface Copied {
  /** Labels of its source; with `annotations` also those of its source, undo records among them. */
  labels: boolean;
  annotations: boolean;
}

const FROM_OWNER: Copied = { labels: false, annotations: true };
/** By group and kind: a custom kind that happens to have the same name is no copy. */
const COPYING: Readonly<Record<string, Copied>> = {
  'apps/ReplicaSet': FROM_OWNER,
  'apps/ControllerRevision': FROM_OWNER,
  '/ReplicationController': { labels: true, annotations: true },
  '/Endpoints': { labels: true, annotations: false },
  'discovery.k8s.io/EndpointSlice': { labels: true, annotations: true },
  // Labels come from the template; an undo record does not.
  '/Pod': { labels: true, annotations: false },
};
/** The controllers that copy annotations, as managedFields name them. */
const COPIERS = /^(kube-controller-manager|deployment-controller|endpoint-?slice.*controller.*)$/;

const copiedOnto = ({ apiVersion, kind }: Pick<Meta, 'apiVersion' | 'kind'>): Copied | undefined =>
  COPYING[`${groupOf(apiVersion)}/${kind}`];

/** The framework's order to inject; it is not an injection itself. */
export const isExperiment = ({ apiVersion, kind }: Pick<Meta, 'apiVersion' | 'kind'>): boolean =>
  kind === 'ChaosExperiment' && groupOf(apiVersion) === FRAMEWORK_GROUP;

/** Whether a controller keeps writing marks of another object onto objects of this kind. Pods are made once and then left alone. */
export const isRewritten = (object: Pick<Meta, 'apiVersion' | 'kind'>): boolean =>
  object.kind !== 'Pod' && copiedOnto(object) !== undefined;

/**
 * Whether the marks on this object are known to be copied from elsewhere, so that they are no injection of its own. An undo record is its
 * own unless annotations are copied onto its kind, its label is missing and a copying controller wrote it. What this cannot tell is
 * compared with the source (`sourceOf`).
 */
export function hasOnlyCopiedMarks(object: Meta): boolean {
  if (isExperiment(object)) return true;
  const copied = copiedOnto(object);
  if (copied === undefined) return false;
  if (object.metadata.annotations?.[ROLLBACK_DATA] === undefined) return true;
  if (!copied.annotations || isLabelledItself(object, copied)) return false;
  const writers = recordWriters(object);
  return writers.length > 0 && writers.every(writer => COPIERS.test(writer));
}

/** Whether a controller writes labels of another object onto objects of this kind, so that who wrote a label there tells nothing. */
export const takesLabels = (object: Pick<Meta, 'apiVersion' | 'kind'>): boolean => copiedOnto(object)?.labels === true;

/** Where an undo record on this object may have been copied from; undefined where it can only be its own. */
export function sourceOf(object: Meta): ObjectRef | undefined {
  const copied = copiedOnto(object);
  if (copied?.annotations !== true || isLabelledItself(object, copied)) return undefined;
  const { namespace, labels = {}, ownerReferences = [] } = object.metadata;
  const where = namespace === undefined ? {} : { namespace };
  const service = labels['kubernetes.io/service-name'];
  if (object.kind === 'EndpointSlice')
    return service === undefined ? undefined : { apiVersion: 'v1', kind: 'Endpoints', name: service, ...where };
  const owner = ownerReferences.find(({ controller }) => controller === true);
  return owner && { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name, ...where };
}

/** Where labels are not copied, the type label says that somebody injected into this very object. */
const isLabelledItself = ({ metadata }: Meta, copied: Copied): boolean =>
  !copied.labels && metadata.labels?.[TYPE_LABEL] !== undefined;

/** Who owns the undo record's annotation, by the server's own bookkeeping. */
function recordWriters({ metadata }: Meta): string[] {
  return (metadata.managedFields ?? []).flatMap(({ manager, fieldsV1 }) => {
    const fields = fieldsV1 as { 'f:metadata'?: { 'f:annotations'?: Record<string, unknown> } } | undefined;
    return fields?.['f:metadata']?.['f:annotations']?.[`f:${ROLLBACK_DATA}`] === undefined ? [] : [manager ?? ''];
  });
}
