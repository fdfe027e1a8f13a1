import type { Effect, Facts, Live, Permission, Plan, Refusal, Restore } from '../../faults/contract.ts';
import type { FaultType } from '../../faults/types.ts';
import { otherWriterOf } from '../../k8s/field-writers.ts';
import type { KubeObject, ManagedField, ObjectRef } from '../../k8s/object.ts';
import { groupOf, nameOf, refOf } from '../../k8s/object-ref.ts';
import { isTerminating } from '../../k8s/pod.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { FoundInjection } from '../found-injection.ts';
import { objectIn, type Seen } from '../live.ts';
import { fingerprint, isInjected, maydayFacts, readMayday } from '../record/envelope.ts';
import { createdLabels, EXPIRES, MANAGED_BY, MANAGER, MAYDAY, TYPE_LABEL } from '../record/markers.ts';
import { corrupt } from '../record/record.ts';
import type { Write } from '../write/write.ts';
import { blindTo, refuse } from './refuse.ts';

/** Labels and annotations of an object that an injection creates: its experiment, its deadline, and our facts. */
export function createdMarks(
  type: FaultType,
  facts: Facts,
  more: { injected?: string | undefined; uid?: string | undefined; owners?: readonly ManagedField[] | undefined } = {},
): { labels: Record<string, string>; annotations: Record<string, string> } {
  const mayday = maydayFacts(facts, more);
  return {
    labels: createdLabels(type),
    annotations: { ...expiry(facts), [MAYDAY]: JSON.stringify(mayday) },
  };
}

/** The framework's own annotation: RFC 3339, whole seconds. */
function expiry({ expires }: Facts): Record<string, string> {
  return expires === undefined ? {} : { [EXPIRES]: new Date(expires).toISOString().replace(/\.\d+Z$/, 'Z') };
}

/** The write that creates `object` with the marks of this injection; it fails if an object of that name exists. */
export function creation(
  type: FaultType,
  facts: Facts,
  object: KubeObject,
  options: { says: string; injected?: string; uid?: string | undefined; owners?: readonly ManagedField[] | undefined },
): Write {
  const { labels, annotations } = createdMarks(type, facts, options);
  const body: KubeObject = {
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...object.metadata.labels, ...labels },
      annotations: { ...object.metadata.annotations, ...annotations },
    },
  };
  return { verb: 'create', on: refOf(object), body, precondition: { absent: true }, says: options.says };
}

/** The permissions to create such an object and to delete it again. */
export function creationPermissions({ apiVersion, kind, namespace, name }: ObjectRef): Permission[] {
  const of = { group: groupOf(apiVersion), kind, ...(namespace === undefined ? {} : { namespace }) };
  return [
    { verb: 'get', ...of, name, for: 'inject' },
    { verb: 'create', ...of, for: 'inject' },
    { verb: 'get', ...of, name, for: 'revert' },
    { verb: 'delete', ...of, name, for: 'revert' },
  ];
}

/**
 * Why nothing can be created under this name; undefined if it is free. An existing object is never adopted, whoever
 * created it.
 */
export function occupied(seen: Seen<KubeObject>, ref: ObjectRef, describe: string): Refusal | undefined {
  if (seen.state === 'blind') return blindTo(nameOf(ref), seen.failure);
  if (seen.state !== 'found') return undefined;
  const { labels } = seen.value.metadata;
  const isChaos = labels?.[TYPE_LABEL] !== undefined || labels?.[MANAGED_BY] === MANAGER;
  return isChaos
    ? refuse('already-injected', `${nameOf(ref)} already exists ${describe}: revert that injection first`)
    : refuse(
        'forbidden-target',
        `${nameOf(ref)} exists and no chaos tool created it, so mayday must not change it: choose another name`,
      );
}

/** How a created object of one fault type is compared with its original state. */
export interface CreatedTraits {
  type: FaultType;
  /** The kinds that this type creates. */
  kinds: readonly string[];
  /** The part of the object that makes the fault, as text. */
  essence(object: KubeObject): string;
  /** Whether it looks as the framework creates it; for objects without facts of mayday. */
  looksCreated(object: KubeObject): boolean;
}

/** The essence, or its digest, as the facts on a created object hold it. */
export const injectedEssence = (traits: CreatedTraits, object: KubeObject): string =>
  fingerprint(traits.essence(object));

const TYPE_MARK = ['f:metadata', 'f:labels', `f:${TYPE_LABEL}`];

/** Deletes the object that an injection created. The marks, the kind and the uid must all match. */
export function restoreCreated(found: FoundInjection, traits: CreatedTraits): Restore {
  const object = found.live;
  const name = nameOf(refOf(object));
  const { labels, annotations = {}, uid, finalizers } = object.metadata;
  if (!traits.kinds.includes(object.kind)) return corrupt(object, `${traits.type} never creates a ${object.kind}`);
  const mayday = readMayday(annotations[MAYDAY]);
  if (labels?.[MANAGED_BY] !== MANAGER && mayday === undefined) {
    return corrupt(
      object,
      `labelled ${traits.type}, but neither ${MANAGED_BY}=${MANAGER} nor mayday's facts say that a chaos tool created it`,
    );
  }
  if (isTerminating(object)) {
    const held = finalizers === undefined ? '' : `, held by ${sanitise(finalizers.join(', '), 200)}`;
    return { is: 'restore', writes: [], says: `${name} is being deleted${held}` };
  }
  const deleting: Write = {
    verb: 'delete',
    on: refOf(object),
    precondition: uid === undefined ? {} : { uid },
    says: `delete ${name}`,
  };
  const essence = traits.essence(object);
  const isUnchanged =
    mayday?.injected === undefined
      ? traits.looksCreated(object) && otherWriterOf(object, ['f:spec'], TYPE_MARK) === undefined
      : isInjected(essence, mayday.injected);
  if (isUnchanged) return { is: 'restore', writes: [deleting], says: `delete ${name}, which the injection created` };
  return {
    is: 'diverged',
    writes: [deleting],
    original: '(not there)',
    injected: sanitise(mayday?.injected ?? '(not recorded)', 400),
    live: sanitise(essence, 400),
    says: `${name} was created by an injection and changed by somebody since`,
  };
}

/** The created object as read back under `key`; or the effect, if the object is missing or another one. */
export function createdReadBack(plan: Plan, live: Live, key: string): { object: KubeObject } | { effect: Effect } {
  const seen = objectIn(live, key);
  const name = nameOf(plan.target);
  if (seen.state === 'blind')
    return { effect: { state: 'pending', evidence: [`${name} could not be read back: ${seen.failure.message}`] } };
  if (seen.state !== 'found') return { effect: { state: 'absent', evidence: [`${name} is not there (any more)`] } };
  if (readMayday(seen.value.metadata.annotations?.[MAYDAY])?.id !== plan.id)
    return { effect: { state: 'absent', evidence: [`${name} is not the one that this injection created`] } };
  return isTerminating(seen.value)
    ? { effect: { state: 'absent', evidence: [`${name} is being deleted`] } }
    : { object: seen.value };
}
