import { isRecord } from '../object.ts';
import { canonicalQuantity } from '../quantity.ts';
import { isIntOrString, keepsUnknown, type SchemaNode } from './node.ts';

/** A value of the wrong type for its field. The message is that of Go's JSON decoder. */
export class WrongType extends Error {
  /** The message where the API server fills a Go value from a map instead of decoding JSON. */
  readonly fromMapMessage: string | undefined;

  constructor(message: string, fromMapMessage?: string) {
    super(message);
    this.fromMapMessage = fromMapMessage;
  }
}

export interface Coerced {
  value: unknown;
  /** Paths of fields the schema does not have; they were left out. */
  unknown: string[];
}

interface Walk {
  unknown: string[];
  /** Name of the Go struct around the value, and the JSON path to it without list indices. */
  struct: string;
  fields: readonly string[];
}

const shortType = (typeName: string) => typeName.split('.').slice(-2).join('.');

/** The Go type at this place. */
function goType(node: SchemaNode): string {
  const { raw } = node;
  if (node.typeName && !raw.type) return shortType(node.typeName);
  if (raw.type === 'integer') return raw.format ?? 'int64';
  if (raw.type === 'number') return raw.format === 'double' ? 'float64' : 'float32';
  if (raw.type === 'boolean') return 'bool';
  if (raw.type === 'array') return `[]${node.items ? goType(node.items) : 'interface {}'}`;
  if (raw.type === 'object' && node.extra) return `map[string]${goType(node.extra)}`;
  return node.typeName ? shortType(node.typeName) : (raw.type ?? 'interface {}');
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`;
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

function wrong(value: unknown, node: SchemaNode, walk: Walk): WrongType {
  const field = `${walk.struct}.${walk.fields.join('.')}`;
  const type = goType(node);
  const message = `json: cannot unmarshal ${jsonType(value)} into Go struct field ${field} of type ${type}`;
  return new WrongType(message, fromMapMessage(value, node, type));
}

function fromMapMessage(value: unknown, { raw, extra }: SchemaNode, type: string): string {
  const found = Array.isArray(value) ? 'slice' : isRecord(value) ? 'map' : jsonType(value);
  if (raw.type === 'array') return `cannot restore slice from ${found}`;
  if (raw.type !== 'object') return `unrecognized type: ${type}`;
  return extra ? `cannot restore map from ${found}` : `cannot restore struct from: ${found}`;
}

/** Whether a scalar fits; types not listed take anything. */
function fits(value: unknown, node: SchemaNode): boolean {
  if (isIntOrString(node) || (node.raw.oneOf && !node.raw.type))
    return typeof value === 'string' || typeof value === 'number';
  switch (node.raw.type) {
    case 'string':
      return typeof value === 'string';
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    default:
      return true;
  }
}

/** Values a Go struct leaves out when written: absent, empty text, empty lists and maps. */
const isZeroValue = (value: unknown, node: SchemaNode): boolean =>
  value === null ||
  (value === '' && node.raw.default !== '') ||
  (Array.isArray(value) && value.length === 0) ||
  (isRecord(value) && Object.keys(value).length === 0 && node.extra !== undefined);

/** Go boolean fields that are written only when true. */
const PLAIN_FLAGS = new Set([
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'stdin',
  'stdinOnce',
  'tty',
  'readOnly',
  'paused',
  'publishNotReadyAddresses',
  'unschedulable',
  'globalDefault',
]);

/** Go number fields that are written only when not 0. A protobuf body has them all. */
const PLAIN_NUMBERS = new Set(['generation', 'minReadySeconds', 'hostPort', 'nodePort', 'initialDelaySeconds']);

const KEPT_NULL = new Set(['lastProbeTime', 'lastTimestamp', 'firstTimestamp', 'eventTime', 'conditions']);

function coerceObject(value: unknown, node: SchemaNode, walk: Walk, path: string): unknown {
  if (!isRecord(value)) throw wrong(value, node, walk);
  if (keepsUnknown(node)) return value;
  const kept: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) coerceMember(kept, name, member, node, walk, path);
  addZeroValues(kept, node);
  return kept;
}

function coerceMember(
  kept: Record<string, unknown>,
  name: string,
  member: unknown,
  node: SchemaNode,
  walk: Walk,
  path: string,
): void {
  const declared = node.property(name);
  const child = declared ?? node.extra;
  const at = path === '' ? name : `${path}.${name}`;
  if (!child) walk.unknown.push(at);
  else if (member === null) coerceNull(kept, name, child, declared !== undefined);
  else {
    const struct = declared && node.typeName ? (node.typeName.split('.').at(-1) ?? walk.struct) : walk.struct;
    const within = declared ? { ...walk, struct, fields: [...walk.fields, name] } : walk;
    const coerced = coerceAny(member, child, within, at);
    const unset = (coerced === false && PLAIN_FLAGS.has(name)) || (coerced === 0 && PLAIN_NUMBERS.has(name));
    if (!declared || !(unset || isZeroValue(coerced, child))) kept[name] = coerced;
  }
}

/** Null leaves most fields unset; some times are written as null; in a map of texts it is an empty text. */
function coerceNull(kept: Record<string, unknown>, name: string, node: SchemaNode, declared: boolean): void {
  if (KEPT_NULL.has(name)) kept[name] = null;
  else if (!declared && node.raw.type === 'string') kept[name] = '';
}

/** Members a Go struct always writes: zero numbers, empty texts, empty structs. They are the defaults of the schema. */
function addZeroValues(value: Record<string, unknown>, node: SchemaNode): void {
  for (const [name, schema] of Object.entries(node.raw.properties ?? {})) {
    if (schema.default === undefined || value[name] !== undefined) continue;
    const child = node.property(name) as SchemaNode;
    if (!isRecord(schema.default)) value[name] = schema.default;
    else {
      const blank: Record<string, unknown> = {};
      addZeroValues(blank, child);
      value[name] = blank;
    }
  }
}

function coerceAny(value: unknown, node: SchemaNode, walk: Walk, path: string): unknown {
  const { raw } = node;
  if (raw.type === 'array') {
    if (!Array.isArray(value)) throw wrong(value, node, walk);
    const items = node.items;
    return items ? value.map((item, i) => coerceItem(item, items, walk, `${path}[${i}]`)) : value;
  }
  if (raw.type === 'object') return coerceObject(value, node, walk, path);
  if (!fits(value, node)) throw wrong(value, node, walk);
  if (node.typeName?.endsWith('.Quantity')) return quantity(value);
  if (node.typeName?.endsWith('.MicroTime')) refuseInvalidMicroTime(value);
  if (raw.format === 'byte') refuseInvalidBase64(value);
  return value;
}

/** An item of a list. Null is the zero value of the Go type: a struct without members, an empty text. */
function coerceItem(item: unknown, node: SchemaNode, walk: Walk, path: string): unknown {
  const { type, properties } = node.raw;
  const stated = item ?? (type === 'object' || properties ? {} : type === 'string' ? '' : null);
  return stated === null ? null : coerceAny(stated, node, walk, path);
}

const QUANTITY = /^[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

/** Quantities are read as numbers too, and always written as text. */
function quantity(value: unknown): string {
  const text = String(value);
  if (QUANTITY.test(text)) return canonicalQuantity(text);
  throw new WrongType("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
}

const MICRO = '2006-01-02T15:04:05.000000Z07:00';

/** Times of Leases and new Events have six digits after the second. */
function refuseInvalidMicroTime(value: unknown): void {
  const text = String(value);
  const parts = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(.*)$/.exec(text);
  const rest = parts?.[1] ?? '';
  if (parts && /^\.\d{6}(Z|[+-]\d\d:\d\d)$/.test(rest)) return;
  const [found, wanted] = parts ? [rest, '.000000'] : [text, '2006'];
  throw new WrongType(`parsing time ${JSON.stringify(text)} as "${MICRO}": cannot parse "${found}" as "${wanted}"`);
}

function refuseInvalidBase64(value: unknown): void {
  const text = String(value).replace(/[\r\n]/g, '');
  const at = text.search(/[^A-Za-z0-9+/=]/);
  const illegalAt = at >= 0 ? at : text.length % 4 === 0 ? -1 : text.length;
  if (illegalAt >= 0) throw new WrongType(`illegal base64 data at input byte ${illegalAt}`);
}

/** A built-in object as the server's Go types would read and write it. Throws WrongType. */
export function coerceBuiltin(value: Record<string, unknown>, node: SchemaNode): Coerced {
  const walk: Walk = { unknown: [], struct: '', fields: [] };
  return { value: coerceObject(value, node, walk, ''), unknown: walk.unknown };
}

/** A custom object without the fields its schema does not have. */
export function pruneCustom(value: Record<string, unknown>, node: SchemaNode): Coerced {
  const unknown: string[] = [];
  const { metadata, ...rest } = value;
  const pruned = prune(rest, node, '', unknown) as Record<string, unknown>;
  return { value: metadata === undefined ? pruned : { ...pruned, metadata }, unknown };
}

function prune(value: unknown, node: SchemaNode, path: string, unknown: string[]): unknown {
  if (Array.isArray(value)) {
    const items = node.items;
    return items ? value.map((item, i) => prune(item, items, `${path}[${i}]`, unknown)) : value;
  }
  if (!isRecord(value) || isIntOrString(node)) return value;
  const keeps = node.raw['x-kubernetes-preserve-unknown-fields'] || node.raw.additionalProperties === true;
  const kept: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const at = path === '' ? name : `${path}.${name}`;
    const child = node.property(name) ?? node.extra;
    if (child && member === null && !child.raw.nullable && child.raw.default === undefined && child.raw.type) continue;
    if (child) kept[name] = prune(member, child, at, unknown);
    else if (keeps || isEmbeddedField(node, name)) kept[name] = member;
    else unknown.push(at);
  }
  return kept;
}

const isEmbeddedField = (node: SchemaNode, name: string): boolean =>
  node.raw['x-kubernetes-embedded-resource'] === true && ['apiVersion', 'kind', 'metadata'].includes(name);

/** Fills in the defaults of a custom object's schema, in place. A null where the schema allows none counts as absent. */
export function applySchemaDefaults(value: unknown, node: SchemaNode): void {
  if (Array.isArray(value)) {
    const items = node.items;
    if (items) for (const item of value) applySchemaDefaults(item, items);
    return;
  }
  if (!isRecord(value)) return;
  for (const [name, schema] of Object.entries(node.raw.properties ?? {})) {
    if (schema.default === undefined) continue;
    if (value[name] === undefined || (value[name] === null && !schema.nullable))
      value[name] = structuredClone(schema.default);
  }
  for (const [name, member] of Object.entries(value)) {
    const child = node.property(name) ?? node.extra;
    if (child && name !== 'metadata') applySchemaDefaults(member, child);
  }
}
