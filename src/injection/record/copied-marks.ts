import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import { FRAMEWORK_GROUP, ROLLBACK_DATA, TYPE_LABEL } from './markers.ts';

type Meta = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;

/**
 * What controllers copy onto objects of a kind. Marks that they do not copy show that an undo record is the object's own.
 */
interface Copied {
  /** Whether the labels of the source object are copied; `annotations` says the same of annotations, undo records among them. */
  labels: boolean;
  annotations: boolean;
}

const FROM_OWNER: Copied = { labels: false, annotations: true };
/** By group and kind, because a custom kind may have the same name. */
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

/** Whether the object is a ChaosExperiment, which is a request to inject and not an injection. */
export const isExperiment = ({ apiVersion, kind }: Pick<Meta, 'apiVersion' | 'kind'>): boolean =>
  kind === 'ChaosExperiment' && groupOf(apiVersion) === FRAMEWORK_GROUP;

/** Whether a controller keeps writing marks of another object onto objects of this kind. The marks of a Pod are copied only at its creation. */
export const isRewritten = (object: Pick<Meta, 'apiVersion' | 'kind'>): boolean =>
  object.kind !== 'Pod' && copiedOnto(object) !== undefined;

/**
 * Whether all marks on this object are known to be copies, so that they are no injection into it. An undo record counts as a copy only if
 * annotations are copied onto this kind, the type label is missing and a copying controller wrote the record. Other cases are decided by
 * comparison with the source (`sourceOf`).
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

/** Whether a controller copies labels of another object onto objects of this kind, so that the writer of a label is no evidence. */
export const copiesLabelsOnto = (object: Pick<Meta, 'apiVersion' | 'kind'>): boolean =>
  copiedOnto(object)?.labels === true;

/** The object from which an undo record on this object may be copied; undefined if the record can only be its own. */
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

/** If labels are not copied onto the kind, the type label shows an injection into this object itself. */
const isLabelledItself = ({ metadata }: Meta, copied: Copied): boolean =>
  !copied.labels && metadata.labels?.[TYPE_LABEL] !== undefined;

/** The field managers that own the undo record's annotation, by managedFields. */
function recordWriters({ metadata }: Meta): string[] {
  return (metadata.managedFields ?? []).flatMap(({ manager, fieldsV1 }) => {
    const fields = fieldsV1 as { 'f:metadata'?: { 'f:annotations'?: Record<string, unknown> } } | undefined;
    return fields?.['f:metadata']?.['f:annotations']?.[`f:${ROLLBACK_DATA}`] === undefined ? [] : [manager ?? ''];
  });
}
