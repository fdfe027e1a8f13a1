/** CustomResourceDefinitions with mistakes, several versions, selectable fields, and objects that outlive a schema. */
import { definition, object } from '../objects.ts';
import { DEFINITIONS, inGroup, METADATA_LIST, TABLE } from '../paths.ts';
import { apply, get, jsonPatch, merge, post, put, remove, scenario, watch } from '../requests.ts';

const GROUP = 'cfshape.example.com';
const GADGETS = inGroup(`${GROUP}/v1`, 'gadgets');
const ENGINES = `/apis/${GROUP}/v1/engines`;
const encoded = (text: string) => encodeURIComponent(text);

type Properties = Record<string, unknown>;
const schema = (properties: Properties, more: object = {}) => ({
  openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties, ...more } } },
});
const version = (name: string, properties: Properties, more: object = {}) => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: schema(properties),
  ...more,
});
/** A definition that is refused: its group says which mistake it has. */
const mistake = (name: string, properties: Properties, more: object = {}) =>
  post(
    name,
    `${DEFINITIONS}?dryRun=All`,
    definition(`cf-${name}.example.com`, 'Thing', { versions: [version('v1', properties, more)] }),
    {
      only: ['code', 'reason', 'message', 'details'],
    },
  );

const gadget = (name: string, spec: unknown, more: object = {}) =>
  object(`${GROUP}/v1`, 'Gadget', name, { spec, ...more } as Record<string, unknown>);
const refused = (name: string, spec: unknown) => post(name, GADGETS, gadget(`bad-${name}`, spec));

const properties: Properties = {
  colour: { type: 'string' },
  size: { type: 'integer', format: 'int32', exclusiveMinimum: true, minimum: 0 },
  address: { type: 'string', format: 'ipv4' },
  mail: { type: 'string', format: 'email' },
  link: { type: 'string', format: 'uri' },
  secret: { type: 'string', format: 'byte' },
  long: { type: 'string', format: 'duration' },
  on: { type: 'boolean', default: true },
  nested: {
    type: 'object',
    default: {},
    maxProperties: 2,
    properties: { a: { type: 'string', default: 'x' }, b: { type: 'array', minItems: 1, items: { type: 'integer' } } },
    additionalProperties: undefined,
  },
  either: {
    type: 'object',
    properties: { left: { type: 'string' }, right: { type: 'string' } },
    oneOf: [{ required: ['left'] }, { required: ['right'] }],
  },
  any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { n: { type: 'integer' } } },
  limits: { type: 'object', additionalProperties: { type: 'integer', maximum: 5 } },
  template: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
};

const selectableFields = [{ jsonPath: '.spec.colour' }, { jsonPath: '.spec.size' }];

export const shapes = [
  scenario('schemas', [
    mistake('bad-default', { a: { type: 'integer', default: 'text' } }),
    mistake('default-out-of-range', { a: { type: 'integer', maximum: 3, default: 5 } }),
    mistake('unknown-default', { a: { type: 'object', properties: { b: { type: 'string' } }, default: { c: 'd' } } }),
    mistake('unique-items', { a: { type: 'array', uniqueItems: true, items: { type: 'string' } } }),
    mistake('no-items', { a: { type: 'array' } }),
    mistake('no-keys', {
      a: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        items: { type: 'object', properties: { n: { type: 'string' } } },
      },
    }),
    mistake('unknown-key', {
      a: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['z'],
        items: { type: 'object', properties: { n: { type: 'string' } } },
      },
    }),
    mistake('optional-key', {
      a: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['n'],
        items: { type: 'object', properties: { n: { type: 'string' } } },
      },
    }),
    mistake('odd-list-type', { a: { type: 'array', 'x-kubernetes-list-type': 'bag', items: { type: 'string' } } }),
    mistake('list-type-of-text', { a: { type: 'string', 'x-kubernetes-list-type': 'set' } }),
    mistake('set-of-objects', {
      a: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'object', properties: {} } },
    }),
    mistake('odd-map-type', { a: { type: 'object', 'x-kubernetes-map-type': 'loose' } }),
    mistake('reference', { a: { $ref: '#/x' } }),
    mistake('bad-pattern', { a: { type: 'string', pattern: '(' } }),
    mistake('properties-and-additional', {
      a: { type: 'object', properties: { b: { type: 'string' } }, additionalProperties: { type: 'string' } },
    }),
    mistake('forbidden-additional', { a: { type: 'object', additionalProperties: false } }),
    mistake('typed-int-or-string', { a: { type: 'string', 'x-kubernetes-int-or-string': true } }),
    mistake('embedded-text', { a: { type: 'string', 'x-kubernetes-embedded-resource': true } }),
    mistake('two-mistakes', { a: { type: 'thing' }, b: { type: 'array' } }),
    mistake('bad-rule', { a: { type: 'string', 'x-kubernetes-validations': [{ rule: '' }] } }),
    mistake('bad-column', {}, { additionalPrinterColumns: [{ name: 'X', type: 'thing', jsonPath: '.a' }] }),
    mistake('column-path', {}, { additionalPrinterColumns: [{ name: 'X', type: 'string', jsonPath: 'a[' }] }),
    mistake('column-without-path', {}, { additionalPrinterColumns: [{ name: 'X', type: 'string' }] }),
    mistake('scale-without-paths', {}, { subresources: { scale: {} } }),
    mistake(
      'scale-odd-path',
      {},
      { subresources: { scale: { specReplicasPath: '.replicas', statusReplicasPath: '.status.n' } } },
    ),
    mistake(
      'selectable-list',
      { a: { type: 'array', items: { type: 'string' } } },
      { selectableFields: [{ jsonPath: '.spec.a' }] },
    ),
    mistake('selectable-missing', {}, { selectableFields: [{ jsonPath: '.spec.zz' }] }),
    mistake('deprecation-without-deprecated', {}, { deprecationWarning: 'old' }),
    post(
      'odd-plural',
      DEFINITIONS,
      definition('cf-odd-plural.example.com', 'Thing', {
        names: { plural: 'Things', kind: 'thing' },
        versions: [version('v1', {})],
      }),
      { only: ['code', 'reason', 'message'] },
    ),
    post(
      'same-version-twice',
      DEFINITIONS,
      definition('cf-same-version-twice.example.com', 'Thing', {
        versions: [version('v1', {}), version('v1', {}, { storage: false })],
      }),
      { only: ['code', 'reason', 'message'] },
    ),
    post(
      'nothing-served',
      DEFINITIONS,
      definition('cfnone.example.com', 'Thing', { versions: [version('v1', {}, { served: false })] }),
      { only: ['code', 'spec.scope'] },
    ),
    remove('nothing-served-gone', `${DEFINITIONS}/things.cfnone.example.com`, undefined, { only: ['kind'] }),
    post(
      'preserve-unknown',
      DEFINITIONS,
      definition('cf-preserve-unknown.example.com', 'Thing', {
        preserveUnknownFields: true,
        versions: [version('v1', {})],
      }),
      { only: ['code', 'reason', 'message'] },
    ),
    post(
      'no-spec',
      DEFINITIONS,
      object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'things.cf.example.com'),
      { only: ['code', 'reason', 'message'] },
    ),
    post('no-group', DEFINITIONS, definition('', 'Thing', { versions: [version('v1', {})] }), {
      only: ['code', 'reason', 'message'],
    }),
  ]),
  scenario('gadgets', [
    post(
      'definition',
      DEFINITIONS,
      definition(GROUP, 'Gadget', {
        versions: [
          version('v1', properties, { selectableFields }),
          version('v1beta1', properties, { deprecated: true, selectableFields }),
        ],
      }),
      { only: ['spec.conversion', 'status.storedVersions', 'message'] },
    ),
    get('established', `${DEFINITIONS}/gadgets.${GROUP}`, {
      until: { 'status.conditions.1.status': 'True' },
      only: ['kind'],
    }),
    get('served', GADGETS, { until: { status: 200 } }),
    post('create', GADGETS, gadget('a', { colour: 'red', size: 1 })),
    post(
      'create-b',
      GADGETS,
      gadget('b', { colour: 'green', size: 2, nested: { b: [1] }, any: { x: { y: 1 } }, limits: { cpu: 3 } }),
    ),
    post(
      'deprecated',
      inGroup(`${GROUP}/v1beta1`, 'gadgets'),
      object(`${GROUP}/v1beta1`, 'Gadget', 'old', { spec: {} }),
    ),
    get('deprecated-read', inGroup(`${GROUP}/v1beta1`, 'gadgets/a'), { only: ['apiVersion'] }),
    get('by-colour', `${GADGETS}?fieldSelector=${encoded('spec.colour=red')}`, {
      only: ['items.0.metadata.name', 'items.1', 'message'],
    }),
    get('by-not-colour', `${GADGETS}?fieldSelector=${encoded('spec.colour!=red')}`, {
      only: ['items.0.metadata.name', 'items.1.metadata.name', 'message'],
    }),
    get('by-size', `${GADGETS}?fieldSelector=${encoded('spec.size=2')}`, {
      only: ['items.0.metadata.name', 'items.1', 'message'],
    }),
    get('by-other', `${GADGETS}?fieldSelector=${encoded('spec.on=true')}`),
    refused('not-above', { size: 0 }),
    refused('too-big', { size: 3_000_000_000 }),
    refused('bad-address', { address: 'x' }),
    refused('bad-mail', { mail: 'x' }),
    refused('bad-link', { link: ':' }),
    refused('bad-bytes', { secret: '%' }),
    refused('bad-duration', { long: 'soon' }),
    refused('too-few', { nested: { b: [] } }),
    refused('neither', { either: {} }),
    refused('both', { either: { left: 'a', right: 'b' } }),
    refused('known-in-unknown', { any: { n: 'x' } }),
    refused('over-limit', { limits: { cpu: 6 } }),
    refused('embedded-without-kind', { template: { metadata: { name: 'x' } } }),
    refused('several', { size: -1, address: 'x', limits: { a: 9, b: 'x' } }),
    post(
      'embedded',
      GADGETS,
      gadget('em', { template: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', odd: 1 }, spec: {} } }),
      { only: ['spec'] },
    ),
    post('null-object', GADGETS, gadget('no', null)),
    post('labels-number', GADGETS, gadget('ln', {}, { metadata: { name: 'ln', labels: { a: 1 } } })),
    post('bad-label', GADGETS, gadget('bl', {}, { metadata: { name: 'bl', labels: { a: 'b c' } } })),
    post('finalizer', GADGETS, gadget('fi', {}, { metadata: { name: 'fi', finalizers: ['plain'] } })),
    merge('finalizer-gone', `${GADGETS}/fi`, { metadata: { finalizers: null } }, { only: ['metadata.finalizers'] }),
    get('no-status', `${GADGETS}/a/status`),
    get('no-scale', `${GADGETS}/a/scale`),
    merge('status-is-plain', `${GADGETS}/a`, { status: { any: 'thing' } }, { only: ['status', 'metadata.generation'] }),
    merge(
      'recoloured',
      `${GADGETS}/a`,
      { spec: { colour: 'green' } },
      { only: ['spec.colour', 'metadata.generation'] },
    ),
    watch(
      'left-by-colour',
      `${GADGETS}?resourceVersion=<create.metadata.resourceVersion>&fieldSelector=${encoded('spec.colour=red')}`,
      1,
      { only: ['0.type', '0.object.spec.colour', '1'] },
    ),
    jsonPatch('json-to-default', `${GADGETS}/a`, [{ op: 'remove', path: '/spec/on' }], { only: ['spec.on'] }),
    jsonPatch('json-to-invalid', `${GADGETS}/a`, [{ op: 'add', path: '/spec/size', value: 'x' }]),
    put('put-no-version', `${GADGETS}/a`, gadget('a', {})),
    put('put-missing', `${GADGETS}/none`, gadget('none', {})),
    put('put-other-name', `${GADGETS}/a`, gadget('b', {}, { metadata: { name: 'b', resourceVersion: '1' } })),
    apply('apply-invalid-type', `${GADGETS}/ap?fieldManager=m`, gadget('ap', { size: 'x' })),
    apply('apply-unknown-strict', `${GADGETS}/ap?fieldManager=m&fieldValidation=Strict`, gadget('ap', { odd: 1 })),
    apply('apply-null', `${GADGETS}/ap?fieldManager=m&dryRun=All`, gadget('ap', { colour: null })),
    get('protobuf', `${GADGETS}/a`, { accept: 'application/vnd.kubernetes.protobuf' }),
    get('protobuf-or-json', `${GADGETS}/a`, {
      accept: 'application/vnd.kubernetes.protobuf,application/json',
      only: ['kind'],
    }),
    post('as-text', GADGETS, 'x', { type: 'text/plain' }),
    get('html', `${GADGETS}/a`, { accept: 'text/html' }),
    get('table-list', `${GADGETS}?limit=1`, {
      accept: TABLE,
      only: ['columnDefinitions', 'rows.0.cells.0', 'metadata.remainingItemCount'],
    }),
    get('metadata-list', `${GADGETS}?limit=1`, {
      accept: METADATA_LIST,
      only: ['kind', 'items.0.metadata.name', 'items.0.kind'],
    }),
    merge(
      'tighter',
      `${DEFINITIONS}/gadgets.${GROUP}`,
      {
        spec: {
          versions: [
            version('v1', { ...properties, colour: { type: 'string', enum: ['blue'] } }),
            version('v1beta1', properties, { deprecated: true, deprecationWarning: 'use v1' }),
          ],
        },
      },
      { only: ['metadata.generation', 'code'] },
    ),
    get('invalid-now', `${GADGETS}/b`, { only: ['spec.colour'] }),
    merge('wait-for-schema', `${GADGETS}/a?dryRun=All`, { spec: { colour: 'pink' } }, { until: { code: 422 } }),
    merge(
      'untouched-stays-valid',
      `${GADGETS}/b`,
      { metadata: { labels: { a: 'b' } } },
      { only: ['metadata.labels', 'code', 'message'] },
    ),
    merge('other-field-ratchets', `${GADGETS}/b`, { spec: { size: 3 } }, { only: ['spec.size', 'code', 'message'] }),
    merge('now-fixed', `${GADGETS}/b`, { spec: { colour: 'blue' } }, { only: ['spec.colour'] }),
    get('new-warning', inGroup(`${GROUP}/v1beta1`, 'gadgets/b'), { only: ['apiVersion'], until: { status: 200 } }),
    merge(
      'storage-moves',
      `${DEFINITIONS}/gadgets.${GROUP}`,
      {
        spec: {
          versions: [version('v1', properties, { storage: false }), version('v1beta1', properties, { storage: true })],
        },
      },
      { only: ['status.storedVersions', 'code', 'message'] },
    ),
    merge(
      'stored-version-removed',
      `${DEFINITIONS}/gadgets.${GROUP}`,
      { spec: { versions: [version('v1beta1', properties, { storage: true })] } },
      { only: ['code', 'reason', 'message', 'details'] },
    ),
    remove('definition-gone', `${DEFINITIONS}/gadgets.${GROUP}`, undefined, { only: ['kind'] }),
    get('gadgets-gone', GADGETS, { until: { status: 404 } }),
    get('definition-is-gone', `${DEFINITIONS}/gadgets.${GROUP}`, { until: { status: 404 } }),
  ]),
  scenario('cluster-kinds', [
    post(
      'definition',
      DEFINITIONS,
      definition(GROUP, 'Engine', {
        scope: 'Cluster',
        versions: [version('v1', { a: { type: 'string' } }, { subresources: { status: {} } })],
      }),
      { only: ['spec.scope'] },
    ),
    get('served', ENGINES, { until: { status: 200 } }),
    post('create', ENGINES, object(`${GROUP}/v1`, 'Engine', 'e', { spec: { a: 'b' } })),
    post('in-a-namespace', inGroup(`${GROUP}/v1`, 'engines'), object(`${GROUP}/v1`, 'Engine', 'e2', { spec: {} })),
    get('read-in-a-namespace', inGroup(`${GROUP}/v1`, 'engines/e')),
    post('with-namespace', ENGINES, object(`${GROUP}/v1`, 'Engine', 'e3', { spec: {} }, { namespace: 'default' })),
    get('list', ENGINES, { only: ['kind', 'items.0.metadata.name'] }),
    get('as-alice', ENGINES, { user: 'alice' }),
    merge('status', `${ENGINES}/e/status`, { status: { x: 1 } }, { only: ['status', 'code'] }),
    remove('all', `${ENGINES}?labelSelector=none`),
    remove('one', `${ENGINES}/e`),
    remove('definition-gone', `${DEFINITIONS}/engines.${GROUP}`, undefined, { only: ['kind'] }),
    get('engines-gone', ENGINES, { until: { status: 404 } }),
  ]),
];
