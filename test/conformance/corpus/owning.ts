/** Field managers: conflicts with several of them, shared items, atomic lists, status, and a dry run of it all. */
import { configMap, object, service, workload } from '../objects.ts';
import { CORE, DEPLOYMENTS, MAPS, SERVICES } from '../paths.ts';
import { apply, get, merge, post, put, remove, scenario } from '../requests.ts';

const map = (data: Record<string, unknown>, more = {}) => configMap('a', data, more);
const deployment = (spec: object) => object('apps/v1', 'Deployment', 'web', { spec });
const refs = (...uids: string[]) => uids.map(uid => ({ apiVersion: 'v1', kind: 'ConfigMap', name: uid, uid }));

export const owning = [
  scenario('managers', [
    apply('no-manager', `${MAPS}/a`, map({})),
    apply('empty-manager', `${MAPS}/a?fieldManager=`, map({})),
    apply('forced-without-manager', `${MAPS}/a?force=true`, map({})),
    apply('create-dry-run', `${MAPS}/a?fieldManager=one&dryRun=All`, map({ a: '1' })),
    get('not-created', `${MAPS}/a`),
    apply('created', `${MAPS}/a?fieldManager=one`, map({ a: '1', b: '1', c: '1' })),
    merge('same-name-updates', `${MAPS}/a?fieldManager=one`, { data: { a: '2' } }),
    apply('own-update-in-the-way', `${MAPS}/a?fieldManager=one`, map({ a: '3', b: '1', c: '1' })),
    merge('second-takes', `${MAPS}/a?fieldManager=two`, { data: { b: '2' } }),
    merge('third-takes', `${MAPS}/a?fieldManager=three`, { data: { c: '2' } }),
    apply('three-in-the-way', `${MAPS}/a?fieldManager=one&force=false`, map({ a: '3', b: '3', c: '3' })),
    apply('conflict-dry-run', `${MAPS}/a?fieldManager=one&dryRun=All`, map({ b: '9' })),
    apply('forced', `${MAPS}/a?fieldManager=one&force=true`, map({ a: '3', b: '3', c: '3' })),
    apply('agreeing', `${MAPS}/a?fieldManager=four`, map({ a: '3' })),
    apply('given-up-by-one', `${MAPS}/a?fieldManager=one`, map({ b: '3' })),
    apply('given-up-by-all', `${MAPS}/a?fieldManager=four`, map({})),
    apply('nothing-at-all', `${MAPS}/a?fieldManager=one`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
    }),
    apply('null-value', `${MAPS}/a?fieldManager=one`, map({ n: null, m: '1' })),
    apply('null-data', `${MAPS}/a?fieldManager=one`, object('v1', 'ConfigMap', 'a', { data: null })),
    put('put-by-other', `${MAPS}/a?fieldManager=five`, map({ p: '1' })),
    put('put-again-by-other', `${MAPS}/a?fieldManager=six`, map({ p: '1' })),
    put('put-takes-all', `${MAPS}/a?fieldManager=six`, map({ q: '1' })),
    put(
      'put-own-managed-fields',
      `${MAPS}/a?fieldManager=seven`,
      map(
        { q: '1' },
        {
          managedFields: [
            {
              manager: 'made-up',
              operation: 'Update',
              apiVersion: 'v1',
              fieldsType: 'FieldsV1',
              fieldsV1: { 'f:data': { 'f:q': {} } },
            },
          ],
        },
      ),
    ),
    put(
      'put-bad-managed-fields',
      `${MAPS}/a?fieldManager=seven`,
      map({ q: '1' }, { managedFields: [{ manager: 'x', operation: 'Wish' }] }),
    ),
    apply('finalizers', `${MAPS}/a?fieldManager=f1`, map({}, { finalizers: ['a.b/one'] })),
    apply('finalizers-second', `${MAPS}/a?fieldManager=f2`, map({}, { finalizers: ['a.b/two', 'a.b/one'] })),
    apply('finalizers-given-up', `${MAPS}/a?fieldManager=f1`, map({})),
    apply('finalizers-all-given-up', `${MAPS}/a?fieldManager=f2`, map({})),
    apply(
      'owners',
      `${MAPS}/a?fieldManager=o1&dryRun=All`,
      map({}, { ownerReferences: refs('<created.metadata.uid>') }),
    ),
    apply('owners-duplicate', `${MAPS}/a?fieldManager=o1`, map({}, { ownerReferences: refs('u', 'u') })),
    apply('nothing-of-third', `${MAPS}/a?fieldManager=o1`, map({})),
    apply('long-manager', `${MAPS}/a?fieldManager=${'m'.repeat(129)}`, map({})),
    apply(
      'with-version',
      `${MAPS}/a?fieldManager=one`,
      map({ v: '1' }, { resourceVersion: '<nothing-of-third.metadata.resourceVersion>' }),
    ),
    apply(
      'generate-name',
      `${MAPS}/a?fieldManager=one`,
      object('v1', 'ConfigMap', '', { data: {} }, { generateName: 'a-' }),
    ),
    apply('other-namespace', `${MAPS}/a?fieldManager=one`, map({}, { namespace: 'default' })),
    apply('to-collection', `${MAPS}?fieldManager=one`, map({})),
    apply('as-alice', `${MAPS}/a?fieldManager=one`, map({}), { user: 'alice' }),
    remove('delete', `${MAPS}/a`, undefined, { only: ['status'] }),
  ]),
  scenario('manager-lists', [
    apply(
      'deployment',
      `${DEPLOYMENTS}/web?fieldManager=one`,
      workload('Deployment', 'web', { replicas: 0, paused: true }),
      { only: ['metadata.managedFields'] },
    ),
    get('settled', `${DEPLOYMENTS}/web`, {
      until: { 'status.observedGeneration': 1, 'status.conditions.0.reason': 'DeploymentPaused' },
      only: ['kind'],
    }),
    apply('replicas-shared', `${DEPLOYMENTS}/web?fieldManager=two`, deployment({ replicas: 0 }), {
      only: ['metadata.managedFields', 'spec.replicas'],
    }),
    merge('scaled', `${DEPLOYMENTS}/web/scale?fieldManager=scaler`, { spec: { replicas: 1 } }, { only: ['spec'] }),
    get('managers-after-scale', `${DEPLOYMENTS}/web`, {
      until: { 'status.observedGeneration': 2 },
      only: ['metadata.managedFields', 'spec.replicas'],
    }),
    apply('conflict-with-scale', `${DEPLOYMENTS}/web?fieldManager=two`, deployment({ replicas: 0 })),
    apply('same-as-scale', `${DEPLOYMENTS}/web?fieldManager=two`, deployment({ replicas: 1 }), {
      only: ['metadata.managedFields'],
    }),
    apply('conflict-with-both', `${DEPLOYMENTS}/web?fieldManager=three`, deployment({ replicas: 5 })),
    apply(
      'conditions',
      `${DEPLOYMENTS}/web/status?fieldManager=teller`,
      object('apps/v1', 'Deployment', 'web', {
        status: { conditions: [{ type: 'Odd', status: 'True', reason: 'Why' }] },
      }),
      { only: ['kind', 'code'] },
    ),
    apply(
      'spec-through-status',
      `${DEPLOYMENTS}/web/status?fieldManager=teller&force=true`,
      deployment({ replicas: 7 }),
      { only: ['spec.replicas', 'code', 'message'] },
    ),
    apply(
      'status-through-spec',
      `${DEPLOYMENTS}/web?fieldManager=teller`,
      object('apps/v1', 'Deployment', 'web', { status: { replicas: 7 } }),
      { only: ['status.replicas', 'code', 'message'] },
    ),
    apply(
      'incomplete',
      `${DEPLOYMENTS}/none?fieldManager=one`,
      object('apps/v1', 'Deployment', 'none', { spec: { replicas: 1 } }),
    ),
    apply(
      'without-key',
      `${DEPLOYMENTS}/web?fieldManager=four`,
      deployment({ template: { spec: { containers: [{ image: 'x' }] } } }),
    ),
    apply('wrong-type', `${DEPLOYMENTS}/web?fieldManager=four`, deployment({ replicas: 'two' })),
    apply('unknown-field', `${DEPLOYMENTS}/web?fieldManager=four`, deployment({ odd: 1 })),
    apply(
      'selector-changes',
      `${DEPLOYMENTS}/web?fieldManager=four&force=true`,
      deployment({ selector: { matchLabels: { app: 'other' } } }),
    ),
    apply(
      'service',
      `${SERVICES}/s?fieldManager=one`,
      service('s', { selector: { a: '1', b: '2' }, ports: [{ name: 'x', port: 80 }] }),
    ),
    apply('selector-is-atomic', `${SERVICES}/s?fieldManager=two`, service('s', { selector: { c: '3' } })),
    apply('selector-forced', `${SERVICES}/s?fieldManager=two&force=true`, service('s', { selector: { c: '3' } }), {
      only: ['spec.selector', 'metadata.managedFields'],
    }),
    apply(
      'port-added',
      `${SERVICES}/s?fieldManager=two`,
      service('s', { selector: { c: '3' }, ports: [{ name: 'y', port: 81 }] }),
      { only: ['spec.ports', 'metadata.managedFields'] },
    ),
    apply('port-changed', `${SERVICES}/s?fieldManager=two`, service('s', { ports: [{ name: 'z', port: 80 }] })),
    apply('port-twice', `${SERVICES}/s?fieldManager=two`, service('s', { ports: [{ port: 90 }, { port: 90 }] })),
    apply('port-without-number', `${SERVICES}/s?fieldManager=two`, service('s', { ports: [{ name: 'q' }] })),
    post('secret', `${CORE}/secrets`, object('v1', 'Secret', 'x', { stringData: { a: 'b' } }), { only: ['data'] }),
    apply('string-data', `${CORE}/secrets/x?fieldManager=one`, object('v1', 'Secret', 'x', { stringData: { c: 'd' } })),
    apply(
      'role',
      '/apis/rbac.authorization.k8s.io/v1/namespaces/<ns>/roles/r?fieldManager=one',
      object('rbac.authorization.k8s.io/v1', 'Role', 'r', {
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      }),
    ),
    apply(
      'role-rules-conflict',
      '/apis/rbac.authorization.k8s.io/v1/namespaces/<ns>/roles/r?fieldManager=two',
      object('rbac.authorization.k8s.io/v1', 'Role', 'r', { rules: [] }),
    ),
  ]),
];
