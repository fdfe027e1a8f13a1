import type { FoundInjection } from '../../injection/found-injection.ts';
import {
  asWritten,
  currentReference,
  hasSameName,
  ownerNames,
  ownerReads,
  ownerState,
  ownersIn,
} from '../../injection/reach/owners.ts';
import type { MaydayFacts } from '../../injection/record/envelope.ts';
import { ROLLBACK_DATA } from '../../injection/record/markers.ts';
import { corrupt, recordIn, restoreAndStrip } from '../../injection/record/record.ts';
import type { Write } from '../../injection/write/write.ts';
import { type Operation, pointer, set, test } from '../../k8s/json-patch.ts';
import type { Json, KubeObject, OwnerReference } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import type { Live, Read, Restore } from '../contract.ts';

const OWNERS = ['metadata', 'ownerReferences'];

interface OwnersRecord {
  owners: OwnerReference[];
  mayday: MaydayFacts | undefined;
}

export function restoreOwnersReads(found: FoundInjection): Read[] {
  const record = recordOf(found.live);
  return typeof record === 'string' ? [] : ownerReads(record.owners, found.live.metadata.namespace);
}

function recordOf(victim: KubeObject): OwnersRecord | string {
  const envelope = recordIn(victim, 'OwnerRefOrphan');
  if (typeof envelope === 'string') return envelope;
  const { kind, ownerReferences } = (envelope.data ?? {}) as Record<string, unknown>;
  if (kind !== victim.kind) return `the undo record is for a ${String(kind)}, not for a ${victim.kind}`;
  const owners = ownersIn(ownerReferences);
  return owners === undefined ? 'the undo record holds no owners' : { owners, mayday: envelope.mayday };
}

/**
 * Restores the owners one by one; owners that others have added stay. A recreated owner is referenced by its new uid. If
 * an owner is gone, its reference cannot be restored, and a person decides about the other owners.
 */
export function restoreOwners(found: FoundInjection, live: Live): Restore {
  const victim = found.live;
  const name = nameOf(refOf(victim));
  const record = recordOf(victim);
  if (typeof record === 'string') return corrupt(victim, record);
  const unread = record.owners.find(owner => ownerState(owner, live) === 'unread');
  if (unread !== undefined)
    return corrupt(victim, `whether its owner ${ownerNames([unread])} still exists cannot be read`);
  const current = victim.metadata.ownerReferences ?? [];
  const absent = record.owners.filter(owner => !current.some(one => isRestored(one, owner, live)));
  const gone = absent.filter(owner => ownerState(owner, live) === 'gone');
  const missing = absent.filter(owner => !gone.includes(owner)).map(owner => currentReference(owner, live));
  const recreated = recreatedText(record.owners, live);
  const adopter = current.find(one => one.controller === true);
  if (adopter !== undefined && missing.some(owner => owner.controller === true))
    return restoreAdopted(victim, record, { current, missing, adopter, gone });
  const value = missing.length === 0 ? [] : ownerOperations(victim, [...current, ...missing]);
  if (gone.length > 0) return restoreWithoutOwners(victim, record, { current, gone, missing, value });
  if (missing.length === 0)
    return {
      is: 'already-restored',
      writes: [restoreWrite(victim, record, [])],
      says: `${name} has every owner that was recorded${recreated}`,
    };
  return {
    is: 'restore',
    writes: [restoreWrite(victim, record, value)],
    says: `restore owner ${ownerNames(missing)} of ${name}${recreated}`,
  };
}

/** Whether a reference on the object is the recorded one, or refers to an object of the same name that has replaced that owner. */
const isRestored = (one: OwnerReference, owner: OwnerReference, live: Live): boolean =>
  one.uid === owner.uid ||
  (hasSameName(one, owner) && (ownerState(owner, live) === 'gone' || one.uid === currentReference(owner, live).uid));

/** Says which owners were recreated since, so that their references have another uid than the recorded one. */
function recreatedText(owners: readonly OwnerReference[], live: Live): string {
  const recreated = owners.filter(owner => ownerState(owner, live) === 'recreated');
  return recreated.length === 0
    ? ''
    : `; created again since the injection, so the reference has the new uid: ${ownerNames(recreated)}`;
}

/** For owners that no longer exist: no reference to them can be restored. */
function restoreWithoutOwners(
  victim: KubeObject,
  record: OwnersRecord,
  of: { current: OwnerReference[]; gone: OwnerReference[]; missing: OwnerReference[]; value: Operation[] },
): Restore {
  const rest = of.missing.length === 0 ? '' : `; owners that still exist can be restored: ${ownerNames(of.missing)}`;
  return {
    is: 'diverged',
    writes: [restoreWrite(victim, record, of.value)],
    ...valuesOf(record, of.current),
    says: `owner ${ownerNames(of.gone)} of ${nameOf(refOf(victim))} is gone, so its reference cannot be restored (the garbage collector would delete the object)${rest}`,
    lost: `owner ${ownerNames(of.gone)}, which is gone`,
  };
}

const valuesOf = (record: OwnersRecord, current: readonly OwnerReference[]) => ({
  original: ownerNames(record.owners),
  injected: '(no owner)',
  live: current.length === 0 ? '(no owner)' : ownerNames(current),
});

/** For an object that another controller has adopted since: an object can have only one controller. */
function restoreAdopted(
  victim: KubeObject,
  record: OwnersRecord,
  of: { current: OwnerReference[]; missing: OwnerReference[]; adopter: OwnerReference; gone: OwnerReference[] },
): Restore {
  const others = of.current.filter(owner => owner !== of.adopter);
  return {
    is: 'diverged',
    writes: [restoreWrite(victim, record, ownerOperations(victim, [...others, ...of.missing]))],
    ...valuesOf(record, of.current),
    says: `${nameOf(refOf(victim))} was adopted by ${ownerNames([of.adopter])} since: it can have only one controller`,
    ...(of.gone.length === 0 ? {} : { lost: `owner ${ownerNames(of.gone)}, which is gone` }),
  };
}

function ownerOperations(victim: KubeObject, owners: readonly OwnerReference[]): Operation[] {
  const { ownerReferences: current } = victim.metadata;
  const guard = current === undefined ? [] : [test(pointer(...OWNERS), current as unknown as Json)];
  return [...guard, set(pointer(...OWNERS), owners.map(asWritten) as unknown as Json)];
}

function restoreWrite(victim: KubeObject, { mayday }: OwnersRecord, value: Operation[]): Write {
  const atVersion = victim.metadata.ownerReferences === undefined;
  const records = [ROLLBACK_DATA];
  return restoreAndStrip(victim, { type: 'OwnerRefOrphan', records, mayday, value, what: 'the owners', atVersion });
}
