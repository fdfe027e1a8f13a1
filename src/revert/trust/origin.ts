import { isRecordKey } from '../../faults/recognition.ts';
import { TYPE_LABEL } from '../../injection/record/markers.ts';
import type { KubeObject, ManagedField } from '../../k8s/object.ts';
import { hasSubresources } from './kinds.ts';

/** The keys of these annotations and labels that are marks: undo records, facts, the type label. */
const marksIn = (annotations: object | undefined, labels: object | undefined, prefix = ''): string[] => [
  ...Object.keys(annotations ?? {}).filter(key => key.startsWith(prefix) && isRecordKey(key.slice(prefix.length))),
  ...Object.keys(labels ?? {}).filter(key => key === `${prefix}${TYPE_LABEL}`),
];

/** The marks that this entry of managedFields holds. */
function marksHeld({ fieldsV1 }: ManagedField): string[] {
  const metadata = member(fieldsV1, 'f:metadata');
  return marksIn(member(metadata, 'f:annotations'), member(metadata, 'f:labels'), 'f:').map(key => key.slice(2));
}
const holdsMarks = (entry: ManagedField): boolean => marksHeld(entry).length > 0;

function member(of: unknown, name: string): object | undefined {
  if (typeof of !== 'object' || of === null || !Object.hasOwn(of, name)) return undefined;
  const value = (of as Record<string, unknown>)[name];
  return typeof value === 'object' && value !== null ? value : undefined;
}

const entries = (object: KubeObject): readonly ManagedField[] =>
  Array.isArray(object.metadata.managedFields) ? object.metadata.managedFields : [];

/**
 * How marks were written to this object, if their writer may not be allowed to write the object itself; undefined if they were written
 * with the object. A user who may only write `status` can write annotations through it, but nothing of the spec; the server does not let
 * such a request change managedFields. If managedFields do not list a mark, it is not known how the mark was written.
 */
export function byAnotherWay(object: KubeObject): string | undefined {
  const through = entries(object).find(entry => Boolean(entry.subresource) && holdsMarks(entry))?.subresource;
  if (through !== undefined) return `through its subresource ${through}`;
  if (!hasSubresources(object)) return undefined;
  const told = new Set(entries(object).flatMap(marksHeld));
  const isTold = marksIn(object.metadata.annotations, object.metadata.labels).every(mark => told.has(mark));
  return isTold ? undefined : 'in a way that its managedFields do not show';
}

const SAME_MOMENT_MS = 2_000;
const holdsSpec = ({ fieldsV1 }: ManagedField): boolean => member(fieldsV1, 'f:spec') !== undefined;

/**
 * Whether the marks were on this object from its creation, written together with its spec by the same writer. A user
 * who marks an existing object owns the marks but not the spec.
 */
export function wasMadeMarked(object: KubeObject): boolean {
  const main = entries(object).filter(({ subresource }) => !subresource);
  const [holder, ...others] = main.filter(entry => holdsMarks(entry) || holdsSpec(entry));
  if (holder === undefined || others.length > 0 || !holdsMarks(holder) || !holdsSpec(holder)) return false;
  const created = Date.parse(object.metadata.creationTimestamp ?? '');
  return Math.abs(Date.parse(holder.time ?? '') - created) <= SAME_MOMENT_MS;
}
