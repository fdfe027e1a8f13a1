import { isRecord, sameJson } from '../../object.ts';
import { isIntOrString, type RawSchema, type SchemaNode } from '../../schema/node.ts';
import type { StatusCause } from '../../status.ts';
import { duplicate, invalidValue, required, unsupported } from '../field.ts';
import { isOfFormat } from './formats.ts';

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
};

const isOfType = (value: unknown, type: string) =>
  typeOf(value) === type || (type === 'number' && typeof value === 'number');

function wrongType(value: unknown, field: string, type: string): StatusCause {
  const found = JSON.stringify(typeOf(value));
  return {
    reason: 'FieldValueTypeInvalid',
    message: `Invalid value: ${found}: ${field} in body must be of type ${type}: ${found}`,
    field,
  };
}

const wrongFormat = (value: string, field: string, format: string): StatusCause => ({
  reason: 'FieldValueTypeInvalid',
  message: `Invalid value: ${JSON.stringify(value)}: ${field} in body must be of type ${format}: ${JSON.stringify(value)}`,
  field,
});

const INT32 = 2_147_483_647;

/** A cause without a field. */
const withoutField = (why: string): StatusCause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: "": ${why}`,
  field: '<nil>',
});

function numberCauses(value: number, raw: RawSchema, field: string): StatusCause[] {
  const causes: StatusCause[] = [];
  const { minimum, maximum } = raw;
  const bad = (why: string) => causes.push(invalidValue(field, value, `${field} in body should be ${why}`));
  if (minimum !== undefined && (value < minimum || (raw.exclusiveMinimum && value === minimum)))
    bad(`greater than ${raw.exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
  if (maximum !== undefined && (value > maximum || (raw.exclusiveMaximum && value === maximum)))
    bad(`less than ${raw.exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
  const bits = raw.type === 'integer' && raw.format === 'int32' ? INT32 : Number.POSITIVE_INFINITY;
  if (value > bits || value < -bits - 1)
    causes.push(withoutField(`Checked value must be of type integer with format int32 in ${field}`));
  if (raw.multipleOf && value % raw.multipleOf !== 0) bad(`a multiple of ${raw.multipleOf}`);
  return causes;
}

function textCauses(value: string, raw: RawSchema, field: string): StatusCause[] {
  const causes: StatusCause[] = [];
  if (raw.maxLength !== undefined && value.length > raw.maxLength)
    causes.push({
      reason: 'FieldValueTooLong',
      message: `Too long: may not be more than ${raw.maxLength} bytes`,
      field,
    });
  if (raw.minLength !== undefined && value.length < raw.minLength)
    causes.push(invalidValue(field, value, `${field} in body should be at least ${raw.minLength} chars long`));
  if (raw.pattern !== undefined && !matches(value, raw.pattern))
    causes.push(invalidValue(field, value, `${field} in body should match '${raw.pattern}'`));
  if (raw.format !== undefined && !isOfFormat(value, raw.format)) causes.push(wrongFormat(value, field, raw.format));
  return causes;
}

function matches(value: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    // JavaScript cannot read this pattern, so the value is accepted.
    return true;
  }
}

function listCauses(value: readonly unknown[], node: SchemaNode, field: string, old: unknown): StatusCause[] {
  const { raw, items } = node;
  const causes: StatusCause[] = [];
  if (raw.maxItems !== undefined && value.length > raw.maxItems)
    causes.push({
      reason: 'FieldValueTooMany',
      message: `Too many: ${value.length}: must have at most ${raw.maxItems} items`,
      field,
    });
  if (raw.minItems !== undefined && value.length < raw.minItems)
    causes.push(invalidValue(field, value.length, `${field} in body should have at least ${raw.minItems} items`));
  causes.push(...repeated(value, raw, field));
  if (items)
    for (const [i, item] of value.entries())
      causes.push(...customCauses(item, items, `${field}[${i}]`, Array.isArray(old) ? old[i] : undefined));
  return causes;
}

/** The duplicate items of a set list or a map list. */
function repeated(value: readonly unknown[], raw: RawSchema, field: string): StatusCause[] {
  const kind = raw['x-kubernetes-list-type'];
  if (kind !== 'set' && kind !== 'map') return [];
  const keys = raw['x-kubernetes-list-map-keys'] ?? [];
  const identity = (item: unknown) =>
    kind === 'map' && isRecord(item) ? Object.fromEntries(keys.map(key => [key, item[key]])) : item;
  const seen = new Set<string>();
  return value.flatMap((item, i) => {
    const text = JSON.stringify(identity(item));
    if (seen.has(text)) return [duplicate(`${field}[${i}]`, identity(item))];
    seen.add(text);
    return [];
  });
}

function objectCauses(value: Record<string, unknown>, node: SchemaNode, field: string, old: unknown): StatusCause[] {
  const at = (name: string) => (field === '' ? name : `${field}.${name}`);
  const before = isRecord(old) ? old : {};
  const causes: StatusCause[] = (node.raw.required ?? [])
    .filter(name => value[name] === undefined)
    .map(name => required(at(name)));
  for (const name of Object.keys(value).sort()) {
    const child = node.property(name) ?? node.extra;
    if (child && !(field === '' && name === 'metadata'))
      causes.push(...customCauses(value[name], child, at(name), before[name]));
  }
  const { minProperties, maxProperties } = node.raw;
  const size = Object.keys(value).length;
  if (minProperties !== undefined && size < minProperties)
    causes.push(invalidValue(field, size, `${field} in body should have at least ${minProperties} properties`));
  if (maxProperties !== undefined && size > maxProperties)
    causes.push({
      reason: 'FieldValueTooMany',
      message: `Too many: ${size}: must have at most ${maxProperties} items`,
      field,
    });
  return causes;
}

/** The wrong type of a value. A fraction in place of an integer gets two causes, as on a real server. */
function otherType(value: unknown, raw: RawSchema, field: string, type: string): StatusCause[] {
  const isFraction = type === 'integer' && typeof value === 'number';
  const format = raw.format ? `with format ${raw.format}` : '(default format)';
  const checked = withoutField(`Checked value must be of type integer ${format} in ${field}`);
  return [...(isFraction ? [checked] : []), wrongType(value, field, type)];
}

/** The causes of allOf, anyOf, oneOf and not. */
function alternativeCauses(value: unknown, node: SchemaNode, field: string): StatusCause[] {
  const { oneOf, anyOf, not } = node.raw;
  const tried = (schemas: readonly RawSchema[]) =>
    schemas.map(schema => customCauses(value, node.beside(schema), field));
  const named = JSON.stringify(field);
  const causes: StatusCause[] = [];
  const one = tried(oneOf ?? []);
  const fitting = one.filter(found => found.length === 0).length;
  if (oneOf && fitting !== 1) {
    const found = fitting === 0 ? 'Found none valid' : `Found ${fitting} valid alternatives`;
    causes.push(withoutField(`${named} must validate one and only one schema (oneOf). ${found}`));
    if (fitting === 0) causes.push(...(one[0] ?? []));
  }
  const any = tried(anyOf ?? []);
  if (anyOf && any.every(found => found.length > 0))
    causes.push(withoutField(`${named} must validate at least one schema (anyOf)`), ...(any[0] ?? []));
  if (not && tried([not])[0]?.length === 0) causes.push(withoutField(`${named} must not validate the schema (not)`));
  return causes;
}

/** An embedded object must state its apiVersion and kind. */
const embeddedCauses = (value: unknown, raw: RawSchema, field: string): StatusCause[] =>
  raw['x-kubernetes-embedded-resource'] === true && isRecord(value)
    ? ['apiVersion', 'kind'].filter(name => !value[name]).map(name => required(`${field}.${name}`))
    : [];

/**
 * What is wrong with a custom object by its schema. A value that an update leaves unchanged is accepted, even if the
 * schema has become stricter.
 */
export function customCauses(value: unknown, node: SchemaNode, field = '', old?: unknown): StatusCause[] {
  if (old !== undefined && sameJson(old, value)) return [];
  const { raw } = node;
  if (value === null) return raw.nullable || !raw.type ? [] : [wrongType(value, field, raw.type)];
  if (isIntOrString(node))
    return typeof value === 'string' || typeof value === 'number' ? [] : [wrongType(value, field, 'integer,string')];
  if (raw.type && !isOfType(value, raw.type)) return otherType(value, raw, field, raw.type);
  const causes: StatusCause[] = [];
  if (raw.enum && !raw.enum.some(allowed => sameJson(allowed, value))) causes.push(unsupported(field, value, raw.enum));
  if (typeof value === 'number') causes.push(...numberCauses(value, raw, field));
  if (typeof value === 'string') causes.push(...textCauses(value, raw, field));
  causes.push(...alternativeCauses(value, node, field), ...embeddedCauses(value, raw, field));
  if (Array.isArray(value)) causes.push(...listCauses(value, node, field, old));
  else if (isRecord(value)) causes.push(...objectCauses(value, node, field, old));
  return causes;
}
