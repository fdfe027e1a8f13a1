import { part } from '../../defaults/fill.ts';
import { isRecord } from '../../object.ts';
import { pruneCustom } from '../../schema/coerce.ts';
import { type RawSchema, schemaNode } from '../../schema/node.ts';
import type { StatusCause } from '../../status.ts';
import { forbiddenField, invalidValue, required, unsupported } from '../field.ts';
import { customCauses } from './custom.ts';
import { expressionCause } from './expressions.ts';

/** An unchecked schema of a definition; its members may have any type. */
type Schema = Readonly<Record<string, unknown>>;

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const LIST = 'x-kubernetes-list-type';
const KEYS = 'x-kubernetes-list-map-keys';
const MAP = 'x-kubernetes-map-type';
const EMBEDDED = 'x-kubernetes-embedded-resource';
const PRESERVES = 'x-kubernetes-preserve-unknown-fields';
const INT_OR_STRING = 'x-kubernetes-int-or-string';

/** Every level of a structural schema states its type, unless it accepts anything. */
function typeCauses(schema: Schema, field: string, root: boolean): StatusCause[] {
  const { type } = schema;
  const at = `${field}.type`;
  const anything = schema[INT_OR_STRING] === true || schema[PRESERVES] === true || schema.$ref !== undefined;
  if (!type)
    return anything && !root
      ? []
      : [required(at, root ? 'must not be empty at the root' : 'must not be empty for specified object fields')];
  if (!TYPES.includes(String(type))) return [unsupported(at, type, TYPES)];
  return root && type !== 'object' ? [invalidValue(at, type, 'must be object at the root')] : [];
}

/** The list type or map type of a schema, and the keys of list items. */
function topologyCauses(schema: Schema, field: string): StatusCause[] {
  const [list, map, items] = [schema[LIST], schema[MAP], part(schema, 'items')];
  const causes: StatusCause[] = [];
  if (map !== undefined && map !== 'atomic' && map !== 'granular')
    causes.push(unsupported(`${field}.${MAP}`, map, ['atomic', 'granular']));
  if (list === undefined) return causes;
  if (schema.type !== 'array')
    return [...causes, invalidValue(`${field}.type`, schema.type, `must be array if ${LIST} is specified`)];
  if (!['atomic', 'set', 'map'].includes(String(list)))
    return [...causes, unsupported(`${field}.${LIST}`, list, ['atomic', 'set', 'map'])];
  if (list === 'set' && items?.type === 'object' && items[MAP] !== 'atomic')
    causes.push(
      invalidValue(`${field}.items.${MAP}`, items[MAP] ?? null, `must be atomic as item of a list with ${LIST}=set`),
    );
  return list === 'map' ? [...causes, ...keyCauses(schema, items ?? {}, field)] : causes;
}

function keyCauses(schema: Schema, items: Schema, field: string): StatusCause[] {
  const keys = Array.isArray(schema[KEYS]) ? schema[KEYS].map(String) : [];
  if (keys.length === 0) return [required(`${field}.${KEYS}`, `must not be empty if ${LIST} is map`)];
  const properties = part(items, 'properties') ?? {};
  if (!keys.every(key => key in properties))
    return [invalidValue(`${field}.${KEYS}`, keys, 'entries must all be names of item properties')];
  const stated = Array.isArray(items.required) ? items.required : [];
  const why = `this property is in ${KEYS}, so it must have a default or be a required property`;
  return keys
    .filter(key => !stated.includes(key) && part(properties, key)?.default === undefined)
    .map(key => required(`${field}.items.properties[${key}].default`, why));
}

/** Whether JavaScript can read a pattern; nearly all of Go's regular expressions work. */
function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}

/** The causes for schema members that structural schemas must not have. */
function forbiddenMemberCauses(schema: Schema, field: string): StatusCause[] {
  const causes: StatusCause[] = [];
  if (schema.$ref !== undefined) causes.push(forbiddenField(`${field}.$ref`, '$ref is not supported'));
  if (schema.uniqueItems === true)
    causes.push(
      forbiddenField(
        `${field}.uniqueItems`,
        'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      ),
    );
  if (schema.properties !== undefined && schema.additionalProperties)
    causes.push(
      forbiddenField(`${field}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'),
    );
  if (schema.type === 'array' && !isRecord(schema.items)) causes.push(required(`${field}.items`, 'must be specified'));
  if (typeof schema.pattern === 'string' && !isPattern(schema.pattern))
    causes.push(invalidValue(`${field}.pattern`, schema.pattern, "must be a valid regular expression, but isn't"));
  return causes;
}

function embeddedCauses(schema: Schema, field: string): StatusCause[] {
  if (schema[EMBEDDED] !== true) return [];
  const isBare = schema[PRESERVES] !== true && Object.keys(part(schema, 'properties') ?? {}).length === 0;
  const why = `must not be empty if ${EMBEDDED} is true without ${PRESERVES}`;
  return [
    ...(isBare ? [required(`${field}.properties`, why)] : []),
    ...(schema.type === 'object'
      ? []
      : [invalidValue(`${field}.type`, schema.type, `must be object if ${EMBEDDED} is true`)]),
  ];
}

/** A default must be valid by its schema and have no unknown fields. */
function defaultCauses(schema: Schema, field: string): StatusCause[] {
  const value = schema.default;
  if (value === undefined) return [];
  const node = schemaNode(schema as RawSchema, () => undefined);
  const at = `${field}.default`;
  const isKnown = !isRecord(value) || pruneCustom(value, node).unknown.length === 0;
  if (!isKnown) return [invalidValue(at, value, 'must not have unknown fields')];
  return customCauses(value, node).map(cause => ({ ...cause, field: at }));
}

function rulesCauses(schema: Schema, field: string): StatusCause[] {
  const rules = schema['x-kubernetes-validations'];
  return (Array.isArray(rules) ? rules : []).flatMap((rule, i) => {
    const at = `${field}.x-kubernetes-validations[${i}].rule`;
    const source = isRecord(rule) ? String(rule.rule ?? '') : '';
    return source === '' ? [required(at, 'rule is not specified')] : expressionCause(at, source);
  });
}

/** What is wrong with a schema of a CustomResourceDefinition and all schemas in it. */
export function structuralCauses(schema: Schema, field: string, root = true): StatusCause[] {
  const inner = (child: unknown, at: string) =>
    isRecord(child) ? structuralCauses(child, `${field}.${at}`, false) : [];
  const typed = typeCauses(schema, field, root);
  const own = [
    ...topologyCauses(schema, field),
    ...forbiddenMemberCauses(schema, field),
    ...embeddedCauses(schema, field),
    ...rulesCauses(schema, field),
  ];
  return [
    ...typed,
    ...own,
    // A default is checked only against a valid schema.
    ...(typed.length + own.length === 0 ? defaultCauses(schema, field) : []),
    ...Object.entries(part(schema, 'properties') ?? {}).flatMap(([name, child]) => inner(child, `properties[${name}]`)),
    ...inner(schema.items, 'items'),
    ...inner(schema.additionalProperties, 'additionalProperties'),
  ];
}
