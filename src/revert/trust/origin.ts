import { isRecordKey, TYPE_LABEL } from '../../injection/record/markers.ts';
import type { KubeObject, ManagedField } from '../../k8s/object.ts';

/** Whether this entry of managedFields holds a mark of an injection: a record, facts about one, or the type label. */
function holdsMarks({ fieldsV1 }: ManagedField): boolean {
  const metadata = member(fieldsV1, 'f:metadata');
  const annotations = Object.keys(member(metadata, 'f:annotations') ?? {});
  return (
    annotations.some(key => key.startsWith('f:') && isRecordKey(key.slice(2))) ||
    Object.hasOwn(member(metadata, 'f:labels') ?? {}, `f:${TYPE_LABEL}`)
  );
}

function member(of: unknown, name: string): object | undefined {
  if (typeof of !== 'object' || of === null || !Object.hasOwn(of, name)) return undefined;
  const value = (of as Record<string, unknown>)[name];
  return typeof value === 'object' && value !== null ? value : undefined;
}

const entries = (object: KubeObject): readonly ManagedField[] =>
  Array.isArray(object.metadata.managedFields) ? object.metadata.managedFields : [];

/**
 * The subresource through which marks came onto this object, undefined where none did. Whoever may write only `status` may write
 * annotations that way, and nothing of the spec; the server does not let such a request change managedFields.
 */
export function throughSubresource(object: KubeObject): string | undefined {
  return entries(object).find(entry => Boolean(entry.subresource) && holdsMarks(entry))?.subresource;
}

const SAME_MOMENT_MS = 2_000;
const holdsSpec = ({ fieldsV1 }: ManagedField): boolean => member(fieldsV1, 'f:spec') !== undefined;

/**
 * Whether the marks were on this object from its creation on: whoever wrote its spec, then and alone, wrote them with it. Somebody who
 * only marks an object later holds the marks, and not the spec.
 */
export function wasMadeMarked(object: KubeObject): boolean {
  const main = entries(object).filter(({ subresource }) => !subresource);
  const [holder, ...others] = main.filter(entry => holdsMarks(entry) || holdsSpec(entry));
  if (holder === undefined || others.length > 0 || !holdsMarks(holder) || !holdsSpec(holder)) return false;
  const created = Date.parse(object.metadata.creationTimestamp ?? '');
  return Math.abs(Date.parse(holder.time ?? '') - created) <= SAME_MOMENT_MS;
}
