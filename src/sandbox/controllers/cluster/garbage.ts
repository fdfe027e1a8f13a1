import type { OwnerReference } from '../../../k8s/object.ts';
import { type Controller, placeOfKey } from '../controller-manager.ts';
import type { Obj } from '../kinds.ts';
import type { Place } from '../owners.ts';
import { BY_CONTROLLER, type Parts } from '../parts.ts';

/** What the garbage collector does with an object, given which of its owners still exist. */
export type CollectorAction = 'keep' | 'collect' | { drop: string[] };

/**
 * An object is deleted when all its owners are gone. While one owner exists, only the references to the missing ones
 * are removed. Owners are compared by UID: a new object under an old name is not the owner.
 */
export function collectorActionFor(
  owners: readonly OwnerReference[],
  exists: (uid: string) => boolean,
): CollectorAction {
  if (owners.length === 0) return 'keep';
  const gone = owners.filter(o => !exists(o.uid));
  if (gone.length === 0) return 'keep';
  return gone.length === owners.length ? 'collect' : { drop: gone.map(o => o.uid) };
}

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';
/** The collector acts after this delay, as the real one does. */
const DELAY_MS = 150;

/**
 * The garbage collector: deletes objects without owners, and carries out foreground deletion and orphaning. Keys are
 * `uid/UID` and `gone/UID`.
 */
export function garbageCollector(parts: Parts): Controller {
  const { owners } = parts;

  return {
    name: 'garbage-collector',
    batchMs: DELAY_MS,
    watches: {
      '*': ({ type, object: o, previous }) => {
        const keys = (o.metadata.ownerReferences ?? []).map(ref => `uid/${ref.uid}`);
        if (type === 'DELETED') return [`gone/${o.metadata.uid}`, ...keys];
        const wasOwned = previous?.metadata.ownerReferences?.length ?? 0;
        const isOwned = o.metadata.ownerReferences?.length ?? 0;
        const isTerminating = o.metadata.deletionTimestamp !== undefined && (o.metadata.finalizers?.length ?? 0) > 0;
        const changed = type === 'ADDED' || isOwned !== wasOwned;
        const adopted = changed && collectorActionFor(o.metadata.ownerReferences ?? [], owners.exists) !== 'keep';
        return isTerminating || adopted ? [keyOfObject(o as Obj)] : [];
      },
    },
    reconcile(key) {
      const { namespace: kind, name: uid } = placeOfKey(key);
      const places = kind === 'gone' ? owners.dependents(uid) : [owners.find(uid)];
      for (const place of places) {
        const o = place && object(parts, place);
        if (place && o) settle(parts, place, o);
      }
      return undefined;
    },
  };
}

const object = ({ store }: Parts, p: Place): Obj | undefined => store.get<Obj>(p.resource, p.namespace, p.name);

const keyOfObject = (o: Obj) => `uid/${o.metadata.uid}`;

const change = ({ store }: Parts, p: Place, edit: (draft: Obj) => void) =>
  store.modify<Obj>(p.resource, p.namespace, p.name, edit, BY_CONTROLLER);

const dropOwners = (parts: Parts, p: Place, gone: readonly string[]) =>
  change(parts, p, draft => {
    const rest = (draft.metadata.ownerReferences ?? []).filter(o => !gone.includes(o.uid));
    if (rest.length > 0) draft.metadata.ownerReferences = rest;
    else delete draft.metadata.ownerReferences;
  });

const dropFinalizer = (parts: Parts, p: Place, finalizer: string) =>
  change(parts, p, draft => {
    draft.metadata.finalizers = (draft.metadata.finalizers ?? []).filter(f => f !== finalizer);
    if (draft.metadata.finalizers.length === 0) delete draft.metadata.finalizers;
  });

function remove({ store }: Parts, p: Place, o: Obj, propagationPolicy: 'Background' | 'Foreground') {
  if (o.metadata.deletionTimestamp) return;
  store.delete(p.resource, p.namespace, p.name, { propagationPolicy, preconditions: { uid: o.metadata.uid } });
}

/** Deletes dependents first, and removes the owner's finalizer once no dependent blocks it. */
function foreground(parts: Parts, place: Place, owner: Obj) {
  const { owners } = parts;
  let blocked = false;
  for (const p of owners.dependents(owner.metadata.uid)) {
    const dependent = object(parts, p);
    const ref = dependent?.metadata.ownerReferences?.find(o => o.uid === owner.metadata.uid);
    if (!dependent || !ref) continue;
    const others = (dependent.metadata.ownerReferences ?? []).filter(o => o !== ref && owners.exists(o.uid));
    if (others.length > 0) {
      dropOwners(parts, p, [owner.metadata.uid]);
      continue;
    }
    remove(parts, p, dependent, owners.dependents(dependent.metadata.uid).length > 0 ? 'Foreground' : 'Background');
    blocked ||= ref.blockOwnerDeletion === true && object(parts, p) !== undefined;
  }
  if (!blocked) dropFinalizer(parts, place, FOREGROUND);
}

function orphan(parts: Parts, place: Place, owner: Obj) {
  const { owners } = parts;
  for (const p of owners.dependents(owner.metadata.uid)) dropOwners(parts, p, [owner.metadata.uid]);
  dropFinalizer(parts, place, ORPHAN);
}

function settle(parts: Parts, place: Place, o: Obj) {
  const { owners } = parts;
  const finalizers = o.metadata.deletionTimestamp ? (o.metadata.finalizers ?? []) : [];
  if (finalizers.includes(ORPHAN)) orphan(parts, place, o);
  else if (finalizers.includes(FOREGROUND)) foreground(parts, place, o);
  const action = collectorActionFor(o.metadata.ownerReferences ?? [], owners.exists);
  if (action === 'collect') remove(parts, place, o, 'Background');
  else if (action !== 'keep') dropOwners(parts, place, action.drop);
}
