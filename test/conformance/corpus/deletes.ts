/** Deleting: options, preconditions, finalizers, propagation, whole collections, namespaces. */
import { configMap, object, pod, podSpec, workload } from '../objects.ts';
import { APPS, CORE, inGroup, MAPS, PODS, TABLE } from '../paths.ts';
import { get, jsonPatch, merge, post, put, remove, scenario, watch } from '../requests.ts';

const SETS = `${APPS}/replicasets`;
const options = (more: object) => ({ apiVersion: 'v1', kind: 'DeleteOptions', ...more });
const owner = (uid: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: 'owner',
  uid,
  ...more,
});
const held = (name: string) => configMap(name, {}, { finalizers: ['example.com/hold'] });

export const deletes = [
  scenario('delete', [
    ...['a', 'b', 'c', 'd', 'e', 'f'].map(name => post(`create-${name}`, MAPS, configMap(name))),
    remove('dry-run-in-body', `${MAPS}/a`, options({ dryRun: ['All'] })),
    get('dry-run-left-it', `${MAPS}/a`),
    remove('strange-dry-run', `${MAPS}/a`, options({ dryRun: ['Some'] })),
    remove('wrong-uid', `${MAPS}/a`, options({ preconditions: { uid: '11111111-1111-4111-8111-111111111111' } })),
    remove('wrong-version', `${MAPS}/a`, options({ preconditions: { resourceVersion: '1' } })),
    remove(
      'right-preconditions',
      `${MAPS}/a`,
      options({
        preconditions: { uid: '<create-a.metadata.uid>', resourceVersion: '<create-a.metadata.resourceVersion>' },
      }),
    ),
    remove('bad-policy', `${MAPS}/b`, options({ propagationPolicy: 'Sideways' })),
    remove('bad-policy-in-query', `${MAPS}/b?propagationPolicy=Sideways`),
    remove('policy-and-orphan', `${MAPS}/b`, options({ propagationPolicy: 'Orphan', orphanDependents: true })),
    remove('bad-grace', `${MAPS}/b?gracePeriodSeconds=soon`),
    remove('negative-grace', `${MAPS}/b`, options({ gracePeriodSeconds: -1 })),
    remove('body-of-other-kind', `${MAPS}/c`, configMap('c')),
    remove('body-not-json', `${MAPS}/c`, 'x'),
    remove('unknown-field', `${MAPS}/c`, options({ more: 1 })),
    remove('empty-body', `${MAPS}/d`, ''),
    remove('as-table', `${MAPS}/e`, undefined, { accept: TABLE }),
    remove('with-ignored-grace', `${MAPS}/f?gracePeriodSeconds=30`),
    remove('missing-with-uid', `${MAPS}/zz`, options({ preconditions: { uid: 'x' } })),
    remove('subresource', `${MAPS}/a/status`),
    get('left', MAPS),
  ]),
  scenario('collections', [
    ...['a', 'b', 'c', 'd'].map(name =>
      post(`create-${name}`, MAPS, configMap(name, {}, { labels: { half: name < 'c' ? 'one' : 'two', all: 'yes' } })),
    ),
    remove('dry-run', `${MAPS}?labelSelector=half%3Done&dryRun=All`),
    remove('dry-run-in-body', `${MAPS}?labelSelector=half%3Done`, options({ dryRun: ['All'] })),
    get('nothing-gone', `${MAPS}?labelSelector=half%3Done`, { accept: TABLE }),
    remove('half', `${MAPS}?labelSelector=half%3Done`),
    get('other-half', `${MAPS}?labelSelector=all`),
    remove('by-field', `${MAPS}?fieldSelector=metadata.name%3Dc`),
    remove('none-matches', `${MAPS}?labelSelector=half%3Dthree`),
    remove('bad-selector', `${MAPS}?labelSelector=%3D%3D`),
    post('held', MAPS, {
      ...held('h'),
      metadata: { name: 'h', labels: { all: 'yes' }, finalizers: ['example.com/hold'] },
    }),
    remove('with-held', `${MAPS}?labelSelector=all`),
    get('held-is-terminating', `${MAPS}/h`),
    merge('release', `${MAPS}/h`, { metadata: { finalizers: null } }),
    remove('services-cannot', `${CORE}/services?labelSelector=none%3Dnone`),
    remove('namespaces-cannot', '/api/v1/namespaces'),
  ]),
  scenario('finalizers', [
    post('create', MAPS, {
      ...held('a'),
      metadata: { name: 'a', finalizers: ['example.com/hold', 'example.com/two'] },
    }),
    remove('dry-run-of-what-is-held', `${MAPS}/a?dryRun=All`),
    remove(
      'dry-run-in-body-of-what-is-held',
      `${MAPS}/a`,
      options({ dryRun: ['All'], propagationPolicy: 'Background' }),
    ),
    get('dry-run-left-it', `${MAPS}/a`),
    remove('delete', `${MAPS}/a`),
    remove('delete-again', `${MAPS}/a`),
    remove('delete-dry-run', `${MAPS}/a?dryRun=All`),
    merge('change-while-terminating', `${MAPS}/a`, { data: { still: 'writable' } }),
    post('create-while-terminating', MAPS, configMap('a')),
    merge('remove-one', `${MAPS}/a`, { metadata: { finalizers: ['example.com/two'] } }),
    merge('replace-by-new', `${MAPS}/a`, { metadata: { finalizers: ['example.com/three'] } }),
    jsonPatch('unset-deletion', `${MAPS}/a`, [{ op: 'remove', path: '/metadata/deletionTimestamp' }]),
    merge('remove-last-dry-run', `${MAPS}/a?dryRun=All`, { metadata: { finalizers: [] } }),
    get('still-there', `${MAPS}/a`),
    put('remove-last', `${MAPS}/a`, configMap('a')),
    get('gone', `${MAPS}/a`),
    watch('seen', `${MAPS}?fieldSelector=metadata.name%3Da&resourceVersion=<create.metadata.resourceVersion>`, 4),
    post('with-standard-finalizer', MAPS, configMap('s', {}, { finalizers: ['kubernetes'] })),
    post('with-foreground-finalizer', MAPS, configMap('fg', {}, { finalizers: ['foregroundDeletion'] })),
    post('with-orphan-finalizer', MAPS, configMap('or', {}, { finalizers: ['orphan'] })),
    post('with-both-finalizers', MAPS, configMap('bo', {}, { finalizers: ['orphan', 'foregroundDeletion'] })),
    merge('release', `${MAPS}/s`, { metadata: { finalizers: null } }),
  ]),
  scenario('propagation', [
    post('owner', MAPS, configMap('owner')),
    post(
      'child',
      MAPS,
      configMap('child', {}, { ownerReferences: [owner('<owner.metadata.uid>', { blockOwnerDeletion: true })] }),
    ),
    remove('foreground', `${MAPS}/owner`, options({ propagationPolicy: 'Foreground' })),
    get('owner-gone', `${MAPS}/owner`, { until: { status: 404 } }),
    get('child-gone', `${MAPS}/child`, { until: { status: 404 } }),
    post('owner-2', MAPS, configMap('owner')),
    post('child-2', MAPS, configMap('child', {}, { ownerReferences: [owner('<owner-2.metadata.uid>')] })),
    remove('orphan', `${MAPS}/owner`, options({ propagationPolicy: 'Orphan' })),
    get('owner-gone-2', `${MAPS}/owner`, { until: { status: 404 } }),
    get('orphan-left', `${MAPS}/child`, {
      until: { 'metadata.ownerReferences': null },
      only: ['metadata.name', 'metadata.ownerReferences'],
    }),
    post('owner-3', MAPS, configMap('owner')),
    post('child-3', MAPS, configMap('child-3', {}, { ownerReferences: [owner('<owner-3.metadata.uid>')] })),
    remove('background', `${MAPS}/owner?propagationPolicy=Background`),
    get('child-3-gone', `${MAPS}/child-3`, { until: { status: 404 } }),
    post('owner-4', MAPS, configMap('owner')),
    remove('orphan-dependents', `${MAPS}/owner`, options({ orphanDependents: true })),
    get('owner-4-gone', `${MAPS}/owner`, { until: { status: 404 } }),
    post(
      'absent-owner',
      MAPS,
      configMap('lost', {}, { ownerReferences: [owner('11111111-1111-4111-8111-111111111111')] }),
    ),
    get('lost-collected', `${MAPS}/lost`, { until: { status: 404 } }),
    post('set', SETS, workload('ReplicaSet', 'set', { replicas: 1 }), { only: ['metadata.name', 'status'] }),
    get('set-ready', `${SETS}/set`, { until: { 'status.readyReplicas': 1 }, only: ['status'] }),
    remove('set-orphaned', `${SETS}/set`, options({ propagationPolicy: 'Orphan' }), { only: ['kind', 'status'] }),
    get('set-gone', `${SETS}/set`, { until: { status: 404 } }),
    get('pods-left', `${PODS}?labelSelector=app%3Dset`, { only: ['items.0.metadata.ownerReferences', 'items.1'] }),
    post('set-again', SETS, workload('ReplicaSet', 'set', { replicas: 1 }), { only: ['metadata.name'] }),
    get('pod-adopted', `${PODS}?labelSelector=app%3Dset`, {
      until: { 'items.0.metadata.ownerReferences.0.kind': 'ReplicaSet' },
      only: ['items.0.metadata.ownerReferences', 'items.1'],
    }),
    remove('set-foreground', `${SETS}/set?propagationPolicy=Foreground`, undefined, {
      only: ['metadata.finalizers', 'metadata.deletionGracePeriodSeconds'],
    }),
    get('set-gone-2', `${SETS}/set`, { until: { status: 404 } }),
  ]),
  scenario('delete-pods', [
    post('pending', PODS, pod('pending', podSpec({ nodeSelector: { no: 'such' } })), { only: ['status'] }),
    remove('pending-deleted', `${PODS}/pending`, undefined, {
      only: ['kind', 'metadata.name', 'metadata.deletionGracePeriodSeconds'],
    }),
    get('pending-gone', `${PODS}/pending`, { until: { status: 404 } }),
    post('run', PODS, pod('run', podSpec({ terminationGracePeriodSeconds: 60 })), {
      only: ['spec.terminationGracePeriodSeconds'],
    }),
    get('running', `${PODS}/run`, { until: { 'status.phase': 'Running' }, only: ['status.phase'] }),
    remove('dry-run', `${PODS}/run?dryRun=All`, undefined, { only: ['kind', 'metadata.deletionGracePeriodSeconds'] }),
    get('dry-run-left-it', `${PODS}/run`, { only: ['status.phase', 'metadata.deletionTimestamp'] }),
    remove('negative-grace', `${PODS}/run?gracePeriodSeconds=-5&dryRun=All`, undefined, {
      only: ['kind', 'message', 'metadata.deletionGracePeriodSeconds'],
    }),
    remove('graceful', `${PODS}/run`, undefined, { only: ['kind', 'metadata.deletionGracePeriodSeconds'] }),
    get('gone', `${PODS}/run`, { until: { status: 404 } }),
    post('force', PODS, pod('force'), { only: ['kind'] }),
    remove('forced', `${PODS}/force?gracePeriodSeconds=0`, undefined, {
      only: ['kind', 'metadata.name', 'metadata.deletionGracePeriodSeconds'],
    }),
    get('forced-gone', `${PODS}/force`),
  ]),
  scenario('namespaces', [
    post('create', '/api/v1/namespaces', object('v1', 'Namespace', 'cf-end', {}, { labels: { mine: 'yes' } })),
    post('bad-name', '/api/v1/namespaces', object('v1', 'Namespace', 'a.b')),
    post(
      'with-namespace',
      '/api/v1/namespaces?dryRun=All',
      object('v1', 'Namespace', 'cf-x', {}, { namespace: 'cf-y' }),
    ),
    post(
      'generate-name',
      '/api/v1/namespaces?dryRun=All',
      object('v1', 'Namespace', '', {}, { generateName: 'cf-gen-' }),
    ),
    merge('relabel-name', '/api/v1/namespaces/cf-end', {
      metadata: { labels: { 'kubernetes.io/metadata.name': 'other' } },
    }),
    merge('remove-name-label', '/api/v1/namespaces/cf-end', {
      metadata: { labels: { 'kubernetes.io/metadata.name': null } },
    }),
    merge('spec-finalizer', '/api/v1/namespaces/cf-end', { spec: { finalizers: ['kubernetes', 'example.com/f'] } }),
    merge('metadata-finalizer', '/api/v1/namespaces/cf-end', { metadata: { finalizers: ['example.com/m'] } }),
    merge('status', '/api/v1/namespaces/cf-end/status', { status: { phase: 'Terminating' } }),
    get('table', '/api/v1/namespaces/cf-end', { accept: TABLE }),
    post('held', '/api/v1/namespaces/cf-end/configmaps', held('h')),
    remove('delete-dry-run', '/api/v1/namespaces/cf-end?dryRun=All'),
    remove('delete', '/api/v1/namespaces/cf-end', undefined, {
      only: ['kind', 'metadata.finalizers', 'spec', 'status.phase'],
    }),
    remove('delete-again', '/api/v1/namespaces/cf-end', undefined, {
      // Conditions come as soon as the namespace controller has looked at it.
      only: ['kind', 'status.phase', 'message', 'metadata.finalizers', 'spec'],
    }),
    get('waiting', '/api/v1/namespaces/cf-end', {
      until: { 'status.conditions.4.type': 'NamespaceFinalizersRemaining' },
      only: ['status', 'spec'],
    }),
    get('terminating-table', '/api/v1/namespaces/cf-end', { accept: TABLE, only: ['rows.0.cells'] }),
    post('create-inside', '/api/v1/namespaces/cf-end/configmaps', configMap('late')),
    merge('update-inside', '/api/v1/namespaces/cf-end/configmaps/h', { data: { x: 'y' } }),
    put(
      'finalize',
      '/api/v1/namespaces/cf-end/finalize',
      object('v1', 'Namespace', 'cf-end', { spec: { finalizers: ['kubernetes'] } }),
      { only: ['kind', 'spec', 'metadata.finalizers'] },
    ),
    merge('release', '/api/v1/namespaces/cf-end/configmaps/h', { metadata: { finalizers: null } }),
    get('content-gone', '/api/v1/namespaces/cf-end', {
      until: { 'spec.finalizers': null },
      only: ['spec', 'status.phase', 'metadata.finalizers'],
    }),
    merge(
      'last-finalizer',
      '/api/v1/namespaces/cf-end',
      { metadata: { finalizers: null } },
      { only: ['kind', 'metadata.name'] },
    ),
    get('gone', '/api/v1/namespaces/cf-end', { until: { status: 404 } }),
    get('list-in-none', '/api/v1/namespaces/cf-none/configmaps'),
    get('get-in-none', '/api/v1/namespaces/cf-none/configmaps/x'),
    remove('delete-system', '/api/v1/namespaces/kube-system'),
    post(
      'binding-in-none',
      '/apis/rbac.authorization.k8s.io/v1/namespaces/cf-none/roles',
      object('rbac.authorization.k8s.io/v1', 'Role', 'r', { rules: [] }),
    ),
  ]),
  scenario('budgets', [
    post(
      'create',
      inGroup('policy/v1', 'poddisruptionbudgets'),
      object('policy/v1', 'PodDisruptionBudget', 'b', {
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'w' } } },
      }),
    ),
    post(
      'both',
      inGroup('policy/v1', 'poddisruptionbudgets'),
      object('policy/v1', 'PodDisruptionBudget', 'x', { spec: { minAvailable: 1, maxUnavailable: 1 } }),
    ),
    post(
      'bad-percent',
      inGroup('policy/v1', 'poddisruptionbudgets'),
      object('policy/v1', 'PodDisruptionBudget', 'x', { spec: { minAvailable: '120' } }),
    ),
    post(
      'negative',
      inGroup('policy/v1', 'poddisruptionbudgets'),
      object('policy/v1', 'PodDisruptionBudget', 'x', { spec: { maxUnavailable: -1 } }),
    ),
    post('deployment', `${APPS}/deployments`, workload('Deployment', 'w', { replicas: 2 }), { only: ['kind'] }),
    get('ready', `${APPS}/deployments/w`, {
      until: { 'status.availableReplicas': 2 },
      only: ['status.availableReplicas'],
    }),
    get('budget', inGroup('policy/v1', 'poddisruptionbudgets/b'), {
      until: { 'status.disruptionsAllowed': 1 },
      only: ['status', 'metadata.generation'],
    }),
    get('budget-table', inGroup('policy/v1', 'poddisruptionbudgets'), {
      accept: TABLE,
      only: ['columnDefinitions', 'rows.0.cells'],
    }),
    get('pods', `${PODS}?labelSelector=app%3Dw`, { only: ['items.0.status.phase'] }),
    post('evict-dry-run-in-body', `${PODS}/<pods.items.0.metadata.name>/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: '<pods.items.0.metadata.name>' },
      deleteOptions: { dryRun: ['All'] },
    }),
    get('nothing-evicted', `${PODS}/<pods.items.0.metadata.name>`, {
      only: ['metadata.deletionTimestamp', 'status.phase', 'status.conditions.5'],
    }),
    post('evict-dry-run-in-query', `${PODS}/<pods.items.0.metadata.name>/eviction?dryRun=All`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: '<pods.items.0.metadata.name>' },
    }),
    get('budget-untouched', inGroup('policy/v1', 'poddisruptionbudgets/b'), {
      only: ['status.disruptionsAllowed', 'status.disruptedPods'],
    }),
    post('evict-other-name', `${PODS}/<pods.items.0.metadata.name>/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'other' },
    }),
    post('evict-no-name', `${PODS}/<pods.items.0.metadata.name>/eviction?dryRun=All`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
    }),
    post('free-pod', PODS, pod('free', podSpec({ nodeSelector: { no: 'such' } })), { only: ['kind'] }),
    post('evict-wrong-uid', `${PODS}/free/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'free' },
      deleteOptions: { preconditions: { uid: '11111111-1111-4111-8111-111111111111' } },
    }),
    post('evict-beta', `${PODS}/<pods.items.0.metadata.name>/eviction?dryRun=All`, {
      apiVersion: 'policy/v1beta1',
      kind: 'Eviction',
      metadata: { name: '<pods.items.0.metadata.name>' },
    }),
    post('evict-other-kind', `${PODS}/<pods.items.0.metadata.name>/eviction`, configMap('x')),
    post('evict-missing', `${PODS}/none/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'none' },
    }),
    post('evict', `${PODS}/<pods.items.0.metadata.name>/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: '<pods.items.0.metadata.name>', namespace: '<ns>' },
    }),
    merge(
      'tighter',
      inGroup('policy/v1', 'poddisruptionbudgets/b'),
      { spec: { minAvailable: '100%' } },
      { only: ['spec', 'metadata.generation'] },
    ),
    get('tight', inGroup('policy/v1', 'poddisruptionbudgets/b'), {
      until: { 'status.observedGeneration': 2, 'status.currentHealthy': 2, 'status.disruptionsAllowed': 0 },
      only: ['status.desiredHealthy', 'status.expectedPods', 'status.conditions'],
    }),
    get('pods-2', `${PODS}?labelSelector=app%3Dw&fieldSelector=status.phase%3DRunning`, {
      until: { 'items.1.status.phase': 'Running' },
      only: ['items.2'],
    }),
    post(
      'second-budget',
      inGroup('policy/v1', 'poddisruptionbudgets'),
      object('policy/v1', 'PodDisruptionBudget', 'b2', { spec: { maxUnavailable: 0, selector: {} } }),
      { only: ['spec'] },
    ),
    get('second-seen', inGroup('policy/v1', 'poddisruptionbudgets/b2'), {
      until: { 'status.observedGeneration': 1 },
      only: ['status'],
    }),
    post('evict-two-budgets', `${PODS}/<pods-2.items.0.metadata.name>/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: '<pods-2.items.0.metadata.name>' },
    }),
    merge(
      'selector-changes',
      inGroup('policy/v1', 'poddisruptionbudgets/b'),
      { spec: { selector: { matchLabels: { app: 'z' } } } },
      { only: ['spec'] },
    ),
    get('no-pods', inGroup('policy/v1', 'poddisruptionbudgets/b'), {
      until: { 'status.observedGeneration': 3 },
      only: ['status'],
    }),
  ]),
];
