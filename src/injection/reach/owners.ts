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

/** The owners in the text of an undo record; undefined if the text is anything else. */
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
 * The permissions to restore owner references: to get each owner, which shows whether it is still the same object; and to update the
 * finalizers of an owner with `blockOwnerDeletion`, which servers with the admission plugin OwnerReferencesPermissionEnforcement demand
 * (OpenShift has it).
 */
export function ownerPermissions(owners: readonly OwnerReference[], namespace: string | undefined): Permission[] {
  return owners.flatMap(({ apiVersion, kind, name, blockOwnerDeletion }) => {
    const on = { group: groupOf(apiVersion), kind, name, ...(namespace === undefined ? {} : { namespace }) };
    const getOwner: Permission = { verb: 'get', ...on, for: 'revert' };
    const updateFinalizers: Permission = { verb: 'update', ...on, subresource: 'finalizers', for: 'revert' };
    return blockOwnerDeletion === true ? [getOwner, updateFinalizers] : [getOwner];
  });
}

/**
 * The state of a recorded owner. `same`: it still exists. `recreated`: another object of that kind and name exists. `gone`: none exists,
 * or it is being deleted, and the garbage collector would then delete its dependents.
 */
export type OwnerState = 'same' | 'recreated' | 'gone' | 'unread';

export function ownerState(owner: OwnerReference, live: Live): OwnerState {
  const seen = objectIn(live, keyOf(owner));
  if (seen.state === 'blind' || seen.state === 'unread') return 'unread';
  if (seen.state !== 'found') return 'gone';
  const { uid, deletionTimestamp } = seen.value.metadata;
  if (uid === owner.uid) return 'same';
  return uid === undefined || deletionTimestamp !== undefined ? 'gone' : 'recreated';
}

/** The reference to the object that has the name of a recorded owner now. With the recorded uid, the garbage collector would delete the dependent. */
export function currentReference(owner: OwnerReference, live: Live): OwnerReference {
  const seen = objectIn(live, keyOf(owner));
  return seen.state === 'found' ? { ...owner, uid: seen.value.metadata.uid ?? owner.uid } : owner;
}

/** Whether two references name the same object by group, kind and name, whatever their uids. */
export const hasSameName = (a: OwnerReference, b: OwnerReference): boolean =>
  a.kind === b.kind && a.name === b.name && groupOf(a.apiVersion) === groupOf(b.apiVersion);

/** The names of owners for messages. */
export const ownerNames = (owners: readonly OwnerReference[]): string =>
  owners.map(owner => sanitise(`${owner.kind} ${owner.name} (uid ${owner.uid.slice(0, 8)})`, 120)).join(', ');
