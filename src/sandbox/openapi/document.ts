import { createHash } from 'node:crypto';
import { servedGroups } from '../discovery/documents.ts';
import { groupVersion, type Registry, type ResourceInfo } from '../registry.ts';
import type { RawSchema } from '../schema/node.ts';
import { RECORDED_SCHEMAS } from '../schema/recorded.ts';
import { operationsOf } from './paths.ts';
import { type SwaggerDocument, swaggerOf } from './v2.ts';

/** A published schema of a custom kind. */
export interface CustomSchema {
  group: string;
  version: string;
  kind: string;
  listKind: string;
  schema: RawSchema;
}

export interface OpenApi {
  /** `/openapi/v3`: where the document of each group and version is. */
  index(): unknown;
  /** `/openapi/v3/apis/<group>/<version>`; undefined when not served. */
  document(path: string): { body: unknown; hash: string } | undefined;
  /** `/openapi/v2`: every kind in one document. */
  swagger(): SwaggerDocument;
}

interface Document {
  body: {
    openapi: string;
    info: object;
    paths: object;
    components: { schemas: Record<string, RawSchema>; securitySchemes: object };
  };
  hash: string;
}

const PREFIX = '#/components/schemas/';
const KUBERNETES = '1.36';

/** Names of the schemas a schema refers to. */
function references(schema: unknown, into: Set<string>): void {
  if (Array.isArray(schema)) for (const item of schema) references(item, into);
  else if (typeof schema === 'object' && schema !== null) {
    for (const [name, value] of Object.entries(schema)) {
      if (name === '$ref' && typeof value === 'string' && value.startsWith(PREFIX))
        into.add(value.slice(PREFIX.length));
      else references(value, into);
    }
  }
}

/** The named schemas and all schemas that they refer to. */
function withReferenced(
  names: Iterable<string>,
  known: Readonly<Record<string, RawSchema>>,
): Record<string, RawSchema> {
  const found: Record<string, RawSchema> = {};
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const schema = known[name];
    if (!schema || found[name]) continue;
    found[name] = schema;
    const next = new Set<string>();
    references(schema, next);
    open.push(...next);
  }
  return Object.fromEntries(
    Object.keys(found)
      .sort()
      .map(name => [name, found[name] as RawSchema]),
  );
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const ALWAYS = [`${META}.APIResourceList`];
/** Shared schemas that the operations on stored objects refer to. */
const FOR_STORED = ['DeleteOptions', 'Patch', 'Status', 'WatchEvent'].map(n => `${META}.${n}`);

/** `ex.example.com`, `v1`, `Gizmo` as a schema name: `com.example.ex.v1.Gizmo`. */
const customName = (group: string, version: string, kind: string): string =>
  `${group.split('.').reverse().join('.')}.${version}.${kind}`;

function customSchemas(custom: readonly CustomSchema[]): Record<string, RawSchema> {
  const schemas: Record<string, RawSchema> = {};
  for (const { group, version, kind, listKind, schema } of custom) {
    const name = customName(group, version, kind);
    schemas[name] = {
      ...schema,
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { allOf: [{ $ref: `${PREFIX}${META}.ObjectMeta` }] },
        ...Object.fromEntries(
          Object.entries(schema.properties ?? {}).filter(([n]) => !['apiVersion', 'kind', 'metadata'].includes(n)),
        ),
      },
      'x-kubernetes-group-version-kind': [{ group, kind, version }],
    };
    schemas[customName(group, version, listKind)] = {
      type: 'object',
      required: ['items'],
      properties: {
        apiVersion: { type: 'string' },
        items: { type: 'array', items: { $ref: `${PREFIX}${name}` } },
        kind: { type: 'string' },
        metadata: { allOf: [{ $ref: `${PREFIX}${META}.ListMeta` }] },
      },
      'x-kubernetes-group-version-kind': [{ group, kind: listKind, version }],
    };
  }
  return schemas;
}

function schemaNamesOf(infos: readonly ResourceInfo[], group: string, version: string): string[] {
  const kinds = new Set(infos.flatMap(info => [info.kind, info.listKind, ...info.subresources.map(s => s.kind)]));
  return Object.entries(RECORDED_SCHEMAS).flatMap(([name, schema]) => {
    const gvks = schema['x-kubernetes-group-version-kind'] ?? [];
    const mine = gvks.some(g => kinds.has(g.kind) && ((g.group === group && g.version === version) || isShared(g)));
    return mine && !name.startsWith(`${META}.`) ? [name] : [];
  });
}

/** Kinds of subresources that belong to other groups. */
const isShared = (g: { group: string; kind: string }): boolean =>
  (g.kind === 'Scale' && g.group === 'autoscaling') ||
  (g.kind === 'Eviction' && g.group === 'policy') ||
  (g.kind === 'TokenRequest' && g.group === 'authentication.k8s.io');

/**
 * The OpenAPI documents of everything that the registry serves. Each is built when it is first requested after a
 * change.
 */
export function createOpenApi(registry: Registry, customKinds: () => readonly CustomSchema[]): OpenApi {
  let generation = 0;
  const documents = new Map<string, Document>();

  const make = (group: string, version: string) => {
    const infos = registry.all().filter(i => i.group === group && i.versions.includes(version));
    if (infos.length === 0) return undefined;
    const custom = customSchemas(customKinds().filter(c => c.group === group && c.version === version));
    const known = { ...RECORDED_SCHEMAS, ...custom };
    const stored = infos.some(info => info.verbs.includes('list'));
    const names = [
      ...ALWAYS,
      ...(stored ? FOR_STORED : []),
      ...schemaNamesOf(infos, group, version),
      ...Object.keys(custom),
    ];
    const body: Document['body'] = {
      openapi: '3.0.0',
      info: { title: 'Kubernetes', version: KUBERNETES },
      paths: operationsOf(infos, group, version),
      components: {
        schemas: withReferenced(names, known),
        securitySchemes: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
      },
    };
    const hash = createHash('sha512').update(JSON.stringify(body)).digest('hex').toUpperCase();
    return { body, hash };
  };

  const document = (path: string) => {
    if (generation !== registry.generation()) {
      documents.clear();
      generation = registry.generation();
    }
    const known = documents.get(path);
    if (known) return known;
    const [root, ...rest] = path.split('/');
    const [group = '', version = ''] = root === 'api' ? ['', rest[0]] : rest;
    const made = make(group, version);
    if (made) documents.set(path, made);
    return made;
  };

  const paths = () =>
    servedGroups(registry).flatMap(({ group, versions }) =>
      versions.map(version => `${group ? 'apis' : 'api'}/${groupVersion(group, version)}`),
    );

  return {
    document,
    swagger() {
      const schemas = paths().map(path => document(path)?.body.components.schemas ?? {});
      return swaggerOf(Object.assign({}, ...schemas), KUBERNETES);
    },
    index() {
      const found: Record<string, unknown> = {};
      for (const path of paths())
        found[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${document(path)?.hash ?? ''}` };
      return { paths: found };
    },
  };
}
