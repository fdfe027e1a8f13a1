import type { OwnerReference } from '../kube/object.ts';
import type { GoValue } from './go-json.ts';

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
