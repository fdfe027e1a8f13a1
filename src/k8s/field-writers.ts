import type { KubeObject, ManagedField } from './object.ts';

/**
 * Whether nobody but the injector wrote the field since the record was put on: managedFields moves a field to whoever changes it, through
 * whichever subresource, so a field and a record written in one request have a writer in common until a third party steps in. Of a map,
 * somebody else may own entries that were there before; a later write of theirs may be to any of them. False where managedFields does
 * not say who owns the field or the record: not known is not unchanged.
 */
export function isUntouched(object: KubeObject, field: readonly string[], record: readonly string[]): boolean {
  const ofField = entriesFor(object, field);
  const ofRecord = entriesFor(object, record);
  const injectors = ofRecord.map(writerOf);
  if (!ofField.some(entry => injectors.includes(writerOf(entry)))) return false;
  const since = Math.max(...ofRecord.map(timeOf));
  const others = ofField.filter(entry => !injectors.includes(writerOf(entry)) && hasPartsOf(entry.fieldsV1, field));
  return !others.some(entry => timeOf(entry) > since);
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Whether the record came with a whole object that somebody sent, as a saved YAML that is created or applied again: then one writer owns
 * field and record, whatever was edited in that YAML. An injection changes an object that is there already.
 */
export function isSentWithObject(object: KubeObject, record: readonly string[]): boolean {
  const { annotations = {}, creationTimestamp } = object.metadata;
  const key = record.at(-1)?.slice('f:'.length) ?? '';
  if (annotations[LAST_APPLIED]?.includes(JSON.stringify(key)) === true) return true;
  const made = creationTimestamp === undefined ? Number.NaN : Date.parse(creationTimestamp);
  const entries = entriesFor(object, record);
  // Both are told in whole seconds.
  const cameWhenMade = entries.some(({ time }) => time !== undefined && Math.abs(Date.parse(time) - made) <= 1_000);
  return cameWhenMade && !wasThereBefore(object, entries);
}

/** Whether somebody else made the object, at most in the same second: more than metadata and status of it is theirs. */
function wasThereBefore({ metadata: { managedFields = [] } }: KubeObject, ofRecord: readonly ManagedField[]): boolean {
  const injectors = ofRecord.map(writerOf);
  const since = Math.max(...ofRecord.map(timeOf));
  return managedFields.some(
    entry =>
      !injectors.includes(writerOf(entry)) &&
      (entry.subresource ?? '') === '' &&
      timeOf(entry) <= since &&
      Object.keys(entry.fieldsV1 ?? {}).some(name => name !== 'f:metadata' && name !== 'f:status'),
  );
}

/**
 * Who owns the field at `path`, in the notation of managedFields (`f:data`, `f:mode`), as `manager/operation`, with the subresource where
 * it was written through one, such as `scale`.
 */
export function writersOf(object: KubeObject, path: readonly string[]): string[] {
  return entriesFor(object, path).map(writerOf);
}

const writerOf = ({ manager = '', operation = '', subresource = '' }: ManagedField): string =>
  [manager, operation, ...(subresource === '' ? [] : [subresource])].join('/');

const timeOf = ({ time }: ManagedField): number => (time === undefined ? 0 : Date.parse(time));

/** The entries that own the field; where none does, those that own a parent in one piece, as the schema may have it. */
function entriesFor(object: KubeObject, path: readonly string[]): ManagedField[] {
  const entries = object.metadata.managedFields ?? [];
  const exact = entries.filter(({ fieldsV1 }) => at(fieldsV1, path) !== undefined);
  return exact.length > 0 ? exact : entries.filter(({ fieldsV1 }) => ownsWhole(fieldsV1, path));
}

function ownsWhole(fields: unknown, path: readonly string[]): boolean {
  return path.some((_step, length) => {
    const node = length === 0 ? undefined : at(fields, path.slice(0, length));
    return node !== undefined && Object.keys(node).length === 0;
  });
}

const hasPartsOf = (fields: unknown, path: readonly string[]): boolean =>
  Object.keys(at(fields, path) ?? {}).length > 0;

function at(fields: unknown, path: readonly string[]): object | undefined {
  let node = fields;
  for (const step of path) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, step)) return undefined;
    node = (node as Record<string, unknown>)[step];
  }
  return typeof node === 'object' && node !== null ? node : undefined;
}
