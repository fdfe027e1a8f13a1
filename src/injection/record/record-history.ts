import { FAULT_TYPES, type FaultType } from '../../faults/types.ts';
import { writersOf } from '../../k8s/field-writers.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import { FIELD_MANAGER } from '../write/ownership.ts';
import { copiesLabelsOnto } from './copied-marks.ts';
import { readEnvelope, readMayday } from './envelope.ts';
import {
  CORRUPT_CONTAINER,
  CRASH_CONTAINER,
  MAYDAY,
  ORIGINAL_COMMAND_PREFIX,
  ORIGINAL_IMAGE_PREFIX,
  ORIGINAL_REPLICAS,
  ROLLBACK_DATA,
  TYPE_LABEL,
} from './markers.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';

const PLAIN: Partial<Record<FaultType, (key: string) => boolean>> = {
  DeploymentScaleZero: key => key === ORIGINAL_REPLICAS,
  CrashLoopInject: key => key === CRASH_CONTAINER || key.startsWith(ORIGINAL_COMMAND_PREFIX),
  ImageCorrupt: key => key === CORRUPT_CONTAINER || key.startsWith(ORIGINAL_IMAGE_PREFIX),
};

type Texts = Readonly<Record<string, string>>;

/** The annotations that hold the undo record of this type. */
export function recordOfType({ metadata }: KubeObject, type: string): Texts {
  const known = FAULT_TYPES.find(one => one === type);
  const isRecord = (known && PLAIN[known]) ?? ((key: string) => key === ROLLBACK_DATA);
  return Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => isRecord(key)));
}

/** The ReplicaSets of a Deployment, newest revision first. Its controller copies annotations to them and never removes any. */
function replicaSetsOf({ metadata }: KubeObject, sets: readonly KubeObject[]): KubeObject[] {
  const own = sets.filter(set => set.metadata.ownerReferences?.some(owner => owner.uid === metadata.uid));
  return own.toSorted((a, b) => revisionOf(b) - revisionOf(a));
}

const revisionOf = ({ metadata }: KubeObject): number => Number(metadata.annotations?.[REVISION] ?? 0) || 0;

/**
 * The copy of an undo record on the newest ReplicaSet that has one; undefined if none has. For a Deployment that still has the type
 * label while its annotations were replaced, as `kubectl rollout undo` does.
 */
export function copiedRecord(
  deployment: KubeObject,
  type: string,
  sets: readonly KubeObject[],
): { set: string; annotations: Texts } | undefined {
  const set = replicaSetsOf(deployment, sets).find(one => Object.keys(recordOfType(one, type)).length > 0);
  if (set === undefined) return undefined;
  const mayday = set.metadata.annotations?.[MAYDAY];
  return {
    set: set.metadata.name,
    annotations: { ...recordOfType(set, type), ...(mayday === undefined ? {} : { [MAYDAY]: mayday }) },
  };
}

/** Whether only the ReplicaSets show if the undo record on this object belongs to a current injection. */
export function needsReplicaSets(object: KubeObject, type: string): boolean {
  return object.kind === 'Deployment' && object.metadata.labels?.[TYPE_LABEL] === undefined && !isOurs(object, type);
}

/**
 * Why the undo record on this object may belong to an injection that ended long ago: somebody other than the injector wrote it. `kubectl
 * rollout undo` writes it from an old ReplicaSet, and a restored backup may hold it. `sets`: every ReplicaSet of the namespace,
 * undefined if they could not be read.
 */
export function whyOutdated(
  object: KubeObject,
  type: string,
  sets: readonly KubeObject[] | undefined,
): string | undefined {
  const key = Object.keys(recordOfType(object, type))[0];
  if (key === undefined) return undefined;
  const writers = writersOf(object, ['f:metadata', 'f:annotations', `f:${key}`]);
  const name = nameOf(refOf(object));
  const by = sanitise(writers.join(', '), 120);
  if (isOurs(object, type)) {
    const isByUs = writers.length === 0 || writers.includes(`${FIELD_MANAGER}/Update`);
    return isByUs
      ? undefined
      : `the undo record of ${name} was not written by mayday but by ${by}, later: its original may be out of date`;
  }
  const labelled = copiesLabelsOnto(object) ? [] : writersOf(object, ['f:metadata', 'f:labels', `f:${TYPE_LABEL}`]);
  if (labelled.length > 0 && writers.length > 0 && !labelled.some(writer => writers.includes(writer)))
    return `${by} wrote the undo record of ${name}, but another field manager wrote its type label: its original may be out of date`;
  return needsReplicaSets(object, type) ? whyFromOldReplicaSet(object, type, sets) : undefined;
}

/** For an undo record without the type label: if its copy is on a ReplicaSet that is no longer current, a rollback brought it back. */
function whyFromOldReplicaSet(
  deployment: KubeObject,
  type: string,
  sets: readonly KubeObject[] | undefined,
): string | undefined {
  const name = nameOf(refOf(deployment));
  if (sets === undefined)
    return `${name} has an undo record but no type label, and its ReplicaSets, which would show how old the record is, cannot be read`;
  const own = replicaSetsOf(deployment, sets);
  const record = JSON.stringify(recordOfType(deployment, type));
  const holder = own.find(set => JSON.stringify(recordOfType(set, type)) === record);
  if (holder === undefined) return undefined;
  const isSuperseded = own[0] !== holder || holder.metadata.annotations?.[HISTORY] !== undefined;
  return isSuperseded
    ? `a rollback brought the undo record of ${name} back from ReplicaSet ${holder.metadata.name}: its original may be out of date`
    : undefined;
}

/** Whether the undo record holds mayday's facts. */
function isOurs(object: KubeObject, type: string): boolean {
  const annotations = object.metadata.annotations ?? {};
  const record = recordOfType(object, type)[ROLLBACK_DATA];
  if (record === undefined) return readMayday(annotations[MAYDAY]) !== undefined;
  const envelope = readEnvelope(record);
  return envelope.ok && envelope.mayday !== undefined;
}
