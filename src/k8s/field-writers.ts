import { type KubeObject, LAST_APPLIED, type ManagedField } from './object.ts';

/**
 * Whether only the injector has written the field since the record was written. managedFields assigns a field to
 * whoever changes it, through any subresource, so a field and a record that were written in one request have a common
 * writer until somebody else writes the field. In a map, somebody else may own entries that were there before; a
 * later write of theirs may be to any of them. False when managedFields does not name the owner of the field or the
 * record: unknown does not count as unchanged.
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

/**
 * Who wrote the field although they did not write the record that came with it, as `manager/operation`; undefined where the writers are the
 * same, or where managedFields do not say.
 */
export function rewriterOf(
  object: KubeObject,
  field: readonly string[],
  record: readonly string[],
): string | undefined {
  const injectors = writersOf(object, record);
  const writers = writersOf(object, field);
  if (injectors.length === 0 || writers.some(writer => injectors.includes(writer))) return undefined;
  return writers.at(-1);
}

/**
 * Who else than those who wrote the record has written something below the field, as `manager/operation`; undefined where nobody has, or
 * where managedFields do not say who wrote the record.
 */
export function otherWriterOf(
  object: KubeObject,
  field: readonly string[],
  record: readonly string[],
): string | undefined {
  const injectors = writersOf(object, record);
  const others = (object.metadata.managedFields ?? []).filter(
    entry =>
      (entry.subresource ?? '') === '' &&
      at(entry.fieldsV1, field) !== undefined &&
      !injectors.includes(writerOf(entry)),
  );
  return injectors.length === 0 ? undefined : others.map(writerOf).at(-1);
}

/**
 * Whether the record came with a whole object, such as a saved YAML that was created or applied again: then one
 * writer owns field and record, whatever was edited in the YAML. An injection changes an existing object.
 */
export function isSentWithObject(object: KubeObject, record: readonly string[]): boolean {
  const { annotations = {}, creationTimestamp } = object.metadata;
  const key = record.at(-1)?.slice('f:'.length) ?? '';
  if (annotations[LAST_APPLIED]?.includes(JSON.stringify(key)) === true) return true;
  const made = creationTimestamp === undefined ? Number.NaN : Date.parse(creationTimestamp);
  const entries = entriesFor(object, record);
  // Both times are in whole seconds.
  const writtenAtCreation = entries.some(
    ({ time }) => time !== undefined && Math.abs(Date.parse(time) - made) <= 1_000,
  );
  return writtenAtCreation && !wasThereBefore(object, entries);
}

/**
 * Whether somebody else created the object, at the latest in the same second: they own more than its metadata and
 * status.
 */
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
 * Who owns the field at `path`, in the notation of managedFields (`f:data`, `f:mode`), as `manager/operation`, with
 * the subresource, such as `scale`, if it was written through one.
 */
export function writersOf(object: KubeObject, path: readonly string[]): string[] {
  return entriesFor(object, path).map(writerOf);
}

const writerOf = ({ manager = '', operation = '', subresource = '' }: ManagedField): string =>
  [manager, operation, ...(subresource === '' ? [] : [subresource])].join('/');

const timeOf = ({ time }: ManagedField): number => (time === undefined ? 0 : Date.parse(time));

/** The entries that own the field; if there are none, those that own a parent as a whole, as with atomic fields. */
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
