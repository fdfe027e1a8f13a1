import { type Cel, celOf } from '../../cel/cel.ts';
import { isRecord, type KubeObject, sameJson } from '../../object.ts';
import type { RawSchema, SchemaNode } from '../../schema/node.ts';
import type { StatusCause } from '../../status.ts';

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

type Rule = NonNullable<RawSchema['x-kubernetes-validations']>[number];

const rulesOf = ({ raw }: SchemaNode): readonly Rule[] => raw['x-kubernetes-validations'] ?? [];

/** Whether a schema has validation rules anywhere. */
function hasRules(schema: RawSchema): boolean {
  if (schema['x-kubernetes-validations']?.length) return true;
  const { properties, items, additionalProperties } = schema;
  const inner = [...Object.values(properties ?? {}), items, additionalProperties];
  return inner.some(child => typeof child === 'object' && hasRules(child));
}

/** A value as refusals show it: objects and lists are not quoted. */
const quoted = (value: unknown): string =>
  typeof value === 'object' && value !== null ? '' : `${JSON.stringify(value)}: `;

const REFUSALS: Readonly<Record<string, (value: unknown, why: string) => string>> = {
  FieldValueForbidden: (_, why) => `Forbidden: ${why}`,
  FieldValueRequired: (_, why) => `Required value: ${why}`,
  FieldValueDuplicate: value => `Duplicate value: ${JSON.stringify(value)}`,
};

function causeOf(rule: Rule, field: string, value: unknown, why: string): StatusCause {
  const reason = rule.reason ?? 'FieldValueInvalid';
  const text = REFUSALS[reason]?.(value, why) ?? `Invalid value: ${quoted(value)}${why}`;
  return { reason, message: text, field: `${field}${rule.fieldPath ?? ''}` };
}

function messageOf({ rule, message, messageExpression }: Rule, scope: Record<string, unknown>): string {
  const dynamicMessage = messageExpression ? celOf(messageExpression).tryValue(scope) : undefined;
  if (typeof dynamicMessage === 'string' && dynamicMessage.trim() !== '') return dynamicMessage;
  return message ?? `failed rule: ${rule.trim()}`;
}

/** The causes of one rule for a value. A transition rule is not applied to new values. */
function ruleCauses(rule: Rule, value: unknown, old: unknown, field: string): StatusCause[] {
  const expression: Cel = celOf(rule.rule);
  if (expression.mentions('oldSelf') && old === undefined) return [];
  const scope = { self: value, ...(old === undefined ? {} : { oldSelf: old }) };
  try {
    return expression.value(scope) === true ? [] : [causeOf(rule, field, value, messageOf(rule, scope))];
  } catch (error) {
    const message = `Invalid value: "object": ${(error as Error).message} evaluating rule: ${rule.message ?? rule.rule.trim()}`;
    return [{ reason: 'FieldValueInvalid', message, field }];
  }
}

/** The item of the old list with the same keys as a new item. */
function counterpart(item: unknown, old: unknown, { raw }: SchemaNode): unknown {
  const keys = raw['x-kubernetes-list-map-keys'];
  if (raw['x-kubernetes-list-type'] !== 'map' || !keys || !Array.isArray(old) || !isRecord(item)) return undefined;
  return old.find(other => isRecord(other) && keys.every(key => sameJson(other[key], item[key])));
}

/** The causes of all rules of a schema and of the schemas in it. Unchanged values are not checked. */
function allRuleCauses(value: unknown, node: SchemaNode, field: string, old: unknown): StatusCause[] {
  if (value === null || value === undefined || (old !== undefined && sameJson(old, value))) return [];
  const own = rulesOf(node).flatMap(rule => ruleCauses(rule, value, old, field));
  const { items } = node;
  if (Array.isArray(value))
    return items
      ? [
          ...own,
          ...value.flatMap((item, i) => allRuleCauses(item, items, `${field}[${i}]`, counterpart(item, old, node))),
        ]
      : own;
  if (!isRecord(value)) return own;
  const before = isRecord(old) ? old : {};
  const inner = Object.entries(value).flatMap(([name, member]) => {
    const child = node.property(name) ?? node.extra;
    const at = field === '' ? name : `${field}.${name}`;
    return child && at !== 'metadata' ? allRuleCauses(member, child, at, before[name]) : [];
  });
  return [...own, ...inner];
}

/**
 * Adds the causes of the schema's rules to those of a custom object. When an earlier cause keeps the rules from being
 * checked, a note says so instead.
 */
export function withRules(
  causes: readonly StatusCause[],
  node: SchemaNode | undefined,
  object: KubeObject,
  before?: KubeObject,
): StatusCause[] {
  if (!node || !hasRules(node.raw)) return [...causes];
  const isBlocked = causes.some(({ reason }) => BLOCKING.has(reason ?? ''));
  return isBlocked ? [...causes, UNCHECKED] : [...causes, ...allRuleCauses(object, node, '', before)];
}
