import type { FoundInjection } from '../../injection/found-injection.ts';
import {
  asItStands,
  asWritten,
  isNamesake,
  named,
  ownerReads,
  ownersIn,
  standing,
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
 * Restores the owners one by one; what others have added stays. A recreated owner is referenced by its new uid. If one
 * is gone, the original cannot be restored, and a person decides about the rest.
 */
export function restoreOwners(found: FoundInjection, live: Live): Restore {
  const victim = found.live;
  const name = nameOf(refOf(victim));
  const record = recordOf(victim);
  if (typeof record === 'string') return corrupt(victim, record);
  const unread = record.owners.find(owner => standing(owner, live) === 'unread');
  if (unread !== undefined) return corrupt(victim, `whether its owner ${named([unread])} still exists cannot be read`);
  const current = victim.metadata.ownerReferences ?? [];
  const away = record.owners.filter(owner => !current.some(one => isBack(one, owner, live)));
  const gone = away.filter(owner => standing(owner, live) === 'gone');
  const missing = away.filter(owner => !gone.includes(owner)).map(owner => asItStands(owner, live));
  const anew = anewIn(record.owners, live);
  const rival = current.find(one => one.controller === true);
  if (rival !== undefined && missing.some(owner => owner.controller === true))
    return adopted(victim, record, { current, missing, rival, gone });
  const value = missing.length === 0 ? [] : owning(victim, [...current, ...missing]);
  if (gone.length > 0) return withoutOwners(victim, record, { current, gone, missing, value });
  if (missing.length === 0)
    return {
      is: 'already-restored',
      writes: [back(victim, record, [])],
      says: `${name} has every owner that was recorded${anew}`,
    };
  return {
    is: 'restore',
    writes: [back(victim, record, value)],
    says: `put owner ${named(missing)} of ${name} back${anew}`,
  };
}

/** Whether a reference on the object is the recorded one, or one to the object that has replaced that owner. */
const isBack = (one: OwnerReference, owner: OwnerReference, live: Live): boolean =>
  one.uid === owner.uid ||
  (isNamesake(one, owner) && (standing(owner, live) === 'gone' || one.uid === asItStands(owner, live).uid));

/** Owners that were recreated since, so that their references have another uid than the recorded one. */
function anewIn(owners: readonly OwnerReference[], live: Live): string {
  const anew = owners.filter(owner => standing(owner, live) === 'anew');
  return anew.length === 0
    ? ''
    : `; made anew since it was recorded, so that the reference bears its uid of now: ${named(anew)}`;
}

/** An owner is gone for good: no reference to it can be restored. */
function withoutOwners(
  victim: KubeObject,
  record: OwnersRecord,
  of: { current: OwnerReference[]; gone: OwnerReference[]; missing: OwnerReference[]; value: Operation[] },
): Restore {
  const rest = of.missing.length === 0 ? '' : `; what still exists can be put back: ${named(of.missing)}`;
  return {
    is: 'diverged',
    writes: [back(victim, record, of.value)],
    ...valuesOf(record, of.current),
    says: `owner ${named(of.gone)} of ${nameOf(refOf(victim))} is gone, so that its reference cannot be put back (the garbage collector would delete the object)${rest}`,
    lost: `owner ${named(of.gone)}, which is gone`,
  };
}

const valuesOf = (record: OwnersRecord, current: readonly OwnerReference[]) => ({
  original: named(record.owners),
  injected: '(no owner)',
  live: current.length === 0 ? '(no owner)' : named(current),
});

/** Another controller has adopted the object since; it can have only one. */
function adopted(
  victim: KubeObject,
  record: OwnersRecord,
  of: { current: OwnerReference[]; missing: OwnerReference[]; rival: OwnerReference; gone: OwnerReference[] },
): Restore {
  const others = of.current.filter(owner => owner !== of.rival);
  return {
    is: 'diverged',
    writes: [back(victim, record, owning(victim, [...others, ...of.missing]))],
    ...valuesOf(record, of.current),
    says: `${nameOf(refOf(victim))} was adopted by ${named([of.rival])} since: it can have only one controller`,
    ...(of.gone.length === 0 ? {} : { lost: `owner ${named(of.gone)}, which is gone` }),
  };
}

function owning(victim: KubeObject, owners: readonly OwnerReference[]): Operation[] {
  const { ownerReferences: current } = victim.metadata;
  const guard = current === undefined ? [] : [test(pointer(...OWNERS), current as unknown as Json)];
  return [...guard, set(pointer(...OWNERS), owners.map(asWritten) as unknown as Json)];
}

function back(victim: KubeObject, { mayday }: OwnersRecord, value: Operation[]): Write {
  const atVersion = victim.metadata.ownerReferences === undefined;
  const records = [ROLLBACK_DATA];
  return restoreAndStrip(victim, { type: 'OwnerRefOrphan', records, mayday, value, what: 'the owners', atVersion });
}
