/** Deleting many at once, and doing everything without doing it. */
import { configMap, object, pod, podSpec, role, service } from '../objects.ts';
import { CORE, inGroup, MAPS, PODS } from '../paths.ts';
import { apply, get, jsonPatch, merge, post, put, remove, scenario, strategic, watch } from '../requests.ts';

const ROLES = inGroup('rbac.authorization.k8s.io/v1', 'roles');
const encoded = (text: string) => encodeURIComponent(text);
const options = (more: object) => ({ apiVersion: 'v1', kind: 'DeleteOptions', ...more });
const labelled = (name: string, labels: object) => configMap(name, {}, { labels });
const NAMES = {
  only: ['kind', 'apiVersion', 'items.0.metadata.name', 'items.1.metadata.name', 'items.2', 'message', 'code'],
};
const waiting = podSpec({ nodeSelector: { no: 'such' } });

export const bulk = [
  scenario('bulk', [
    post('a', MAPS, labelled('a', { set: 'one', odd: 'yes' })),
    post('b', MAPS, labelled('b', { set: 'one' })),
    post('c', MAPS, labelled('c', { set: 'two', odd: 'yes' })),
    post('d', MAPS, labelled('d', { set: 'two' })),
    remove(
      'both-selectors',
      `${MAPS}?labelSelector=set%3Done&fieldSelector=${encoded('metadata.name=a')}`,
      undefined,
      NAMES,
    ),
    remove('set-based', `${MAPS}?labelSelector=${encoded('set in (one),odd')}`, undefined, NAMES),
    remove('not-in', `${MAPS}?labelSelector=${encoded('set,set notin (two)')}&dryRun=All`, undefined, NAMES),
    remove('unknown-field', `${MAPS}?fieldSelector=data.a%3D1`),
    remove('limited', `${MAPS}?labelSelector=set&limit=1&dryRun=All`, undefined, NAMES),
    remove('bad-limit', `${MAPS}?labelSelector=set&limit=x`),
    remove('bad-policy', `${MAPS}?labelSelector=set`, options({ propagationPolicy: 'Sideways' })),
    remove(
      'wrong-uid',
      `${MAPS}?labelSelector=set`,
      options({ preconditions: { uid: '11111111-1111-4111-8111-111111111111' } }),
    ),
    remove('wrong-version', `${MAPS}?labelSelector=set%3Dtwo`, options({ preconditions: { resourceVersion: '1' } })),
    remove('body-of-other-kind', `${MAPS}?labelSelector=set`, configMap('x')),
    remove('body-not-json', `${MAPS}?labelSelector=set`, '{'),
    remove('at-zero', `${MAPS}?labelSelector=set%3Dtwo&resourceVersion=0&dryRun=All`, undefined, NAMES),
    get('left', `${MAPS}?labelSelector=set`, NAMES),
    remove('foreground', `${MAPS}?labelSelector=set%3Dtwo&propagationPolicy=Foreground`, undefined, NAMES),
    get('gone', `${MAPS}?labelSelector=set%3Dtwo`, { until: { items: [] }, ...NAMES }),
    watch('seen', `${MAPS}?resourceVersion=<d.metadata.resourceVersion>&labelSelector=set%3Done`, 1, {
      only: ['0.type', '0.object.metadata.name'],
    }),
    post('p', PODS, pod('p', waiting, { labels: { app: 'bulk' } }), { only: ['kind'] }),
    post('q', PODS, pod('q', waiting, { labels: { app: 'bulk' } }), { only: ['kind'] }),
    remove('pods-dry-run', `${PODS}?labelSelector=app%3Dbulk&dryRun=All`, undefined, NAMES),
    remove('pods-by-phase', `${PODS}?fieldSelector=${encoded('status.phase=Running')}`, undefined, NAMES),
    remove('pods', `${PODS}?labelSelector=app%3Dbulk&gracePeriodSeconds=0`, undefined, NAMES),
    get('pods-gone', `${PODS}?labelSelector=app%3Dbulk`, NAMES),
    post('role', ROLES, role('r', []), { only: ['kind'] }),
    remove('roles', ROLES, undefined, { only: ['kind', 'items.0.metadata.name'] }),
    remove('everywhere', '/api/v1/configmaps?labelSelector=none'),
    remove('reviews', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'),
    remove('as-alice', `${MAPS}?labelSelector=set`, undefined, { user: 'alice' }),
    remove('cluster-scoped', '/apis/scheduling.k8s.io/v1/priorityclasses?labelSelector=none', undefined, {
      only: ['kind', 'items'],
    }),
    remove('nodes', '/api/v1/nodes?labelSelector=none', undefined, { only: ['kind', 'items'] }),
  ]),
  scenario('dry-runs', [
    post('create', MAPS, configMap('a', { a: '1' })),
    post('post', `${MAPS}?dryRun=All`, configMap('b')),
    put('put', `${MAPS}/a?dryRun=All`, configMap('a', { a: '2' })),
    put('put-missing', `${MAPS}/none?dryRun=All`, configMap('none')),
    put('put-stale', `${MAPS}/a?dryRun=All`, configMap('a', {}, { resourceVersion: '1' })),
    merge('merge', `${MAPS}/a?dryRun=All`, { data: { a: '3' } }),
    strategic('strategic', `${MAPS}/a?dryRun=All`, { data: { a: '4' } }),
    jsonPatch('json', `${MAPS}/a?dryRun=All`, [{ op: 'replace', path: '/data/a', value: '5' }]),
    apply('apply', `${MAPS}/a?dryRun=All&fieldManager=m`, configMap('a', { z: '6' })),
    merge('invalid', `${MAPS}/a?dryRun=All`, { data: { 'a b': '1' } }),
    remove('delete', `${MAPS}/a?dryRun=All`),
    remove('delete-missing', `${MAPS}/none?dryRun=All`),
    remove('delete-wrong-uid', `${MAPS}/a?dryRun=All`, options({ preconditions: { uid: 'x' } })),
    remove('collection', `${MAPS}?dryRun=All&fieldSelector=${encoded('metadata.name=a')}`),
    get('untouched', `${MAPS}/a`),
    post('pod', PODS, pod('p', waiting), { only: ['kind'] }),
    post('bind', `${PODS}/p/binding?dryRun=All`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'p' },
      target: { kind: 'Node', name: 'node-1' },
    }),
    get('not-bound', `${PODS}/p`, { only: ['spec.nodeName', 'status.phase'] }),
    merge('status', `${PODS}/p/status?dryRun=All`, { status: { phase: 'Failed' } }, { only: ['status.phase'] }),
    post(
      'token',
      `${CORE}/serviceaccounts/default/token?dryRun=All`,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } },
      { only: ['kind', 'code', 'message', 'spec'] },
    ),
    post('service', `${CORE}/services?dryRun=All`, service('s', { ports: [{ port: 80 }] }), { only: ['spec'] }),
    post('account', `${CORE}/serviceaccounts?dryRun=All`, object('v1', 'ServiceAccount', 'sa')),
    post('namespace', '/api/v1/namespaces?dryRun=All', object('v1', 'Namespace', 'cf-never')),
    get('no-namespace', '/api/v1/namespaces/cf-never'),
    post('role-escalating', `${ROLES}?dryRun=All`, role('r', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]), {
      user: 'alice',
    }),
    remove('pod-dry-run', `${PODS}/p?dryRun=All&gracePeriodSeconds=0`, undefined, {
      only: ['kind', 'status.phase', 'metadata.deletionGracePeriodSeconds'],
    }),
    remove('finalizer-dry-run', `${MAPS}/a?dryRun=All&propagationPolicy=Foreground`, undefined, {
      only: ['kind', 'metadata.finalizers', 'status'],
    }),
  ]),
];
