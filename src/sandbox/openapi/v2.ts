import type { RawSchema } from '../schema/node.ts';
import { message } from './protobuf.ts';

/** The OpenAPI v2 document: the schemas of all kinds. Paths are left out; clients that need them read version 3. */
export interface SwaggerDocument {
  swagger: '2.0';
  info: { title: string; version: string };
  paths: Record<string, never>;
  definitions: Record<string, SwaggerSchema>;
}

/** The members of a schema that version 2 has and clients validate by. */
interface SwaggerSchema {
  $ref?: string;
  type?: string;
  format?: string;
  required?: readonly string[];
  items?: SwaggerSchema;
  properties?: Record<string, SwaggerSchema>;
  additionalProperties?: SwaggerSchema;
  'x-kubernetes-group-version-kind'?: RawSchema['x-kubernetes-group-version-kind'];
}

/** Puts the named schemas of version 3 documents into one document of version 2. */
export function swaggerOf(schemas: Readonly<Record<string, RawSchema>>, version: string): SwaggerDocument {
  const names = Object.keys(schemas).sort();
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version },
    paths: {},
    definitions: Object.fromEntries(names.map(name => [name, schemaOf(schemas[name] as RawSchema)])),
  };
}

const V3 = '#/components/schemas/';
const V2 = '#/definitions/';

function schemaOf(raw: RawSchema): SwaggerSchema {
  // Version 3 wraps a reference to add a default; version 2 has the plain reference.
  const reference = raw.$ref ?? (raw.allOf?.length === 1 ? raw.allOf[0]?.$ref : undefined);
  if (reference !== undefined) return { $ref: reference.replace(V3, V2) };
  const isEither = raw.format === 'int-or-string' || raw['x-kubernetes-int-or-string'] === true;
  if (isEither) return { type: 'string', format: 'int-or-string' };
  // Objects that keep unknown fields have no description in version 2: with one, clients would refuse those fields.
  const isOpen = raw['x-kubernetes-preserve-unknown-fields'] === true;
  const { properties, additionalProperties, items } = raw;
  const kinds = raw['x-kubernetes-group-version-kind'];
  return {
    ...(raw.type === undefined ? {} : { type: raw.type }),
    ...(raw.format === undefined ? {} : { format: raw.format }),
    ...(raw.required === undefined || isOpen ? {} : { required: raw.required }),
    ...(items === undefined ? {} : { items: schemaOf(items) }),
    ...(properties === undefined || isOpen ? {} : { properties: mapped(properties) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: schemaOf(additionalProperties) } : {}),
    ...(kinds === undefined ? {} : { 'x-kubernetes-group-version-kind': kinds }),
  };
}

const mapped = (schemas: Readonly<Record<string, RawSchema>>): Record<string, SwaggerSchema> =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, schemaOf(schema)]));

/**
 * The document as kubectl asks for it: `application/com.github.proto-openapi.spec.v2@v1.0+protobuf`. Field numbers are those of
 * gnostic's OpenAPIv2.proto.
 */
export function swaggerProtobuf({ swagger, info, definitions }: SwaggerDocument): Buffer {
  return message({
    1: swagger,
    2: message({ 1: info.title, 2: info.version }),
    8: message({}),
    9: message({ 1: named(definitions) }),
  });
}

const named = (schemas: Readonly<Record<string, SwaggerSchema>>): Buffer[] =>
  Object.entries(schemas).map(([name, schema]) => message({ 1: name, 2: schemaBytes(schema) }));

function schemaBytes(schema: SwaggerSchema): Buffer {
  const kinds = schema['x-kubernetes-group-version-kind'];
  return message({
    1: schema.$ref,
    2: schema.format,
    19: schema.required,
    21: schema.additionalProperties && message({ 1: schemaBytes(schema.additionalProperties) }),
    22: schema.type === undefined ? undefined : message({ 1: [schema.type] }),
    23: schema.items && message({ 1: [schemaBytes(schema.items)] }),
    25: schema.properties && message({ 1: named(schema.properties) }),
    31: kinds && [message({ 1: 'x-kubernetes-group-version-kind', 2: message({ 2: JSON.stringify(kinds) }) })],
  });
}
