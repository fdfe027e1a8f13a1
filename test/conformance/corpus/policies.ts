/** What stands between a request and the store: webhooks, quota, limits; nodes; and what is not a resource. */
import { configMap, container, object, pod, podSpec, service, webhooks } from '../objects.ts';
import { CORE, inGroup, MAPS, MUTATING, TABLE, VALIDATING } from '../paths.ts';
import { get, merge, post, put, remove, scenario } from '../requests.ts';

const QUOTAS = `${CORE}/resourcequotas`;
const quota = (name: string, hard: object, more: object = {}) =>
  object('v1', 'ResourceQuota', name, { spec: { hard, ...more } });
/** Webhooks take a moment to be known. */
const refused = { until: { code: 500 } };

export const policies = [
  scenario('webhooks', [
    post('service', `${CORE}/services`, service('hook', { selector: { app: 'none' }, ports: [{ port: 443 }] }), {
      only: ['kind'],
    }),
    get('service-seen', `${CORE}/endpoints/hook`, { until: { status: 200 }, only: ['kind'] }),
    post('create', VALIDATING, webhooks('Validating', 'cf-v')),
    post('no-endpoints', `${MAPS}?dryRun=All`, configMap('x'), refused),
    merge(
      'update-not-matched',
      `${CORE}/serviceaccounts/default`,
      { metadata: { labels: { a: 'b' } } },
      { only: ['metadata.labels'] },
    ),
    merge(
      'ignore',
      `${VALIDATING}/cf-v`,
      {
        webhooks: [
          {
            name: 'cf-v.example.com',
            sideEffects: 'None',
            admissionReviewVersions: ['v1'],
            failurePolicy: 'Ignore',
            clientConfig: { service: { namespace: '<ns>', name: 'hook', path: '/x', port: 8443 } },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
          },
        ],
      },
      { only: ['webhooks', 'metadata.generation'] },
    ),
    post('ignored', `${MAPS}?dryRun=All`, configMap('x'), { until: { kind: 'ConfigMap' }, only: ['kind'] }),
    remove('delete', `${VALIDATING}/cf-v`),
    post(
      'mutating',
      MUTATING,
      webhooks('Mutating', 'cf-m', { clientConfig: { service: { namespace: '<ns>', name: 'none', path: '/mutate' } } }),
    ),
    post('mutating-no-service', `${MAPS}?dryRun=All`, configMap('x'), refused),
    remove('mutating-deleted', `${MUTATING}/cf-m`),
    post(
      'condition',
      VALIDATING,
      webhooks('Validating', 'cf-c', {
        matchConditions: [{ name: 'named', expression: "object.metadata.name == 'caught'" }],
      }),
      { only: ['webhooks.0.matchConditions'] },
    ),
    post('caught', `${MAPS}?dryRun=All`, configMap('caught'), refused),
    post('not-caught', `${MAPS}?dryRun=All`, configMap('free'), { only: ['kind'] }),
    remove('condition-deleted', `${VALIDATING}/cf-c`),
    post(
      'side-effects',
      VALIDATING,
      webhooks('Validating', 'cf-s', { sideEffects: 'NoneOnDryRun', objectSelector: { matchLabels: { seen: 'yes' } } }),
      { only: ['webhooks.0.sideEffects'] },
    ),
    post('not-selected', MAPS, configMap('free'), { only: ['kind'] }),
    post('selected', MAPS, configMap('x', {}, { labels: { seen: 'yes' } }), refused),
    remove('side-effects-deleted', `${VALIDATING}/cf-s`),
    post('no-client', VALIDATING, webhooks('Validating', 'cf-bad-no-client', { clientConfig: {} })),
    post(
      'two-clients',
      VALIDATING,
      webhooks('Validating', 'cf-bad-two-clients', {
        clientConfig: { url: 'https://x.example.com', service: { namespace: 'a', name: 'b' } },
      }),
    ),
    post('http', VALIDATING, webhooks('Validating', 'cf-bad-http', { clientConfig: { url: 'http://x.example.com' } })),
    post('no-side-effects', VALIDATING, webhooks('Validating', 'cf-bad-no-side-effects', { sideEffects: undefined })),
    post('some-side-effects', VALIDATING, webhooks('Validating', 'cf-bad-some-side-effects', { sideEffects: 'Some' })),
    post('long-timeout', VALIDATING, webhooks('Validating', 'cf-bad-long-timeout', { timeoutSeconds: 60 })),
    post('no-versions', VALIDATING, webhooks('Validating', 'cf-bad-no-versions', { admissionReviewVersions: [] })),
    post('bad-name', VALIDATING, webhooks('Validating', 'cf-bad-bad-name', { name: 'short' })),
    post(
      'bad-operation',
      VALIDATING,
      webhooks('Validating', 'cf-bad-bad-operation', {
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['READ'], resources: ['pods'] }],
      }),
    ),
    post(
      'mixed-star',
      VALIDATING,
      webhooks('Validating', 'cf-bad-mixed-star', {
        rules: [{ apiGroups: ['', '*'], apiVersions: [], operations: ['*', 'CREATE'], resources: ['*', 'pods'] }],
      }),
    ),
    post(
      'bad-condition',
      VALIDATING,
      webhooks('Validating', 'cf-bad-bad-condition', { matchConditions: [{ name: 'c', expression: 'object.' }] }),
      { only: ['code', 'reason', 'details.causes.0.field'] },
    ),
    post('mutating-policy', MUTATING, webhooks('Mutating', 'cf-bad-mutating-policy', { reinvocationPolicy: 'Always' })),
    get('validating-table', `${VALIDATING}?fieldSelector=metadata.name%3Dnone`, {
      accept: TABLE,
      only: ['columnDefinitions'],
    }),
  ]),
  scenario('quota', [
    post(
      'create',
      QUOTAS,
      quota('q', { 'count/configmaps': '3', pods: '2', 'requests.cpu': '1', 'limits.memory': '1Gi' }),
    ),
    get('counted', `${QUOTAS}/q`, {
      until: { 'status.used.pods': '0', 'status.used.[count/configmaps]': '1' },
      only: ['spec', 'status'],
    }),
    post('bad-quantity', QUOTAS, quota('bad-bad-quantity', { pods: 'few' })),
    post('negative', QUOTAS, quota('bad-negative', { pods: '-1' })),
    post('bad-resource', QUOTAS, quota('bad-bad-resource', { nonsense: '1' })),
    post('bad-scope', QUOTAS, quota('bad-bad-scope', { pods: '1' }, { scopes: ['Odd'] })),
    post('no-requests', `${CORE}/pods`, pod('p')),
    post(
      'too-much',
      `${CORE}/pods`,
      pod(
        'p',
        podSpec({
          containers: [container({ resources: { requests: { cpu: '2' }, limits: { cpu: '2', memory: '2Gi' } } })],
        }),
      ),
    ),
    post(
      'dry-run-too-much',
      `${CORE}/pods?dryRun=All`,
      pod(
        'p',
        podSpec({
          containers: [container({ resources: { requests: { cpu: '2' }, limits: { cpu: '2', memory: '1Gi' } } })],
        }),
      ),
    ),
    post(
      'fits',
      `${CORE}/pods`,
      pod(
        'p',
        podSpec({
          nodeSelector: { no: 'such' },
          containers: [
            container({ resources: { requests: { cpu: '600m' }, limits: { cpu: '600m', memory: '512Mi' } } }),
          ],
        }),
      ),
      { only: ['kind', 'status.qosClass'] },
    ),
    get('charged', `${QUOTAS}/q`, { until: { 'status.used.pods': '1' }, only: ['status.used'] }),
    post(
      'second-too-much',
      `${CORE}/pods`,
      pod(
        'p2',
        podSpec({
          containers: [container({ resources: { requests: { cpu: '600m' }, limits: { cpu: '1', memory: '600Mi' } } })],
        }),
      ),
    ),
    post('map-2', MAPS, configMap('b')),
    post('map-3', MAPS, configMap('c')),
    post('map-4', MAPS, configMap('d')),
    post('map-dry-run', `${MAPS}?dryRun=All`, configMap('d')),
    merge('status-ignored', `${QUOTAS}/q`, { status: { used: { pods: '9' } } }, { only: ['status.used.pods'] }),
    merge('change', `${QUOTAS}/q`, { spec: { hard: { pods: '5' } } }, { only: ['spec'] }),
    get('table', `${QUOTAS}/q`, { accept: TABLE, until: { 'rows.0.cells.1': '*' }, only: ['columnDefinitions'] }),
    remove('delete', `${QUOTAS}/q`, undefined, { only: ['kind', 'metadata.name'] }),
    post(
      'limit-range',
      `${CORE}/limitranges`,
      object('v1', 'LimitRange', 'lr', {
        spec: {
          limits: [{ type: 'Container', max: { cpu: '1' }, default: { cpu: '500m' }, defaultRequest: { cpu: '100m' } }],
        },
      }),
    ),
    post(
      'limit-range-bad',
      `${CORE}/limitranges`,
      object('v1', 'LimitRange', 'bad-limit-range-bad', {
        spec: { limits: [{ type: 'Container', max: { cpu: '1' }, min: { cpu: '2' } }] },
      }),
    ),
  ]),
  scenario('kinds', [
    post(
      'priority-class',
      '/apis/scheduling.k8s.io/v1/priorityclasses',
      object('scheduling.k8s.io/v1', 'PriorityClass', 'cf-pc', { value: 10 }),
    ),
    merge('priority-value', '/apis/scheduling.k8s.io/v1/priorityclasses/cf-pc', { value: 11 }),
    post('pod-with-class', `${CORE}/pods?dryRun=All`, pod('p', podSpec({ priorityClassName: 'cf-pc' })), {
      only: ['spec.priority', 'spec.priorityClassName', 'spec.preemptionPolicy'],
    }),
    remove('priority-gone', '/apis/scheduling.k8s.io/v1/priorityclasses/cf-pc'),
    post(
      'claim',
      `${CORE}/persistentvolumeclaims`,
      object('v1', 'PersistentVolumeClaim', 'c', {
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      }),
    ),
    post(
      'claim-bad',
      `${CORE}/persistentvolumeclaims`,
      object('v1', 'PersistentVolumeClaim', 'bad-claim-bad', { spec: { accessModes: [], resources: {} } }),
    ),
    merge(
      'claim-change',
      `${CORE}/persistentvolumeclaims/c`,
      { spec: { accessModes: ['ReadOnlyMany'] } },
      { only: ['code', 'reason', 'details.causes.0.field'] },
    ),
    remove('claim-delete', `${CORE}/persistentvolumeclaims/c`, undefined, { only: ['kind'] }),
    post(
      'autoscaler',
      inGroup('autoscaling/v2', 'horizontalpodautoscalers'),
      object('autoscaling/v2', 'HorizontalPodAutoscaler', 'h', {
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'w' }, maxReplicas: 3 },
      }),
      { only: ['spec', 'metadata.managedFields'] },
    ),
    get('autoscaler-v1', inGroup('autoscaling/v1', 'horizontalpodautoscalers/h'), { only: ['apiVersion', 'spec'] }),
    post(
      'autoscaler-bad',
      inGroup('autoscaling/v2', 'horizontalpodautoscalers'),
      object('autoscaling/v2', 'HorizontalPodAutoscaler', 'bad-autoscaler-bad', {
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'w' },
          minReplicas: 5,
          maxReplicas: 3,
        },
      }),
    ),
    get('nodes', '/api/v1/nodes?limit=1', { only: ['kind', 'items.0.metadata.name', 'metadata.remainingItemCount'] }),
    merge(
      'cordon-dry-run',
      '/api/v1/nodes/<nodes.items.0.metadata.name>?dryRun=All',
      { spec: { unschedulable: true } },
      { only: ['spec.unschedulable', 'spec.taints'] },
    ),
    merge('taint-bad', '/api/v1/nodes/<nodes.items.0.metadata.name>', {
      spec: { taints: [{ key: 'a', effect: 'Odd' }] },
    }),
    get('node-missing', '/api/v1/nodes/none'),
    get('component-statuses', '/api/v1/componentstatuses/none'),
    put('node-put-missing', '/api/v1/nodes/none', object('v1', 'Node', 'none')),
    get('storage-classes', '/apis/storage.k8s.io/v1/storageclasses?fieldSelector=metadata.name%3Dnone'),
    get('endpoint-slices', inGroup('discovery.k8s.io/v1', 'endpointslices')),
    get('api-services', '/apis/apiregistration.k8s.io/v1/apiservices/v1.apps', {
      only: ['kind', 'spec.group', 'spec.version', 'status.conditions.0.type', 'status.conditions.0.reason'],
    }),
    get('flow-schemas', '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/exempt', {
      only: ['kind', 'metadata.name'],
    }),
  ]),
  scenario('documents', [
    get('core', '/api'),
    get('core-v1', '/api/v1'),
    get('apps', '/apis/apps'),
    get('apps-v1', '/apis/apps/v1'),
    get('batch-v1', '/apis/batch/v1'),
    get('rbac-v1', '/apis/rbac.authorization.k8s.io/v1'),
    get('policy-v1', '/apis/policy/v1'),
    get('unknown-group', '/apis/nothing.example.com'),
    get('unknown-version', '/apis/apps/v9'),
    get('unknown-core-version', '/api/v9'),
    get('aggregated-core', '/api', {
      accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
      only: [
        'kind',
        'apiVersion',
        'items.0.versions.0.version',
        'items.0.versions.0.freshness',
        'items.0.versions.0.resources.0',
      ],
    }),
    get('aggregated', '/apis', {
      accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json',
      only: ['kind', 'apiVersion', 'items.0.metadata.name', 'items.1.metadata.name', 'items.2.versions.0.resources.0'],
    }),
    get('aggregated-unknown', '/apis', {
      accept: 'application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList',
      only: ['kind', 'apiVersion', 'message'],
    }),
    get('openapi-index', '/openapi/v3', { only: ['paths.[api/v1].x', 'paths.version.x'] }),
    get('openapi-unknown', '/openapi/v3/apis/none/v1'),
    get('version', '/version', { only: ['major', 'minor', 'gitVersion', 'platform'] }),
    get('healthz', '/healthz', { accept: '*/*' }),
    get('livez-check', '/livez/ping', { accept: '*/*' }),
    get('readyz-missing', '/readyz/nothing', { accept: '*/*' }),
    get('unknown-path', '/nothing'),
    get('unknown-path-post', '/nothing/else'),
    post('post-to-version', '/version', {}, { only: [] }),
    post('post-to-discovery', '/apis/apps/v1', {}),
    remove('delete-discovery', '/api/v1'),
    { name: 'options', method: 'OPTIONS', path: MAPS },
    { name: 'unknown-method', method: 'PROPFIND', path: MAPS },
    get('namespace-named-oddly', '/api/v1/namespaces/Bad_Name/configmaps'),
    get('encoded-name', `${MAPS}/a%20b`),
    get('encoded-slash', `${MAPS}/a%2Fb`),
    get('double-slash', '/api/v1//namespaces'),
  ]),
];
