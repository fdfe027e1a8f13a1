import type { Json, KubeObject, OwnerReference } from '../../kube/object.ts';
import type { MaydayFacts } from '../envelope.ts';
import type { Live, Read, Restore } from '../fault.ts';
import type { Finding } from '../finding.ts';
import { type Operation, pointer, refOf, set, test } from '../json-patch.ts';
import { ROLLBACK_DATA } from '../markers.ts';
import { nameOf } from '../name.ts';
import { asWritten, named, ownerReads, ownersIn, standing } from '../owners.ts';
import { corrupt, giveBack, recordIn } from '../record.ts';
import type { Write } from '../write.ts';

const OWNERS = ['metadata', 'ownerReferences'];

interface OwnersRecord {
  owners: OwnerReference[];
  mayday: MaydayFacts | undefined;
}

export function restoreOwnersReads(found: Finding): Read[] {
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

/** Puts back, owner by owner, those that are still there and still the same; what others added meanwhile stays. */
export function restoreOwners(found: Finding, live: Live): Restore {
  const victim = found.live;
  const name = nameOf(refOf(victim));
  const record = recordOf(victim);
  if (typeof record === 'string') return corrupt(victim, record);
  const seen = record.owners.map(owner => ({ owner, is: standing(owner, live) }));
  const unread = seen.find(({ is }) => is === 'unread');
  if (unread !== undefined)
    return corrupt(victim, `whether its owner ${named([unread.owner])} still exists cannot be read`);
  const current = victim.metadata.ownerReferences ?? [];
  const stale = seen.filter(({ is }) => is === 'gone').map(({ owner }) => owner);
  const missing = seen
    .filter(({ owner, is }) => is === 'same' && !current.some(one => one.uid === owner.uid))
    .map(({ owner }) => owner);
  const left = stale.length === 0 ? '' : `; not put back, because gone or made anew: ${named(stale)}`;
  if (missing.length === 0) {
    const says = `${name} has every owner that is still there${left}; only the marks are left`;
    return { kind: 'already-restored', writes: [back(victim, record, [])], says };
  }
  const rival = current.find(one => one.controller === true);
  if (rival !== undefined && missing.some(owner => owner.controller === true))
    return adopted(victim, record, { current, missing, rival });
  const writes = [back(victim, record, owning(victim, [...current, ...missing]))];
  return { kind: 'restore', writes, says: `put owner ${named(missing)} of ${name} back${left}` };
}

/** Another controller has adopted the object since; it can have only one. */
function adopted(
  victim: KubeObject,
  record: OwnersRecord,
  of: { current: OwnerReference[]; missing: OwnerReference[]; rival: OwnerReference },
): Restore {
  const others = of.current.filter(owner => owner !== of.rival);
  return {
    kind: 'diverged',
    writes: [back(victim, record, owning(victim, [...others, ...of.missing]))],
    original: named(record.owners),
    injected: '(no owner)',
    live: named(of.current),
    says: `${nameOf(refOf(victim))} was adopted by ${named([of.rival])} since: it can have only one controller`,
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
  return giveBack(victim, { type: 'OwnerRefOrphan', records, mayday, value, what: 'the owners', atVersion });
}
