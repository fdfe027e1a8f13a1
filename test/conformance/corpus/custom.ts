/** CustomResourceDefinitions and what they define. */
import { definition, object } from '../objects.ts';
import { DEFINITIONS, inGroup, METADATA, TABLE } from '../paths.ts';
import { apply, get, jsonPatch, merge, post, put, remove, scenario, strategic, watch } from '../requests.ts';

const GROUP = 'cf.example.com';
const WIDGETS = inGroup(`${GROUP}/v1`, 'widgets');
const WIDGETS_V2 = inGroup(`${GROUP}/v2`, 'widgets');

const properties = {
  spec: {
    type: 'object',
    required: ['size'],
    properties: {
      size: { type: 'integer', minimum: 1, maximum: 10 },
      replicas: { type: 'integer', default: 1 },
      colour: { type: 'string', enum: ['red', 'green'], default: 'red' },
      name: { type: 'string', minLength: 2, maxLength: 5, pattern: '^[a-z]+$' },
      when: { type: 'string', format: 'date-time' },
      ratio: { type: 'number', multipleOf: 0.5 },
      port: { 'x-kubernetes-int-or-string': true },
      nothing: { type: 'string', nullable: true },
      tags: { type: 'array', maxItems: 3, items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
      parts: {
        type: 'array',
        items: {
          type: 'object',
          required: ['name'],
          properties: { name: { type: 'string' }, value: { type: 'string' }, weight: { type: 'integer', default: 5 } },
        },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
      },
      free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      fixed: {
        type: 'string',
        'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'fixed is immutable' }],
      },
      min: { type: 'integer' },
      max: { type: 'integer' },
    },
    'x-kubernetes-validations': [
      { rule: '!has(self.min) || !has(self.max) || self.min <= self.max', message: 'min must not be above max' },
    ],
  },
  status: {
    type: 'object',
    properties: { replicas: { type: 'integer' }, phase: { type: 'string' }, selector: { type: 'string' } },
  },
};

const schema = { openAPIV3Schema: { type: 'object', properties } };
const version = (name: string, more: object = {}) => ({ name, served: true, storage: name === 'v1', schema, ...more });
const columns = [
  { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
  { name: 'Colour', type: 'string', jsonPath: '.spec.colour', priority: 1 },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
];
const subresources = {
  status: {},
  scale: {
    specReplicasPath: '.spec.replicas',
    statusReplicasPath: '.status.replicas',
    labelSelectorPath: '.status.selector',
  },
};
const widget = (name: string, spec: object = { size: 1 }, more: Record<string, unknown> = {}) =>
  object(`${GROUP}/v1`, 'Widget', name, { spec, ...more });
const refused = (name: string, spec: object) => post(name, WIDGETS, widget(`bad-${name}`, spec));

/** Two versions of one kind, each with a field that the other does not have. */
const GAUGES = inGroup('cfapart.example.com/v1', 'gauges');
const GAUGES_V2 = inGroup('cfapart.example.com/v2', 'gauges');
const gauge = (v: string, name: string, spec: object) => object(`cfapart.example.com/${v}`, 'Gauge', name, { spec });
const apart = (name: string, own: string) => ({
  name,
  served: true,
  storage: name === 'v1',
  subresources: { scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
  additionalPrinterColumns: [{ name: 'Own', type: 'string', jsonPath: `.spec.${own}` }],
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          properties: { size: { type: 'integer' }, replicas: { type: 'integer' }, [own]: { type: 'string' } },
        },
        status: { type: 'object', properties: { replicas: { type: 'integer' } } },
      },
    },
  },
});

export const custom = [
  scenario('definitions', [
    post('create', DEFINITIONS, definition('cfdef.example.com', 'Thing', { versions: [version('v1')] })),
    get('established', `${DEFINITIONS}/things.cfdef.example.com`, {
      until: { 'status.conditions.1.status': 'True' },
      only: ['status', 'spec.conversion', 'spec.names', 'metadata.generation', 'metadata.finalizers'],
    }),
    post('exists', DEFINITIONS, definition('cfdef.example.com', 'Thing', { versions: [version('v1')] })),
    post('other-name', DEFINITIONS, {
      ...definition('cfdef.example.com', 'Thing', { versions: [version('v1')] }),
      metadata: { name: 'wrong.name' },
    }),
    post(
      'no-schema',
      DEFINITIONS,
      definition('cf-no-schema.example.com', 'Thing', { versions: [{ name: 'v1', served: true, storage: true }] }),
    ),
    post(
      'no-storage',
      DEFINITIONS,
      definition('cf-no-storage.example.com', 'Thing', { versions: [version('v1', { storage: false })] }),
    ),
    post(
      'two-storages',
      DEFINITIONS,
      definition('cf-two-storages.example.com', 'Thing', {
        versions: [version('v1'), version('v2', { storage: true })],
      }),
    ),
    post('no-versions', DEFINITIONS, definition('cf-no-versions.example.com', 'Thing', { versions: [] })),
    post(
      'bad-version-name',
      DEFINITIONS,
      definition('cf-bad-version-name.example.com', 'Thing', { versions: [version('V_1', { storage: true })] }),
    ),
    post(
      'bad-scope',
      DEFINITIONS,
      definition('cf-bad-scope.example.com', 'Thing', { scope: 'Universe', versions: [version('v1')] }),
    ),
    post(
      'bad-type',
      DEFINITIONS,
      definition('cf-bad-type.example.com', 'Thing', {
        versions: [
          version('v1', { schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'thing' } } } } }),
        ],
      }),
    ),
    post(
      'not-structural',
      DEFINITIONS,
      definition('cf-not-structural.example.com', 'Thing', {
        versions: [
          version('v1', {
            schema: {
              openAPIV3Schema: { type: 'object', properties: { spec: { properties: { a: { type: 'string' } } } } },
            },
          }),
        ],
      }),
    ),
    post(
      'root-not-object',
      DEFINITIONS,
      definition('cf-root-not-object.example.com', 'Thing', {
        versions: [version('v1', { schema: { openAPIV3Schema: { type: 'string' } } })],
      }),
    ),
    post('protected-group', DEFINITIONS, definition('cf.k8s.io', 'Thing', { versions: [version('v1')] })),
    post(
      'webhook-without-client',
      DEFINITIONS,
      definition('cf-webhook-without-client.example.com', 'Thing', {
        conversion: { strategy: 'Webhook' },
        versions: [version('v1')],
      }),
    ),
    post(
      'dry-run',
      `${DEFINITIONS}?dryRun=All`,
      definition('cfdry.example.com', 'Thing', { versions: [version('v1')] }),
      { only: ['kind', 'spec.names', 'status'] },
    ),
    post(
      'names-taken',
      DEFINITIONS,
      {
        ...definition('cfdef.example.com', 'Thing', {
          names: { plural: 'thingies', singular: 'thingy', kind: 'Thing', listKind: 'ThingList' },
          versions: [version('v1')],
        }),
        metadata: { name: 'thingies.cfdef.example.com' },
      },
      { only: ['kind', 'spec.names'] },
    ),
    get('not-accepted', `${DEFINITIONS}/thingies.cfdef.example.com`, {
      until: { 'status.conditions.1.status': 'False' },
      only: ['status.conditions', 'status.acceptedNames'],
    }),
    remove('thingies-gone', `${DEFINITIONS}/thingies.cfdef.example.com`, undefined, {
      only: ['kind', 'metadata.finalizers'],
    }),
    merge('kind-changes', `${DEFINITIONS}/things.cfdef.example.com`, { spec: { group: 'other.example.com' } }),
    merge('scope-changes', `${DEFINITIONS}/things.cfdef.example.com`, { spec: { scope: 'Cluster' } }),
    merge(
      'status-ignored',
      `${DEFINITIONS}/things.cfdef.example.com`,
      { status: { storedVersions: ['v9'] } },
      { only: ['status.storedVersions'] },
    ),
    get('group', '/apis/cfdef.example.com', { until: { status: 200 } }),
    get('resources', '/apis/cfdef.example.com/v1', { until: { status: 200 } }),
    get('empty-list', '/apis/cfdef.example.com/v1/things', { until: { status: 200 } }),
    get('table', `${DEFINITIONS}/things.cfdef.example.com`, { accept: TABLE, only: ['columnDefinitions'] }),
    remove('delete', `${DEFINITIONS}/things.cfdef.example.com`, undefined, {
      only: ['kind', 'status.conditions.2.type', 'metadata.finalizers'],
    }),
    get('deleted', `${DEFINITIONS}/things.cfdef.example.com`, { until: { status: 404 } }),
    get('group-gone', '/apis/cfdef.example.com/v1', { until: { status: 404 } }),
  ]),
  scenario('custom', [
    post(
      'definition',
      DEFINITIONS,
      definition(GROUP, 'Widget', {
        names: {
          plural: 'widgets',
          singular: 'widget',
          kind: 'Widget',
          listKind: 'WidgetList',
          shortNames: ['wd'],
          categories: ['all'],
        },
        versions: [version('v1', { subresources, additionalPrinterColumns: columns }), version('v2', { subresources })],
      }),
      { only: ['spec.conversion', 'status', 'metadata.generation'] },
    ),
    get('established', `${DEFINITIONS}/widgets.${GROUP}`, {
      until: { 'status.conditions.1.status': 'True' },
      only: ['status'],
    }),
    get('served', `${WIDGETS}`, { until: { status: 200 } }),
    get('resources', `/apis/${GROUP}/v1`, { until: { 'resources.2.name': 'widgets/scale' } }),
    get('group', `/apis/${GROUP}`, { until: { 'versions.1.version': 'v1' } }),
    post('defaulted', WIDGETS, widget('a', { size: 3, parts: [{ name: 'p' }] })),
    post(
      'pruned',
      WIDGETS,
      widget(
        'b',
        { size: 3, more: 1, free: { kept: { deep: true } }, parts: [{ name: 'p', odd: 1 }] },
        { extra: true },
      ),
    ),
    post(
      'pruned-strict',
      `${WIDGETS}?fieldValidation=Strict`,
      widget('c', { size: 3, more: 1, parts: [{ name: 'p', odd: 1 }] }, { extra: true }),
    ),
    post('pruned-ignored', `${WIDGETS}?fieldValidation=Ignore`, widget('c', { size: 3, more: 1 })),
    post(
      'duplicate-strict',
      `${WIDGETS}?fieldValidation=Strict`,
      `{"apiVersion":"${GROUP}/v1","kind":"Widget","metadata":{"name":"dup"},"spec":{"size":1,"size":2}}`,
    ),
    refused('missing', {}),
    refused('too-small', { size: 0 }),
    refused('too-large', { size: 11 }),
    refused('not-integer', { size: 1.5 }),
    refused('text-for-integer', { size: '3' }),
    refused('not-in-enum', { size: 1, colour: 'blue' }),
    refused('too-short', { size: 1, name: 'a' }),
    refused('too-long', { size: 1, name: 'abcdefg' }),
    refused('no-match', { size: 1, name: 'AB' }),
    refused('not-a-date', { size: 1, when: 'yesterday' }),
    refused('not-a-multiple', { size: 1, ratio: 0.3 }),
    refused('boolean-port', { size: 1, port: true }),
    refused('null-value', { size: 1, colour: null, name: null }),
    refused('nullable', { size: 0, nothing: null }),
    refused('duplicate-in-set', { size: 1, tags: ['a', 'a'] }),
    refused('too-many', { size: 1, tags: ['a', 'b', 'c', 'd'] }),
    refused('duplicate-key', { size: 1, parts: [{ name: 'a' }, { name: 'a' }] }),
    refused('missing-key', { size: 1, parts: [{ value: 'a' }] }),
    refused('list-for-object', { size: 1, labels: ['a'] }),
    refused('object-for-list', { size: 1, tags: { a: 'b' } }),
    refused('number-label', { size: 1, labels: { a: 1 } }),
    refused('rule', { size: 1, min: 3, max: 2 }),
    post('spec-not-object', WIDGETS, {
      apiVersion: `${GROUP}/v1`,
      kind: 'Widget',
      metadata: { name: 'x' },
      spec: 'text',
    }),
    post('no-spec', WIDGETS, { apiVersion: `${GROUP}/v1`, kind: 'Widget', metadata: { name: 'no-spec' } }),
    post('other-kind', WIDGETS, object(`${GROUP}/v1`, 'Gadget', 'x', { spec: { size: 1 } })),
    post('other-version', WIDGETS, object(`${GROUP}/v2`, 'Widget', 'x', { spec: { size: 1 } })),
    post('bad-name', WIDGETS, widget('Bad_Name')),
    post('no-name', WIDGETS, { apiVersion: `${GROUP}/v1`, kind: 'Widget', metadata: {}, spec: { size: 1 } }),
    post('bad-metadata', WIDGETS, {
      apiVersion: `${GROUP}/v1`,
      kind: 'Widget',
      metadata: { name: 'x', labels: 'text' },
      spec: { size: 1 },
    }),
    post('unknown-metadata', WIDGETS, {
      apiVersion: `${GROUP}/v1`,
      kind: 'Widget',
      metadata: { name: 'um', odd: 1 },
      spec: { size: 1 },
    }),
    post('generate-name', WIDGETS, {
      apiVersion: `${GROUP}/v1`,
      kind: 'Widget',
      metadata: { generateName: 'gen-' },
      spec: { size: 1 },
    }),
    post('dry-run', `${WIDGETS}?dryRun=All`, widget('dry')),
    post('status-dropped', WIDGETS, widget('st', { size: 1, fixed: 'one' }, { status: { phase: 'Made up' } })),
    get('other-version-read', `${WIDGETS_V2}/a`),
    post('other-version-create', WIDGETS_V2, object(`${GROUP}/v2`, 'Widget', 'v2', { spec: { size: 2 } })),
    get('first-version-read', `${WIDGETS}/v2`),
    merge('change', `${WIDGETS}/a`, { spec: { size: 4 } }),
    merge('no-change', `${WIDGETS}/a`, { spec: { size: 4 } }),
    merge('label-only', `${WIDGETS}/a`, { metadata: { labels: { l: 'm' } } }),
    merge('invalid', `${WIDGETS}/a`, { spec: { size: 40 } }),
    merge('remove-default', `${WIDGETS}/a`, { spec: { colour: null } }, { only: ['spec', 'metadata.generation'] }),
    merge('immutable', `${WIDGETS}/st`, { spec: { fixed: 'two' } }),
    merge(
      'spec-status-ignored',
      `${WIDGETS}/a`,
      { status: { phase: 'X' } },
      { only: ['status', 'metadata.generation'] },
    ),
    jsonPatch('json-patch', `${WIDGETS}/a`, [{ op: 'replace', path: '/spec/size', value: 5 }], {
      only: ['spec.size', 'metadata.generation'],
    }),
    strategic('strategic', `${WIDGETS}/a`, { spec: { size: 5 } }),
    put('put', `${WIDGETS}/a`, widget('a', { size: 6 })),
    put('put-with-version', `${WIDGETS}/a`, {
      ...widget('a', { size: 6 }),
      metadata: { name: 'a', resourceVersion: '<json-patch.metadata.resourceVersion>' },
    }),
    put('put-stale', `${WIDGETS}/a`, {
      ...widget('a', { size: 7 }),
      metadata: { name: 'a', resourceVersion: '<defaulted.metadata.resourceVersion>' },
    }),
    merge('status', `${WIDGETS}/a/status`, {
      status: { phase: 'Good', replicas: 2, selector: 'app=a', odd: 1 },
      spec: { size: 9 },
    }),
    merge('status-invalid', `${WIDGETS}/a/status`, { status: { phase: 5 } }),
    merge(
      'status-labels',
      `${WIDGETS}/a/status`,
      { metadata: { labels: { by: 'status' } } },
      { only: ['metadata.labels'] },
    ),
    get('status-get', `${WIDGETS}/a/status`),
    put('status-put', `${WIDGETS}/a/status`, {
      ...widget('a', { size: 1 }),
      metadata: { name: 'a', resourceVersion: '<status-get.metadata.resourceVersion>' },
      status: { phase: 'Better', replicas: 1 },
    }),
    get('scale', `${WIDGETS}/a/scale`),
    merge('scale-patch', `${WIDGETS}/a/scale`, { spec: { replicas: 3 } }),
    put('scale-put', `${WIDGETS}/a/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'a' },
      spec: { replicas: 4 },
    }),
    put('scale-negative', `${WIDGETS}/a/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'a' },
      spec: { replicas: -4 },
    }),
    get('table', `${WIDGETS}/a`, { accept: TABLE }),
    get('table-v2', `${WIDGETS_V2}/a`, { accept: TABLE, only: ['columnDefinitions', 'rows.0.cells'] }),
    get('metadata', `${WIDGETS}/a`, { accept: METADATA }),
    get('by-name', `${WIDGETS}?fieldSelector=metadata.name%3Da`, { only: ['items.0.metadata.name', 'items.1'] }),
    get('by-spec', `${WIDGETS}?fieldSelector=spec.size%3D1`),
    get('page', `${WIDGETS}?limit=1`),
    get('missing-one', `${WIDGETS}/none`),
    watch(
      'watch',
      `${WIDGETS}?resourceVersion=<status-get.metadata.resourceVersion>&fieldSelector=metadata.name%3Da`,
      3,
    ),
    apply(
      'apply',
      `${WIDGETS}/ap?fieldManager=one`,
      widget('ap', { size: 1, parts: [{ name: 'p', value: '1' }], tags: ['x'] }),
    ),
    apply(
      'apply-second',
      `${WIDGETS}/ap?fieldManager=two`,
      object(`${GROUP}/v1`, 'Widget', 'ap', { spec: { parts: [{ name: 'q', value: '2' }], tags: ['y'] } }),
    ),
    apply(
      'apply-conflict',
      `${WIDGETS}/ap?fieldManager=two`,
      object(`${GROUP}/v1`, 'Widget', 'ap', { spec: { size: 2, parts: [{ name: 'p', value: '3' }] } }),
    ),
    apply(
      'apply-invalid',
      `${WIDGETS}/ap?fieldManager=two&force=true`,
      object(`${GROUP}/v1`, 'Widget', 'ap', { spec: { size: 20 } }),
    ),
    apply(
      'apply-status',
      `${WIDGETS}/ap/status?fieldManager=three`,
      object(`${GROUP}/v1`, 'Widget', 'ap', { status: { phase: 'Applied' } }),
    ),
    apply(
      'apply-unknown',
      `${WIDGETS}/ap?fieldManager=two`,
      object(`${GROUP}/v1`, 'Widget', 'ap', { spec: { more: 1 } }),
    ),
    apply(
      'apply-v2',
      `${WIDGETS_V2}/ap?fieldManager=two`,
      object(`${GROUP}/v2`, 'Widget', 'ap', { spec: { tags: ['z'] } }),
    ),
    remove('delete', `${WIDGETS}/a`),
    remove('delete-missing', `${WIDGETS}/a`),
    remove('delete-all', WIDGETS, undefined, { only: ['kind', 'apiVersion'] }),
    merge(
      'unserve-v2',
      `${DEFINITIONS}/widgets.${GROUP}`,
      { spec: { versions: [version('v1', { subresources, additionalPrinterColumns: columns })] } },
      { only: ['status.storedVersions', 'metadata.generation'] },
    ),
    get('v2-gone', WIDGETS_V2, { until: { status: 404 } }),
    remove('definition-deleted', `${DEFINITIONS}/widgets.${GROUP}`, undefined, { only: ['kind'] }),
    get('objects-gone', WIDGETS, { until: { status: 404 } }),
  ]),
  scenario('versions-apart', [
    post(
      'definition',
      DEFINITIONS,
      definition('cfapart.example.com', 'Gauge', { versions: [apart('v1', 'old'), apart('v2', 'fresh')] }),
    ),
    get('resources', '/apis/cfapart.example.com/v2', { until: { 'resources.1.name': 'gauges/scale' } }),
    post('create', GAUGES, gauge('v1', 'a', { size: 1, old: 'kept', replicas: 2 })),
    get('stored-version', `${GAUGES}/a`),
    get('other-version', `${GAUGES_V2}/a`),
    get('other-version-list', GAUGES_V2),
    get('other-version-table', `${GAUGES_V2}/a`, { accept: TABLE }),
    watch('other-version-watch', `${GAUGES_V2}?resourceVersion=0`, 1),
    merge('patch-through-other-version', `${GAUGES_V2}/a`, { spec: { fresh: 'new' } }),
    get('what-that-left', `${GAUGES}/a`),
    get('what-that-left-there', `${GAUGES_V2}/a`),
    jsonPatch('json-patch-of-the-other', `${GAUGES_V2}/a`, [{ op: 'test', path: '/spec/old', value: 'kept' }]),
    merge('old-again', `${GAUGES}/a`, { spec: { old: 'again' } }),
    get('scale-of-other-version', `${GAUGES_V2}/a/scale`),
    merge('scale-through-other-version', `${GAUGES_V2}/a/scale`, { spec: { replicas: 5 } }),
    get('scaled', `${GAUGES}/a`),
    merge('dry-run-through-other-version', `${GAUGES_V2}/a?dryRun=All`, { spec: { size: 3 } }),
    put('replace-through-other-version', `${GAUGES_V2}/a`, {
      ...gauge('v2', 'a', { size: 4, fresh: 'put' }),
    }),
    get('replaced', `${GAUGES}/a`),
    remove('definition-deleted', `${DEFINITIONS}/gauges.cfapart.example.com`, undefined, { only: ['kind'] }),
  ]),
];
