import type { Live, Permission, Read } from '../../faults/contract.ts';
import type { OwnerReference } from '../../k8s/object.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import { objectIn } from '../live.ts';
import type { GoValue } from '../record/go-json.ts';

/** An owner with its members in the order in which the framework writes them. */
export function asWritten(owner: OwnerReference): Record<string, GoValue> {
  const { apiVersion, kind, name, uid, controller, blockOwnerDeletion } = owner;
  return {
    apiVersion,
    kind,
    name,
    uid,
    ...(controller === undefined ? {} : { controller }),
    ...(blockOwnerDeletion === undefined ? {} : { blockOwnerDeletion }),
  };
}

/** The owners in a record's text; undefined where it holds anything else. */
export function ownersIn(text: unknown): OwnerReference[] | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.length > 0 && value.every(isOwner) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isOwner(value: unknown): value is OwnerReference {
  if (typeof value !== 'object' || value === null) return false;
  const { apiVersion, kind, name, uid, controller, blockOwnerDeletion } = value as Record<string, unknown>;
  const isNamed = [apiVersion, kind, name, uid].every(text => typeof text === 'string' && text !== '');
  return isNamed && [controller, blockOwnerDeletion].every(flag => flag === undefined || typeof flag === 'boolean');
}

const keyOf = (owner: OwnerReference) => `owner ${owner.uid}`;

/**
 * Each owner is read, because a reference to an owner that is gone or was recreated must not be restored: the garbage
 * collector would delete the object.
 */
export function ownerReads(owners: readonly OwnerReference[], namespace: string | undefined): Read[] {
  const place = namespace === undefined ? {} : { namespace };
  return owners.map(owner => {
    const { apiVersion, kind, name } = owner;
    return { key: keyOf(owner), get: { apiVersion, kind, ...place, name } };
  });
}

/**
 * What giving an object back to its owners needs: a look at each, to see that it is still the same, and, for one whose deletion the object
 * holds up, the right to update its finalizers. Servers with the admission plugin OwnerReferencesPermissionEnforcement, such as those of
 * OpenShift, demand that one.
 */
export function ownerPermissions(owners: readonly OwnerReference[], namespace: string | undefined): Permission[] {
  return owners.flatMap(({ apiVersion, kind, name, blockOwnerDeletion }) => {
    const on = { group: groupOf(apiVersion), kind, name, ...(namespace === undefined ? {} : { namespace }) };
    const look: Permission = { verb: 'get', ...on, for: 'revert' };
    const block: Permission = { verb: 'update', ...on, subresource: 'finalizers', for: 'revert' };
    return blockOwnerDeletion === true ? [look, block] : [look];
  });
}

/**
 * What became of a recorded owner: `same` object, `anew`: another object of that kind and name is in its place, `gone`: none is, or one
 * that is being deleted, which would take what it owns along.
 */
export type Standing = 'same' | 'anew' | 'gone' | 'unread';

export function standing(owner: OwnerReference, live: Live): Standing {
  const seen = objectIn(live, keyOf(owner));
  if (seen.state === 'blind' || seen.state === 'unread') return 'unread';
  if (seen.state !== 'found') return 'gone';
  const { uid, deletionTimestamp } = seen.value.metadata;
  if (uid === owner.uid) return 'same';
  return uid === undefined || deletionTimestamp !== undefined ? 'gone' : 'anew';
}

/** The reference to what stands in the place of a recorded owner now: under the recorded uid the garbage collector would delete its dependent. */
export function asItStands(owner: OwnerReference, live: Live): OwnerReference {
  const seen = objectIn(live, keyOf(owner));
  return seen.state === 'found' ? { ...owner, uid: seen.value.metadata.uid ?? owner.uid } : owner;
}

/** Whether two references name the same object by group, kind and name, whatever their uids. */
export const isNamesake = (a: OwnerReference, b: OwnerReference): boolean =>
  a.kind === b.kind && a.name === b.name && groupOf(a.apiVersion) === groupOf(b.apiVersion);

/** Owners as messages name them. */
export const named = (owners: readonly OwnerReference[]): string =>
  owners.map(owner => sanitise(`${owner.kind} ${owner.name} (uid ${owner.uid.slice(0, 8)})`, 120)).join(', ');
