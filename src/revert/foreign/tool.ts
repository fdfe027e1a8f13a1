import type { Write } from '../../injection/write/write.ts';
import type { Json, KubeObject, ObjectRef } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';

export type Meta = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;

/** Another chaos tool: how its faults are recognised in a cluster, and how the tool itself is asked to stop them. */
export interface Tool {
  name: string;
  /** Groups that have few objects, so that even a fast scan reads all of them. */
  groups: readonly string[];
  /** Whether the metadata is reason to read the whole object. */
  isSuspect(object: Meta): boolean;
  /** The fault that is still in or about to be injected, as a phrase; undefined if it is over. */
  remains(object: KubeObject): string | undefined;
  advice: string;
  /** The write that stops it by the tool's own documentation; undefined if no write in the cluster can. */
  ask?(object: KubeObject): Write | undefined;
}

export const groupOfMeta = ({ apiVersion }: Meta): string =>
  apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/'))) || apiVersion;
export const isBeingDeleted = ({ metadata }: Meta): boolean => metadata.deletionTimestamp !== undefined;
export const statusOf = (object: KubeObject): Record<string, unknown> => fieldsOf(object.status);
export const specOf = (object: KubeObject): Record<string, unknown> => fieldsOf(object.spec);
export const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
export const listOf = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.map(fieldsOf) : []);

/** Whether a condition of the object's status is True. */
export const isTrue = (object: KubeObject, condition: string): boolean =>
  listOf(statusOf(object).conditions).some(({ type, status }) => type === condition && status === 'True');

/** Whether a Pod or Job has ended, in success or failure. */
export function hasEnded(object: KubeObject): boolean {
  if (object.kind === 'Pod') return ['Succeeded', 'Failed'].includes(String(statusOf(object).phase ?? ''));
  if (object.kind === 'Job') return isTrue(object, 'Complete') || isTrue(object, 'Failed');
  return false;
}

const bound = ({ uid }: ObjectRef) => (uid === undefined ? {} : { uid });

export function deletes(object: KubeObject, why: string): Write {
  const on = refOf(object);
  return {
    verb: 'delete',
    on,
    precondition: bound(on),
    propagationPolicy: 'Background',
    says: `delete ${nameOf(on)}, ${why}`,
  };
}

/** `body` without metadata.uid: the precondition adds it. */
export function merges(object: KubeObject, body: { [key: string]: Json }, says: string): Write {
  const on = refOf(object);
  return { verb: 'patch', on, patchType: 'merge', body, precondition: bound(on), says };
}
