/** What guards the way in: admission policies, webhooks that fail, budgets, quotas, immutable things; and subresources. */
import { configMap, container, object, pod, podSpec, webhooks, workload } from '../objects.ts';
import { APPS, CORE, inGroup, MAPS, MUTATING, PODS, POLICIES, POLICY_BINDINGS, TABLE, VALIDATING } from '../paths.ts';
import { apply, get, jsonPatch, merge, post, put, remove, scenario, strategic } from '../requests.ts';

const refused = { until: { code: 500 } };
const waiting = podSpec({ nodeSelector: { no: 'such' } });

const policy = (name: string, spec: object = {}) =>
  object('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', name, {
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
      },
      validations: [{ expression: "object.metadata.name != 'stopped'" }],
      ...spec,
    },
  });
const bound = (name: string, policyName: string, spec: object = {}) =>
  object('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding', name, {
    spec: { policyName, ...spec },
  });
const hook = (more: object) => ({ clientConfig: { url: 'https://127.0.0.1:1/x' }, ...more }) as Record<string, unknown>;
const evict = (name: string, more: object = {}) => ({
  apiVersion: 'policy/v1',
  kind: 'Eviction',
  metadata: { name },
  ...more,
});
const bind = (node: string) => ({
  apiVersion: 'v1',
  kind: 'Binding',
  metadata: { name: 'p' },
  target: { kind: 'Node', name: node },
});

export const guards = [
  scenario('policies', [
    post('create', POLICIES, policy('cf-policy', { failurePolicy: 'Fail' }), {
      only: ['spec', 'metadata.generation'],
    }),
    post('defaulted', `${POLICIES}?dryRun=All`, policy('cf-defaulted'), { only: ['spec'] }),
    post('no-validations', POLICIES, policy('cf-bad-no-validations', { validations: [] }), {
      only: ['code', 'reason', 'message'],
    }),
    post('no-constraints', POLICIES, policy('cf-bad-no-constraints', { matchConstraints: undefined }), {
      only: ['code', 'reason', 'message'],
    }),
    post('no-rules', POLICIES, policy('cf-bad-no-rules', { matchConstraints: {} }), {
      only: ['code', 'reason', 'message'],
    }),
    post('odd-failure-policy', POLICIES, policy('cf-bad-odd-failure-policy', { failurePolicy: 'Maybe' }), {
      only: ['code', 'reason', 'message'],
    }),
    post(
      'odd-reason',
      POLICIES,
      policy('cf-bad-odd-reason', { validations: [{ expression: 'true', reason: 'Because' }] }),
      { only: ['code', 'reason', 'message'] },
    ),
    post('no-expression', POLICIES, policy('cf-bad-no-expression', { validations: [{ message: 'x' }] }), {
      only: ['code', 'reason', 'message'],
    }),
    post('half-parameters', POLICIES, policy('cf-bad-half-parameters', { paramKind: { kind: 'ConfigMap' } }), {
      only: ['code', 'reason', 'message'],
    }),
    post('binding', POLICY_BINDINGS, bound('cf-bound', 'cf-policy', { validationActions: ['Audit'] }), {
      only: ['spec'],
    }),
    post('binding-no-policy', POLICY_BINDINGS, bound('cf-bad-binding-no-policy', '', { validationActions: ['Deny'] }), {
      only: ['code', 'reason', 'message'],
    }),
    post('binding-no-actions', POLICY_BINDINGS, bound('cf-bad-binding-no-actions', 'cf-policy'), {
      only: ['code', 'reason', 'message'],
    }),
    post(
      'binding-odd-action',
      POLICY_BINDINGS,
      bound('cf-bad-binding-odd-action', 'cf-policy', { validationActions: ['Shout'] }),
      { only: ['code', 'reason', 'message'] },
    ),
    post(
      'binding-deny-and-warn',
      POLICY_BINDINGS,
      bound('cf-bad-binding-deny-and-warn', 'cf-policy', { validationActions: ['Deny', 'Warn'] }),
      { only: ['code', 'reason', 'message'] },
    ),
    merge(
      'reason-changes',
      `${POLICIES}/cf-policy`,
      { spec: { failurePolicy: 'Ignore' } },
      { only: ['spec.failurePolicy', 'metadata.generation'] },
    ),
    get('table', `${POLICIES}?fieldSelector=metadata.name%3Dcf-policy`, {
      accept: TABLE,
      only: ['columnDefinitions', 'rows.0.cells.0', 'rows.0.cells.1', 'rows.0.cells.2'],
    }),
    get('bindings-table', `${POLICY_BINDINGS}?fieldSelector=metadata.name%3Dcf-bound`, {
      accept: TABLE,
      only: ['columnDefinitions', 'rows.0.cells.0', 'rows.0.cells.1', 'rows.0.cells.2'],
    }),
    post('let-through', `${MAPS}?dryRun=All`, configMap('free'), { only: ['kind'] }),
    remove('binding-gone', `${POLICY_BINDINGS}/cf-bound`, undefined, { only: ['status'] }),
    remove('gone', `${POLICIES}/cf-policy`, undefined, { only: ['status'] }),
  ]),
  scenario('denying', [
    post(
      'policy',
      POLICIES,
      policy('cf-deny', {
        validations: [
          {
            expression: "object.metadata.name != 'stopped'",
            message: 'stopped is not a good name',
            reason: 'Forbidden',
          },
          { expression: "!has(object.data) || !('secret' in object.data)" },
          {
            expression: 'size(object.metadata.name) < 20',
            messageExpression: "'the name is ' + string(size(object.metadata.name)) + ' long'",
          },
        ],
        matchConditions: [{ name: 'not-exempt', expression: "!object.metadata.name.startsWith('exempt')" }],
      }),
      { only: ['kind'] },
    ),
    post(
      'binding',
      POLICY_BINDINGS,
      bound('cf-deny', 'cf-deny', {
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': '<ns>' } } },
      }),
      { only: ['kind'] },
    ),
    post('denied', `${MAPS}?dryRun=All`, configMap('stopped'), { until: { kind: 'Status' } }),
    post('denied-without-words', `${MAPS}?dryRun=All`, configMap('x', { secret: 's' })),
    post('denied-by-expression', `${MAPS}?dryRun=All`, configMap('a-name-that-is-really-long'), {
      only: ['code', 'reason', 'message', 'details'],
    }),
    post('exempt', `${MAPS}?dryRun=All`, configMap('exempt-from-it', { secret: 's' }), { only: ['kind'] }),
    post('allowed', `${MAPS}?dryRun=All`, configMap('fine'), { only: ['kind'] }),
    post('other-kind', `${CORE}/secrets?dryRun=All`, object('v1', 'Secret', 'stopped'), { only: ['kind'] }),
    post('other-namespace', '/api/v1/namespaces/default/configmaps?dryRun=All', configMap('stopped'), {
      only: ['kind'],
    }),
    apply('denied-by-apply', `${MAPS}/stopped?fieldManager=m&dryRun=All`, configMap('stopped'), {
      only: ['code', 'reason'],
    }),
    remove('binding-gone', `${POLICY_BINDINGS}/cf-deny`, undefined, { only: ['status'] }),
    post('free-again', `${MAPS}?dryRun=All`, configMap('stopped'), { until: { kind: 'ConfigMap' }, only: ['kind'] }),
    remove('policy-gone', `${POLICIES}/cf-deny`, undefined, { only: ['status'] }),
  ]),
  scenario('failing-hooks', [
    post('refused-connection', VALIDATING, webhooks('Validating', 'cf-refused', hook({})), {
      only: ['webhooks.0.clientConfig', 'webhooks.0.failurePolicy', 'webhooks.0.matchPolicy'],
    }),
    post('no-connection', `${MAPS}?dryRun=All`, configMap('x'), refused),
    merge(
      'updates-pass',
      `${CORE}/serviceaccounts/default?dryRun=All`,
      { metadata: { labels: { a: 'b' } } },
      { only: ['kind'] },
    ),
    post('other-resource', `${CORE}/secrets?dryRun=All`, object('v1', 'Secret', 's'), { only: ['kind'] }),
    post('other-namespace', '/api/v1/namespaces/default/configmaps?dryRun=All', configMap('x'), { only: ['kind'] }),
    apply('apply-too', `${MAPS}/new?fieldManager=m&dryRun=All`, configMap('new'), { only: ['code', 'message'] }),
    jsonPatch(
      'all-operations',
      `${VALIDATING}/cf-refused`,
      [{ op: 'replace', path: '/webhooks/0/rules/0/operations', value: ['*'] }],
      { only: ['webhooks.0.rules', 'metadata.generation'] },
    ),
    post('still-refused', `${MAPS}?dryRun=All`, configMap('x'), { only: ['code', 'reason'] }),
    remove('delete-refused', `${MAPS}/kube-root-ca.crt?dryRun=All`, undefined, {
      ...refused,
      only: ['code', 'message'],
    }),
    remove('collection-refused', `${MAPS}?dryRun=All`, undefined, { only: ['code', 'message'] }),
    merge(
      'patch-refused',
      `${MAPS}/kube-root-ca.crt?dryRun=All`,
      { metadata: { labels: { a: 'b' } } },
      { only: ['code', 'message'] },
    ),
    jsonPatch(
      'ignoring',
      `${VALIDATING}/cf-refused`,
      [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }],
      { only: ['webhooks.0.failurePolicy'] },
    ),
    post('passes', `${MAPS}?dryRun=All`, configMap('x'), { until: { kind: 'ConfigMap' }, only: ['kind'] }),
    remove('gone', `${VALIDATING}/cf-refused`, undefined, { only: ['status'] }),
    post('mutating', MUTATING, webhooks('Mutating', 'cf-mutating', hook({ reinvocationPolicy: 'IfNeeded' })), {
      only: ['webhooks.0.reinvocationPolicy'],
    }),
    post('mutating-refused', `${MAPS}?dryRun=All`, configMap('x'), refused),
    remove('mutating-gone', `${MUTATING}/cf-mutating`, undefined, { only: ['status'] }),
    post(
      'not-selected',
      VALIDATING,
      webhooks(
        'Validating',
        'cf-not-selected',
        hook({
          namespaceSelector: {
            matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['elsewhere'] }],
          },
        }),
      ),
      { only: ['webhooks.0.namespaceSelector'] },
    ),
    // The one before takes a moment to be forgotten.
    post('not-asked', `${MAPS}?dryRun=All`, configMap('x'), { until: { kind: 'ConfigMap' }, only: ['kind'] }),
    remove('not-selected-gone', `${VALIDATING}/cf-not-selected`, undefined, { only: ['status'] }),
    post(
      'bad-selector',
      `${VALIDATING}?dryRun=All`,
      webhooks(
        'Validating',
        'cf-bad-selector',
        hook({ namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Is' }] } }),
      ),
      { only: ['code', 'reason', 'details.causes'] },
    ),
    post(
      'same-names',
      `${VALIDATING}?dryRun=All`,
      object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'cf-same-names', {
        webhooks: ['a', 'a'].map(name => ({
          name: `${name}.cf.example.com`,
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          clientConfig: { url: 'https://127.0.0.1:1/x' },
        })),
      }),
      { only: ['code', 'reason', 'message'] },
    ),
    post('empty', VALIDATING, object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'cf-empty'), {
      only: ['kind', 'webhooks'],
    }),
    remove('empty-gone', `${VALIDATING}/cf-empty`, undefined, { only: ['status'] }),
    post(
      'zero-timeout',
      `${VALIDATING}?dryRun=All`,
      webhooks('Validating', 'cf-zero-timeout', hook({ timeoutSeconds: 0 })),
      {
        only: ['code', 'reason', 'message'],
      },
    ),
    post(
      'url-with-query',
      `${VALIDATING}?dryRun=All`,
      webhooks('Validating', 'cf-url-with-query', { clientConfig: { url: 'https://x.example.com/?a=b#c' } }),
      { only: ['code', 'reason', 'message'] },
    ),
    post(
      'bad-path',
      `${VALIDATING}?dryRun=All`,
      webhooks('Validating', 'cf-bad-path', {
        clientConfig: { service: { namespace: 'a', name: 'b', path: 'x//y', port: 0 } },
      }),
      { only: ['code', 'reason', 'message'] },
    ),
    post(
      'bad-bundle',
      `${VALIDATING}?dryRun=All`,
      webhooks(
        'Validating',
        'cf-bad-bundle',
        hook({ clientConfig: { url: 'https://x.example.com', caBundle: 'eA==' } }),
      ),
      { only: ['code', 'reason', 'details.causes.0.field'] },
    ),
  ]),
  scenario('subresources', [
    post('pod', PODS, pod('p', waiting), { only: ['kind'] }),
    get('seen', `${PODS}/p`, {
      until: { 'status.conditions.0.type': 'PodScheduled' },
      only: ['status.conditions.0.observedGeneration', 'status.phase'],
    }),
    put('status-put', `${PODS}/p/status`, pod('p', waiting), { only: ['status.phase', 'code', 'message'] }),
    strategic(
      'status-conditions',
      `${PODS}/p/status`,
      { status: { conditions: [{ type: 'Odd', status: 'True' }] } },
      { only: ['status.conditions.0.type', 'status.conditions.1.type', 'status.conditions.2'] },
    ),
    merge(
      'status-odd-phase',
      `${PODS}/p/status`,
      { status: { phase: 'Dancing' } },
      { only: ['status.phase', 'code', 'message'] },
    ),
    merge('status-labels', `${PODS}/p/status`, { metadata: { labels: { a: 'b' } } }, { only: ['metadata.labels'] }),
    merge('status-missing', `${PODS}/none/status`, { status: {} }),
    merge('status-stale', `${PODS}/p/status`, { metadata: { resourceVersion: '1' }, status: { reason: 'x' } }),
    merge('no-subresource', `${MAPS}/a/status`, {}),
    get('log-of-waiting', `${PODS}/p/log?container=app`),
    get('log-odd-limit', `${PODS}/p/log?limitBytes=0`),
    get('log-odd-follow', `${PODS}/p/log?follow=maybe`),
    get('log-forbidden', `${PODS}/p/log`, { user: 'alice' }),
    post('bind-other-name', `${PODS}/p/binding`, { ...bind('node-1'), metadata: { name: 'other' } }),
    post('bind', `${PODS}/p/binding`, bind('node-1'), { only: ['status', 'code', 'message'] }),
    post('bind-again', `${PODS}/p/binding`, bind('node-2')),
    post('bindings', `${CORE}/bindings`, { ...bind('node-2'), metadata: { name: 'none' } }),
    post('evict-forbidden', `${PODS}/p/eviction`, evict('p'), { user: 'alice' }),
    post('evict-bad-policy', `${PODS}/p/eviction`, evict('p', { deleteOptions: { propagationPolicy: 'Sideways' } })),
    post(
      'evict-stale',
      `${PODS}/p/eviction`,
      evict('p', { deleteOptions: { preconditions: { resourceVersion: '1' } } }),
      { only: ['code', 'reason', 'details.kind'] },
    ),
    get('ephemeral-containers', `${PODS}/p/ephemeralcontainers`, { only: ['kind'] }),
    strategic(
      'ephemeral-added',
      `${PODS}/p/ephemeralcontainers?dryRun=All`,
      { spec: { ephemeralContainers: [{ name: 'debug', image: 'busybox' }] } },
      { only: ['spec.ephemeralContainers', 'code', 'message'] },
    ),
    get('resize', `${PODS}/p/resize`, { only: ['kind', 'code'] }),
    post('deployment', `${APPS}/deployments`, workload('Deployment', 'd', { replicas: 0 }), { only: ['kind'] }),
    get('scale', `${APPS}/deployments/d/scale`, { only: ['spec', 'status'] }),
    jsonPatch('scale-json', `${APPS}/deployments/d/scale`, [{ op: 'add', path: '/spec/replicas', value: 0 }], {
      only: ['kind', 'spec'],
    }),
    strategic(
      'scale-strategic',
      `${APPS}/deployments/d/scale`,
      { spec: { replicas: 0 } },
      { only: ['kind', 'code', 'message'] },
    ),
    put('scale-no-name', `${APPS}/deployments/d/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      spec: { replicas: 1 },
    }),
    put(
      'scale-put-dry-run',
      `${APPS}/deployments/d/scale?dryRun=All`,
      { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'd' }, spec: { replicas: 3 } },
      { only: ['spec'] },
    ),
    put('scale-missing', `${APPS}/deployments/none/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'none' },
      spec: { replicas: 1 },
    }),
    get('scale-forbidden', `${APPS}/deployments/d/scale`, { user: 'alice' }),
    get('scale-as-table', `${APPS}/deployments/d/scale`, { accept: TABLE, only: ['kind', 'rows.0.cells.0'] }),
    get('of-replica-set', `${APPS}/replicasets/none/scale`),
    get('of-job', inGroup('batch/v1', 'jobs/none/scale')),
  ]),
  scenario('frozen', [
    post('map', MAPS, { ...configMap('m'), immutable: true }, { only: ['immutable'] }),
    merge('map-data', `${MAPS}/m`, { data: { b: '2' } }),
    merge('map-binary', `${MAPS}/m`, { binaryData: { z: 'AAEC' } }),
    apply('map-applied', `${MAPS}/m?fieldManager=m`, configMap('m', { c: '3' })),
    merge(
      'map-annotation',
      `${MAPS}/m`,
      { metadata: { annotations: { fine: 'yes' } } },
      { only: ['metadata.annotations'] },
    ),
    post('secret', `${CORE}/secrets`, object('v1', 'Secret', 's', { immutable: true, stringData: { a: 'b' } }), {
      only: ['immutable'],
    }),
    merge('secret-data', `${CORE}/secrets/s`, { stringData: { a: 'c' } }),
    merge('secret-type', `${CORE}/secrets/s`, { type: 'x' }),
    post(
      'large-secret',
      `${CORE}/secrets`,
      object('v1', 'Secret', 'large', { data: { a: Buffer.alloc(1_048_577).toString('base64') } }),
      { only: ['code', 'reason', 'message'] },
    ),
    post('deployment', `${APPS}/deployments`, workload('Deployment', 'd', { replicas: 0, paused: true }), {
      only: ['kind'],
    }),
    merge('selector', `${APPS}/deployments/d`, { spec: { selector: { matchLabels: { app: 'e' } } } }),
    merge('selector-and-labels', `${APPS}/deployments/d`, {
      spec: { selector: { matchLabels: { app: 'e' } }, template: { metadata: { labels: { app: 'e' } } } },
    }),
    post('set', `${APPS}/statefulsets`, workload('StatefulSet', 's', { serviceName: 's', replicas: 0 }), {
      only: ['kind'],
    }),
    merge('set-policy', `${APPS}/statefulsets/s`, { spec: { podManagementPolicy: 'Parallel' } }),
    merge(
      'set-template',
      `${APPS}/statefulsets/s`,
      { spec: { template: { metadata: { annotations: { a: 'b' } } } } },
      { only: ['metadata.generation'] },
    ),
    post('replica-set', `${APPS}/replicasets`, workload('ReplicaSet', 'r', { replicas: 0 }), { only: ['kind'] }),
    merge('replica-set-selector', `${APPS}/replicasets/r`, { spec: { selector: { matchLabels: { app: 'e' } } } }),
    post('pod', PODS, pod('p', waiting), { only: ['kind'] }),
    merge('pod-name', `${PODS}/p`, { metadata: { name: 'q' } }),
    jsonPatch('pod-volume', `${PODS}/p`, [{ op: 'add', path: '/spec/volumes/-', value: { name: 'v', emptyDir: {} } }], {
      only: ['code', 'reason', 'details.causes.0.field', 'details.causes.0.reason'],
    }),
    jsonPatch('pod-node', `${PODS}/p`, [{ op: 'add', path: '/spec/nodeName', value: 'node-1' }], {
      only: ['code', 'reason', 'details.causes.0.field', 'details.causes.0.reason'],
    }),
    jsonPatch('pod-toleration-removed', `${PODS}/p`, [{ op: 'remove', path: '/spec/tolerations/0' }], {
      only: ['code', 'reason', 'details.causes.0.field'],
    }),
    jsonPatch('pod-image-empty', `${PODS}/p`, [{ op: 'replace', path: '/spec/containers/0/image', value: '' }], {
      only: ['code', 'reason', 'message'],
    }),
    jsonPatch(
      'pod-env',
      `${PODS}/p`,
      [{ op: 'add', path: '/spec/containers/0/env', value: [{ name: 'A', value: 'b' }] }],
      { only: ['code', 'reason', 'details.causes.0.field'] },
    ),
    merge('namespace-of-map', `${MAPS}/m`, { metadata: { namespace: 'other' } }),
    merge(
      'created-at',
      `${MAPS}/m`,
      { metadata: { creationTimestamp: '2001-01-01T00:00:00Z' } },
      { only: ['kind', 'code', 'message'] },
    ),
    merge('generation', `${APPS}/deployments/d`, { metadata: { generation: 99 } }, { only: ['metadata.generation'] }),
    merge('self-link', `${MAPS}/m`, { metadata: { selfLink: '/x' } }, { only: ['metadata.selfLink', 'code'] }),
    post(
      'budget',
      inGroup('policy/v1', 'poddisruptionbudgets'),
      object('policy/v1', 'PodDisruptionBudget', 'b', {
        spec: { maxUnavailable: '50%', selector: { matchLabels: { app: 'd' } } },
      }),
      { only: ['spec'] },
    ),
    merge(
      'budget-both',
      inGroup('policy/v1', 'poddisruptionbudgets/b'),
      { spec: { minAvailable: 1 } },
      { only: ['code', 'reason', 'details.causes.0.field', 'details.causes.0.reason'] },
    ),
    post(
      'budget-bad-selector',
      inGroup('policy/v1', 'poddisruptionbudgets'),
      object('policy/v1', 'PodDisruptionBudget', 'bad', {
        spec: { maxUnavailable: 1, selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } },
      }),
      { only: ['code', 'reason', 'details'] },
    ),
    post(
      'priority-too-high',
      '/apis/scheduling.k8s.io/v1/priorityclasses',
      object('scheduling.k8s.io/v1', 'PriorityClass', 'cf-high', { value: 2_000_000_000 }),
      { only: ['code', 'reason', 'message'] },
    ),
    post(
      'priority-system',
      '/apis/scheduling.k8s.io/v1/priorityclasses',
      object('scheduling.k8s.io/v1', 'PriorityClass', 'system-cf', { value: 1 }),
      { only: ['code', 'reason', 'message'] },
    ),
    post(
      'lease-negative',
      inGroup('coordination.k8s.io/v1', 'leases'),
      object('coordination.k8s.io/v1', 'Lease', 'l', { spec: { leaseDurationSeconds: -1 } }),
      { only: ['code', 'reason', 'message'] },
    ),
    post(
      'named-port',
      PODS,
      pod(
        'np',
        podSpec({ containers: [container({ ports: [{ name: 'a-name-that-is-too-long', containerPort: 80 }] })] }),
      ),
      { only: ['code', 'reason', 'message'] },
    ),
    post(
      'bad-mode',
      PODS,
      pod('bm', podSpec({ volumes: [{ name: 'c', configMap: { name: 'c', defaultMode: 1024 } }] })),
      { only: ['code', 'reason', 'message'] },
    ),
    post('bad-hostname', PODS, pod('bh', podSpec({ hostname: 'Not_A_Host' })), { only: ['code', 'reason', 'message'] }),
  ]),
];
