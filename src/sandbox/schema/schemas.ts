import { type RawSchema, type SchemaNode, schemaNode } from './node.ts';
import { RECORDED_SCHEMAS } from './recorded.ts';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** Which schema belongs to which kind: the built-in ones, and those of CustomResourceDefinitions as they come and go. */
export interface Schemas {
  /** The schema of a kind in a version; undefined where nothing is known of it. */
  of(group: string, version: string, kind: string): SchemaNode | undefined;
  /** The name of a built-in kind's type. */
  typeName(group: string, version: string, kind: string): string | undefined;
  /** Sets the schema of a custom kind; undefined removes it. */
  define(group: string, version: string, kind: string, schema: RawSchema | undefined): void;
}

/** The schemas of the built-in kinds, as recorded from a real server; custom ones are added with `define`. */
export function createSchemas(): Schemas {
  const resolve = (name: string) => RECORDED_SCHEMAS[name];
  const keyOf = (group: string, version: string, kind: string) => `${group}/${version}/${kind}`;
  const names = new Map<string, string>();
  for (const [name, schema] of Object.entries(RECORDED_SCHEMAS)) {
    const kinds = schema['x-kubernetes-group-version-kind'] ?? [];
    if (kinds.length === 1 && kinds[0]) names.set(keyOf(kinds[0].group, kinds[0].version, kinds[0].kind), name);
  }
  const nodes = new Map<string, SchemaNode>();
  return {
    of(group, version, kind) {
      const key = keyOf(group, version, kind);
      const known = nodes.get(key);
      if (known) return known;
      const name = names.get(key);
      if (!name) return undefined;
      const node = schemaNode({ $ref: `#/components/schemas/${name}` }, resolve);
      nodes.set(key, node);
      return node;
    },
    typeName: (group, version, kind) => names.get(keyOf(group, version, kind)),
    define(group, version, kind, schema) {
      const key = keyOf(group, version, kind);
      if (schema) nodes.set(key, schemaNode(withObjectFields(schema), resolve));
      else nodes.delete(key);
    },
  };
}

/** Adds apiVersion, kind and metadata, which every custom object has. */
function withObjectFields(schema: RawSchema): RawSchema {
  return {
    ...schema,
    type: 'object',
    properties: {
      ...schema.properties,
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { $ref: `#/components/schemas/${OBJECT_META}` },
    },
  };
}
