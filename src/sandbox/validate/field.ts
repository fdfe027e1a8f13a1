import type { StatusCause } from '../status.ts';

/** What is wrong with a field, in the words of the API server. */
export const invalidValue = (field: string, value: unknown, why: string): StatusCause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
  field,
});

/** A required field is missing. */
export const required = (field: string, why = ''): StatusCause => ({
  reason: 'FieldValueRequired',
  message: why ? `Required value: ${why}` : 'Required value',
  field,
});

/** A field must not be set here. */
export const forbiddenField = (field: string, why: string): StatusCause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
});

/** A value is not one of the supported ones. */
export const unsupported = (field: string, value: unknown, supported: readonly unknown[]): StatusCause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map(v => JSON.stringify(v)).join(', ')}`,
  field,
});

/** The cause when a value is set and not one of the supported ones. */
export const unlessOneOf = (field: string, value: unknown, supported: readonly string[]): StatusCause[] =>
  value === undefined || supported.includes(String(value)) ? [] : [unsupported(field, value, supported)];

/** A value that must be unique occurs twice. */
export const duplicate = (field: string, value: unknown): StatusCause => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${JSON.stringify(value)}`,
  field,
});

/** A value has more than `limit` bytes. */
export const tooLong = (field: string, limit: number): StatusCause => ({
  reason: 'FieldValueTooLong',
  message: `Too long: may not be more than ${limit} bytes`,
  field,
});

/** A value refers to something that does not exist. */
export const missing = (field: string, value: unknown): StatusCause => ({
  reason: 'FieldValueNotFound',
  message: `Not found: ${JSON.stringify(value)}`,
  field,
});

const PORT_RANGE = 'must be between 1 and 65535, inclusive';

/** A port out of range. */
export function portCause(field: string, value: unknown): StatusCause[] {
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535;
  return fits ? [] : [invalidValue(field, value, PORT_RANGE)];
}

/** Duplicate names in a list of objects. */
export function duplicates(
  list: readonly Readonly<Record<string, unknown>>[],
  member: string,
  field: string,
): StatusCause[] {
  const seen = new Set<unknown>();
  return list.flatMap((item, i) => {
    const value = item[member];
    if (value === undefined || !seen.has(value)) {
      seen.add(value);
      return [];
    }
    return [duplicate(`${field}[${i}].${member}`, value)];
  });
}
