import type { RawSchema } from '../schema/node.ts';
import type { StatusCause } from '../status.ts';

const BLOCKING = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

const UNCHECKED: StatusCause = {
  reason: 'FieldValueInvalid',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
  field: '<nil>',
};

/** Whether a schema has validation rules anywhere. */
function hasRules(schema: RawSchema): boolean {
  if (schema['x-kubernetes-validations']?.length) return true;
  const { properties, items, additionalProperties } = schema;
  const inner = [...Object.values(properties ?? {}), items, additionalProperties];
  return inner.some(child => typeof child === 'object' && hasRules(child));
}

/**
 * The causes against a custom object, and that its rules were not looked at because of them. The sandbox evaluates no
 * rules of its own.
 */
export function withUncheckedRules(causes: readonly StatusCause[], schema: RawSchema | undefined): StatusCause[] {
  const blocked = causes.some(({ reason }) => BLOCKING.has(reason ?? ''));
  return blocked && schema && hasRules(schema) ? [...causes, UNCHECKED] : [...causes];
}
