import type { Store } from '../store.ts';
import type { Obj, Pod } from './kinds.ts';
import { controllerOf } from './pods.ts';

/** The resource, namespace and name of a stored object. */
export interface Place {
  resource: string;
  namespace: string | undefined;
  name: string;
}

/**
 * An index of owners and dependents, updated by the store's changes, so that controllers need not search large
 * namespaces.
 */
export interface Owners {
  /** Objects that name this uid as an owner. */
  dependents(uid: string): Place[];
  /** Pods this uid controls. */
  controlledPods(uid: string): Pod[];
  /** Pods of a namespace that nothing controls. */
  orphanPods(namespace: string): Pod[];
  /** Whether an object with this uid exists. */
  exists(uid: string): boolean;
  find(uid: string): Place | undefined;
  stop(): void;
}

const idOf = (p: Place) => `${p.resource} ${p.namespace ?? ''}/${p.name}`;

/** Follows every change of the store from now on; start it before the first object is stored. */
export function followOwners(store: Store): Owners {
  const byOwner = new Map<string, Map<string, Place>>();
  const byUid = new Map<string, Place>();
  const orphans = new Map<string, Map<string, Place>>();

  const unlink = (o: Obj, place: Place) => {
    for (const owner of o.metadata.ownerReferences ?? []) {
      const set = byOwner.get(owner.uid);
      set?.delete(idOf(place));
      if (set?.size === 0) byOwner.delete(owner.uid);
    }
    if (place.resource === 'pods') orphans.get(place.namespace ?? '')?.delete(place.name);
  };
  const link = (o: Obj, place: Place) => {
    for (const owner of o.metadata.ownerReferences ?? []) {
      const set = byOwner.get(owner.uid) ?? new Map<string, Place>();
      byOwner.set(owner.uid, set.set(idOf(place), place));
    }
    if (place.resource !== 'pods' || controllerOf(o)) return;
    const set = orphans.get(place.namespace ?? '') ?? new Map<string, Place>();
    orphans.set(place.namespace ?? '', set.set(place.name, place));
  };

  const stop = store.watch('*', event => {
    const { name, namespace, uid } = event.object.metadata;
    const place: Place = { resource: event.resource.storedAs ?? event.resource.key, namespace, name };
    if (event.previous) unlink(event.previous as Obj, place);
    if (event.type === 'DELETED') {
      byUid.delete(uid);
      return;
    }
    byUid.set(uid, place);
    link(event.object as Obj, place);
  });
  const podsAt = (places: Iterable<Place>): Pod[] => {
    const found: Pod[] = [];
    for (const p of places) {
      if (p.resource !== 'pods') continue;
      const pod = store.get<Pod>('pods', p.namespace, p.name);
      if (pod) found.push(pod);
    }
    return found;
  };

  return {
    stop,
    dependents: uid => [...(byOwner.get(uid)?.values() ?? [])],
    controlledPods: uid => podsAt(byOwner.get(uid)?.values() ?? []).filter(pod => controllerOf(pod)?.uid === uid),
    orphanPods: namespace => podsAt(orphans.get(namespace)?.values() ?? []),
    exists: uid => byUid.has(uid),
    find: uid => byUid.get(uid),
  };
}
