/** A schema as OpenAPI and CustomResourceDefinitions write it. */
export interface RawSchema {
  type?: string;
  format?: string;
  $ref?: string;
  allOf?: readonly RawSchema[];
  oneOf?: readonly RawSchema[];
  anyOf?: readonly RawSchema[];
  not?: RawSchema;
  properties?: Readonly<Record<string, RawSchema>>;
  additionalProperties?: boolean | RawSchema;
  items?: RawSchema;
  required?: readonly string[];
  enum?: readonly unknown[];
  default?: unknown;
  nullable?: boolean;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  minProperties?: number;
  maxProperties?: number;
  'x-kubernetes-validations'?: readonly {
    rule: string;
    message?: string;
    messageExpression?: string;
    reason?: string;
    fieldPath?: string;
  }[];
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  'x-kubernetes-list-map-keys'?: readonly string[];
  'x-kubernetes-map-type'?: 'atomic' | 'granular';
  'x-kubernetes-patch-strategy'?: string;
  'x-kubernetes-patch-merge-key'?: string;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-embedded-resource'?: boolean;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

/** One place in a schema. References are resolved; children are resolved on demand, since schemas can be recursive. */
export interface SchemaNode {
  /** The schema here, with the members of what it refers to. */
  readonly raw: RawSchema;
  /** The name of the shared type it refers to, if any: `io.k8s.api.core.v1.PodSpec`. */
  readonly typeName: string | undefined;
  property(name: string): SchemaNode | undefined;
  /** The schema of members that are not named properties. */
  readonly extra: SchemaNode | undefined;
  readonly items: SchemaNode | undefined;
  /** A node of another schema at the same place, such as an alternative. */
  beside(schema: RawSchema): SchemaNode;
}

export type Resolve = (typeName: string) => RawSchema | undefined;

const REFERENCE = '#/components/schemas/';

/** A node of a schema whose references `resolve` looks up. */
export function schemaNode(schema: RawSchema, resolve: Resolve): SchemaNode {
  const { raw, typeName } = flatten(schema, resolve);
  const children = new Map<string, SchemaNode>();
  let items: SchemaNode | undefined;
  let extra: SchemaNode | undefined;
  return {
    raw,
    typeName,
    property(name) {
      const known = children.get(name);
      if (known) return known;
      const child = raw.properties && Object.hasOwn(raw.properties, name) ? raw.properties[name] : undefined;
      if (!child) return undefined;
      const node = schemaNode(child, resolve);
      children.set(name, node);
      return node;
    },
    beside: other => schemaNode(other, resolve),
    get items() {
      if (!items && raw.items) items = schemaNode(raw.items, resolve);
      return items;
    },
    get extra() {
      if (!extra && typeof raw.additionalProperties === 'object') extra = schemaNode(raw.additionalProperties, resolve);
      return extra;
    },
  };
}

function flatten(schema: RawSchema, resolve: Resolve): { raw: RawSchema; typeName: string | undefined } {
  const reference = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]?.$ref : undefined);
  if (!reference?.startsWith(REFERENCE)) return { raw: schema, typeName: undefined };
  const typeName = reference.slice(REFERENCE.length);
  const target = resolve(typeName);
  if (!target) return { raw: schema, typeName };
  const { allOf: _all, $ref: _ref, ...own } = schema;
  return { raw: { ...target, ...own }, typeName };
}

/** Whether unknown members are kept here as they come. */
export function keepsUnknown(node: SchemaNode): boolean {
  const { raw } = node;
  if (raw['x-kubernetes-preserve-unknown-fields'] || raw.additionalProperties === true) return true;
  return !raw.properties && raw.additionalProperties === undefined;
}

/** Whether the value here may be a number or a string. */
export function isIntOrString(node: SchemaNode): boolean {
  return node.raw['x-kubernetes-int-or-string'] === true || node.raw.format === 'int-or-string';
}
