/** Rules written in CEL: those of custom kinds, and admission policies that warn, deny and fail. */
import { configMap, definition, object } from '../objects.ts';
import { DEFINITIONS, inGroup, MAPS, POLICIES, POLICY_BINDINGS } from '../paths.ts';
import { get, merge, post, put, remove, scenario } from '../requests.ts';

const GROUP = 'cfrule.example.com';
const GAUGES = inGroup(`${GROUP}/v1`, 'gauges');

const text = { type: 'string', maxLength: 10 };
const integer = { type: 'integer' };
const rule = (rule: string, more: object = {}) => ({ rule, ...more });

/** One member each, with the rule that is about it. */
const properties = {
  starts: { ...text, 'x-kubernetes-validations': [rule("self.startsWith('a') && !self.endsWith('z')")] },
  matches: { ...text, 'x-kubernetes-validations': [rule("self.matches('^[a-z]+$')", { message: 'only letters' })] },
  sum: {
    type: 'object',
    properties: { a: integer, b: integer, total: integer },
    'x-kubernetes-validations': [
      rule('!has(self.total) || self.total == self.a + self.b', {
        messageExpression: "self.a > 0 ? 'a counts too' : 'only b counts'",
      }),
    ],
  },
  list: {
    type: 'array',
    maxItems: 3,
    items: { type: 'object', properties: { name: text, size: integer } },
    'x-kubernetes-validations': [
      rule('self.all(item, !has(item.size) || item.size > 0)', { message: 'all sizes are above zero' }),
      rule("self.exists_one(item, item.name == 'main')", {
        message: 'exactly one main',
        reason: 'FieldValueForbidden',
      }),
    ],
  },
  total: {
    type: 'array',
    maxItems: 3,
    items: integer,
    'x-kubernetes-validations': [rule('self.map(x, x * 2).filter(x, x > 4).size() <= 1')],
  },
  map: {
    type: 'object',
    maxProperties: 3,
    additionalProperties: text,
    'x-kubernetes-validations': [rule("self.all(key, self[key] != '' && key in ['a', 'b', 'c'])")],
  },
  path: {
    type: 'object',
    properties: { x: integer, y: integer },
    'x-kubernetes-validations': [
      rule('self.x % 2 == 0 ? self.y / 2 >= 1 : true', { fieldPath: '.y', message: 'too low' }),
    ],
  },
  grows: { ...integer, 'x-kubernetes-validations': [rule('self >= oldSelf', { message: 'may only grow' })] },
  maybe: {
    type: 'object',
    properties: { inner: { type: 'object', properties: { flag: { type: 'boolean' } } } },
    'x-kubernetes-validations': [rule('self.?inner.?flag.orValue(true)', { message: 'the flag is down' })],
  },
  fails: {
    type: 'object',
    properties: { a: integer },
    'x-kubernetes-validations': [rule('self.a > 0')],
  },
};

const gauge = (name: string, spec: unknown) => object(`${GROUP}/v1`, 'Gauge', name, { spec });
const tried = (name: string, spec: unknown) => post(name, `${GAUGES}?dryRun=All`, gauge(`bad-${name}`, spec));
const fine = (name: string, spec: unknown) =>
  post(name, `${GAUGES}?dryRun=All`, gauge(name, spec), { only: ['kind', 'message'] });

const maps = (...operations: string[]) => ({
  resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations, resources: ['configmaps'] }],
});
const policy = (name: string, spec: object) =>
  object('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', name, { spec });
const bound = (name: string, spec: object) =>
  object('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding', name, {
    spec: {
      policyName: name,
      matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': '<ns>' } } },
      ...spec,
    },
  });
const stored = { only: ['kind', 'message'] };

export const rules = [
  scenario('rules', [
    post(
      'definition',
      DEFINITIONS,
      definition(GROUP, 'Gauge', {
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
          },
        ],
      }),
      { only: ['kind', 'message'] },
    ),
    get('served', GAUGES, { until: { status: 200 } }),
    fine('empty', {}),
    tried('starts', { starts: 'xyz' }),
    fine('starts-well', { starts: 'abc' }),
    tried('matches', { matches: 'A1' }),
    tried('sum', { sum: { a: 1, b: 2, total: 4 } }),
    fine('sum-right', { sum: { a: 1, b: 2, total: 3 } }),
    tried('sizes', { list: [{ name: 'main', size: 0 }, { name: 'other' }] }),
    tried('two-mains', { list: [{ name: 'main' }, { name: 'main' }] }),
    fine('one-main', { list: [{ name: 'main', size: 2 }, { name: 'other' }] }),
    tried('total', { total: [1, 3, 4] }),
    fine('total-fits', { total: [1, 2, 3] }),
    tried('map', { map: { a: 'x', z: 'y' } }),
    fine('map-fits', { map: { a: 'x', c: 'y' } }),
    tried('path', { path: { x: 2, y: 1 } }),
    fine('path-fits', { path: { x: 3, y: 1 } }),
    tried('maybe', { maybe: { inner: { flag: false } } }),
    fine('maybe-not', { maybe: {} }),
    tried('no-key', { fails: {} }),
    tried('several', { starts: 'x', matches: '1' }),
    tried('schema-first', { starts: 5, matches: '1' }),
    post('create', GAUGES, gauge('g', { grows: 3, starts: 'abc' }), { only: ['spec'] }),
    merge('shrinks', `${GAUGES}/g`, { spec: { grows: 2 } }),
    merge('grows', `${GAUGES}/g`, { spec: { grows: 4 } }, { only: ['spec', 'message'] }),
    merge('grows-from-none', `${GAUGES}/g`, { spec: { grows: null } }, { only: ['spec', 'message'] }),
    merge('other-member', `${GAUGES}/g`, { metadata: { labels: { a: 'b' } } }, { only: ['metadata.labels'] }),
    post(
      'not-an-expression',
      `${DEFINITIONS}?dryRun=All`,
      definition('cf-not-an-expression.example.com', 'Thing', {
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: { a: { ...text, 'x-kubernetes-validations': [rule('self +')] } },
              },
            },
          },
        ],
      }),
      { only: ['code', 'reason', 'details.causes.0.field', 'details.causes.0.reason'] },
    ),
    remove('definition-gone', `${DEFINITIONS}/gauges.${GROUP}`, undefined, { only: ['kind'] }),
    get('gauges-gone', GAUGES, { until: { status: 404 } }),
  ]),
  scenario('policy-verdicts', [
    post('kept', MAPS, configMap('kept', { a: '1' }), { only: ['data'] }),
    post(
      'warning-policy',
      POLICIES,
      policy('cf-warning', {
        matchConstraints: maps('CREATE', 'UPDATE', 'DELETE'),
        validations: [
          { expression: "request.operation != 'CREATE' || request.userInfo.username != ''", message: 'never' },
          { expression: "request.operation == 'DELETE' || variables.labelled", message: 'labels are missing' },
        ],
        variables: [{ name: 'labelled', expression: 'has(object.metadata.labels)' }],
      }),
      stored,
    ),
    post('warning-bound', POLICY_BINDINGS, bound('cf-warning', { validationActions: ['Warn', 'Audit'] }), stored),
    post('warned', `${MAPS}?dryRun=All`, configMap('bare'), { until: { 'headers.warning': '*' }, only: ['kind'] }),
    post('not-warned', `${MAPS}?dryRun=All`, configMap('labelled', {}, { labels: { a: 'b' } }), { only: ['kind'] }),
    remove('warning-unbound', `${POLICY_BINDINGS}/cf-warning`, undefined, { only: ['status'] }),
    remove('warning-gone', `${POLICIES}/cf-warning`, undefined, { only: ['status'] }),
    post(
      'update-policy',
      POLICIES,
      policy('cf-updates', {
        matchConstraints: maps('UPDATE', 'DELETE'),
        matchConditions: [{ name: 'kept', expression: "request.name == 'kept'" }],
        validations: [
          {
            expression: "request.operation == 'DELETE' ? oldObject.data.a == '2' : object.data == oldObject.data",
            message: 'it stays as it is',
            reason: 'Forbidden',
          },
        ],
      }),
      stored,
    ),
    post('update-bound', POLICY_BINDINGS, bound('cf-updates', { validationActions: ['Deny'] }), stored),
    merge('update-denied', `${MAPS}/kept?dryRun=All`, { data: { a: '2' } }, { until: { code: 403 } }),
    put('put-denied', `${MAPS}/kept`, configMap('kept', { b: '1' }), { only: ['code', 'message'] }),
    merge('labels-allowed', `${MAPS}/kept`, { metadata: { labels: { a: 'b' } } }, { only: ['metadata.labels'] }),
    remove('delete-denied', `${MAPS}/kept`),
    remove('update-unbound', `${POLICY_BINDINGS}/cf-updates`, undefined, { only: ['status'] }),
    remove('update-gone', `${POLICIES}/cf-updates`, undefined, { only: ['status'] }),
    post(
      'failing-policy',
      POLICIES,
      policy('cf-failing', {
        matchConstraints: maps('CREATE'),
        validations: [{ expression: 'object.data.missing == 1' }],
      }),
      stored,
    ),
    post('failing-bound', POLICY_BINDINGS, bound('cf-failing', { validationActions: ['Deny'] }), stored),
    post('fails', `${MAPS}?dryRun=All`, configMap('x'), { until: { kind: 'Status' } }),
    merge('ignores', `${POLICIES}/cf-failing`, { spec: { failurePolicy: 'Ignore' } }, { only: ['spec.failurePolicy'] }),
    post('ignored', `${MAPS}?dryRun=All`, configMap('x'), { until: { kind: 'ConfigMap' }, only: ['kind'] }),
    remove('failing-unbound', `${POLICY_BINDINGS}/cf-failing`, undefined, { only: ['status'] }),
    remove('failing-gone', `${POLICIES}/cf-failing`, undefined, { only: ['status'] }),
    post(
      'bad-expression',
      `${POLICIES}?dryRun=All`,
      policy('cf-bad-expression', { matchConstraints: maps('CREATE'), validations: [{ expression: 'object.' }] }),
      { only: ['code', 'reason', 'details.causes.0.field', 'details.causes.0.reason'] },
    ),
  ]),
];
