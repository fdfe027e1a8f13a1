import { isRecordKey } from '../../faults/recognition.ts';
import { TYPE_LABEL } from '../../injection/record/markers.ts';
import type { KubeObject, ManagedField } from '../../k8s/object.ts';
import { hasSubresources } from './kinds.ts';

/** The marks of an injection that are keys of this map of annotations or labels: records, facts about one, the type label. */
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
 * The way by which marks came onto this object that whoever wrote them may not be allowed to write, in words; undefined where they came
 * through the object itself. Whoever may write only `status` may write annotations that way, and nothing of the spec; the server does not
 * let such a request change managedFields. Where managedFields does not tell of a mark, its way is not known.
 */
export function byAnotherWay(object: KubeObject): string | undefined {
  const through = entries(object).find(entry => Boolean(entry.subresource) && holdsMarks(entry))?.subresource;
  if (through !== undefined) return `through its subresource ${through}`;
  if (!hasSubresources(object)) return undefined;
  const told = new Set(entries(object).flatMap(marksHeld));
  const isTold = marksIn(object.metadata.annotations, object.metadata.labels).every(mark => told.has(mark));
  return isTold ? undefined : 'by a way that its managedFields do not tell';
}

const SAME_MOMENT_MS = 2_000;
const holdsSpec = ({ fieldsV1 }: ManagedField): boolean => member(fieldsV1, 'f:spec') !== undefined;

/**
 * Whether the marks were on this object from its creation on, written together with its spec by the same writer.
 * Somebody who only marks an object later owns the marks but not the spec.
 */
export function wasMadeMarked(object: KubeObject): boolean {
  const main = entries(object).filter(({ subresource }) => !subresource);
  const [holder, ...others] = main.filter(entry => holdsMarks(entry) || holdsSpec(entry));
  if (holder === undefined || others.length > 0 || !holdsMarks(holder) || !holdsSpec(holder)) return false;
  const created = Date.parse(object.metadata.creationTimestamp ?? '');
  return Math.abs(Date.parse(holder.time ?? '') - created) <= SAME_MOMENT_MS;
}
