import { FAULT_TYPES, type FaultType } from '../../faults/types.ts';
import { writersOf } from '../../k8s/field-writers.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import { FIELD_MANAGER } from '../write/ownership.ts';
import { takesLabels } from './copied-marks.ts';
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

/** The ReplicaSets of a Deployment, newest revision first. Its controller copies annotations into them and never takes any out. */
function setsOf({ metadata }: KubeObject, sets: readonly KubeObject[]): KubeObject[] {
  const own = sets.filter(set => set.metadata.ownerReferences?.some(owner => owner.uid === metadata.uid));
  return own.toSorted((a, b) => revisionOf(b) - revisionOf(a));
}

const revisionOf = ({ metadata }: KubeObject): number => Number(metadata.annotations?.[REVISION] ?? 0) || 0;

/**
 * The record of an injection whose label is still on a Deployment while its annotations were replaced, as `kubectl rollout undo` does:
 * its copy on the newest ReplicaSet that has one. Undefined where none has.
 */
export function copiedRecord(
  deployment: KubeObject,
  type: string,
  sets: readonly KubeObject[],
): { set: string; annotations: Texts } | undefined {
  const set = setsOf(deployment, sets).find(one => Object.keys(recordOfType(one, type)).length > 0);
  if (set === undefined) return undefined;
  const mayday = set.metadata.annotations?.[MAYDAY];
  return {
    set: set.metadata.name,
    annotations: { ...recordOfType(set, type), ...(mayday === undefined ? {} : { [MAYDAY]: mayday }) },
  };
}

/** Whether only the ReplicaSets tell if the record on this object is still the one of its injection. */
export function needsSets(object: KubeObject, type: string): boolean {
  return object.kind === 'Deployment' && object.metadata.labels?.[TYPE_LABEL] === undefined && !isOurs(object, type);
}

/**
 * Why the record on this object may belong to an injection that was over long ago: somebody else than the injector put it there, as
 * `kubectl rollout undo` does with what it finds on an old ReplicaSet, and a restored backup with what it holds. `sets`: every ReplicaSet
 * of the namespace, undefined where they could not be read.
 */
export function broughtBack(
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
      : `the undo record of ${name} was not put there by mayday but by ${by}, later: its original may be out of date`;
  }
  const labelled = takesLabels(object) ? [] : writersOf(object, ['f:metadata', 'f:labels', `f:${TYPE_LABEL}`]);
  if (labelled.length > 0 && writers.length > 0 && !labelled.some(writer => writers.includes(writer)))
    return `the undo record of ${name} was put there by ${by}, not by who labelled it as injected: its original may be out of date`;
  return needsSets(object, type) ? fromOldSet(object, type, sets) : undefined;
}

/** A record without the label beside it: of an injection that was reverted, where the ReplicaSet that keeps its copy was current before. */
function fromOldSet(deployment: KubeObject, type: string, sets: readonly KubeObject[] | undefined): string | undefined {
  const name = nameOf(refOf(deployment));
  if (sets === undefined)
    return `the undo record of ${name} has no label beside it, and its ReplicaSets, which would tell how old it is, cannot be read`;
  const own = setsOf(deployment, sets);
  const record = JSON.stringify(recordOfType(deployment, type));
  const holder = own.find(set => JSON.stringify(recordOfType(set, type)) === record);
  if (holder === undefined) return undefined;
  const isSuperseded = own[0] !== holder || holder.metadata.annotations?.[HISTORY] !== undefined;
  return isSuperseded
    ? `the undo record of ${name} came back from ReplicaSet ${holder.metadata.name} with a rollback: its original may be out of date`
    : undefined;
}

/** Whether the record tells that mayday wrote it. */
function isOurs(object: KubeObject, type: string): boolean {
  const annotations = object.metadata.annotations ?? {};
  const record = recordOfType(object, type)[ROLLBACK_DATA];
  if (record === undefined) return readMayday(annotations[MAYDAY]) !== undefined;
  const envelope = readEnvelope(record);
  return envelope.ok && envelope.mayday !== undefined;
}
