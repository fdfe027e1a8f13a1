import { describe, expect, test } from 'vitest';
import { faultOf } from '../../src/faults/registry.ts';
import { writeEnvelope } from '../../src/injection/record/envelope.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { ApiResource } from '../../src/kube/discovery/discovery.ts';
import { scanExitCode, scanText } from '../../src/revert/report.ts';
import { revertAll } from '../../src/revert/revert-all.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import { fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';

const TYPE = 'chaos.operatorchaos.io/type';
const RECORD = 'chaos.operatorchaos.io/rollback-data';
const BLOCK = 'chaos.operatorchaos.io/block';
const record = writeEnvelope({ finalizer: BLOCK });

const resource = (apiVersion: string, kind: string, plural: string): ApiResource => ({
  group: apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '',
  version: apiVersion.split('/').at(-1) ?? '',
  apiVersion,
  kind,
  resource: plural,
  singular: kind.toLowerCase(),
  namespaced: true,
  verbs: ['get', 'list', 'watch', 'patch'],
  shortNames: [],
  subresources: [],
});

/**
 * A cluster that also serves these kinds; `slow` answers its lists last; what is stored under one of `twins` is listed under both, and
 * read under whichever it is asked for.
 */
function cluster(
  objects: readonly KubeObject[],
  kinds: readonly ApiResource[] = [],
  { slow, twins = [] }: { slow?: string; twins?: readonly string[] } = {},
) {
  const clock = fakeClock();
  const api = fakeApi(objects, { now: clock.now, kinds });
  const listAll = api.listAll.bind(api);
  api.listAll = async (collection, options) => {
    if (slow === collection.apiVersion) for (let turn = 0; turn < 500; turn += 1) await undefined;
    if (!twins.includes(collection.apiVersion)) return listAll(collection, options);
    const pages = await Promise.all(twins.map(apiVersion => listAll({ ...collection, apiVersion }, options)));
    const { apiVersion } = collection;
    const items = pages.flatMap(page => (page.ok ? page.value.items : [])).map(item => ({ ...item, apiVersion }));
    return { ok: true, status: 200, value: { items, resourceVersion: '1' } };
  };
  api.list = api.listAll;
  const get = api.get.bind(api);
  api.get = async (ref, options) => {
    const got = await get(ref, options);
    return got.ok && twins.includes(ref.apiVersion)
      ? { ...got, value: { ...got.value, apiVersion: ref.apiVersion } }
      : got;
  };
  return { api, deps: { api, clock, faultOf, journal: { append: async () => undefined } } };
}

const blocked = (apiVersion: string, kind: string, meta: Partial<KubeObject['metadata']> = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: {
    name: 'x',
    namespace: 'shop',
    uid: `uid-${kind}`,
    labels: { [TYPE]: 'FinalizerBlock', 'app.kubernetes.io/managed-by': 'operator-chaos' },
    annotations: { [RECORD]: record },
    finalizers: [BLOCK],
    ...meta,
  },
});

describe('one object under two groups', () => {
  const RBAC = 'rbac.authorization.k8s.io/v1';
  const OPENSHIFT = 'authorization.openshift.io/v1';
  test.each([
    ['OpenShift role bindings', RBAC, OPENSHIFT, 'RoleBinding', 'rolebindings'],
    ['ingresses of the legacy group', 'networking.k8s.io/v1', 'extensions/v1beta1', 'Ingress', 'ingresses'],
    ['events', 'v1', 'events.k8s.io/v1', 'Event', 'events'],
  ])(
    '%s: Kubernetes own group names the object, whichever list answers first',
    async (_what, own, other, kind, plural) => {
      for (const slow of [own, other]) {
        const kinds = [resource(other, kind, plural), resource(own, kind, plural)];
        const { api, deps } = cluster([blocked(own, kind)], kinds, { slow, twins: [own, other] });
        const found = await scan(deps, { deep: true });
        expect(found.injections).toMatchObject([{ type: 'FinalizerBlock', object: { apiVersion: own, kind } }]);
        const result = await revertAll(deps, found.injections, { trust: { everything: 'caller' } });
        expect(result).toMatchObject({ remaining: 0, receipts: [{ outcome: 'reverted', verified: true }] });
        expect(api.all()[0]?.metadata.finalizers ?? []).toEqual([]);
      }
    },
  );

  test('two groups that are not Kubernetes own: the same one every time', async () => {
    for (const slow of ['a.example.com/v1', 'b.example.com/v1']) {
      const kinds = ['b', 'a'].map(name => resource(`${name}.example.com/v1`, 'Widget', 'widgets'));
      const { deps } = cluster([blocked('a.example.com/v1', 'Widget')], kinds, {
        slow,
        twins: ['a.example.com/v1', 'b.example.com/v1'],
      });
      const found = await scan(deps, { deep: true });
      expect(found.injections.map(({ object }) => object.apiVersion)).toEqual(['a.example.com/v1']);
    }
  });
});

describe('kinds onto which controllers copy marks', () => {
  const kinds = [
    resource('v1', 'Endpoints', 'endpoints'),
    resource('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices'),
    resource('apps/v1', 'ControllerRevision', 'controllerrevisions'),
    resource('example.com/v1', 'Endpoints', 'endpoints'),
    resource('example.com/v1', 'ReplicaSet', 'replicasets'),
  ];
  const owner = (kind: string) => ({
    ownerReferences: [{ apiVersion: 'apps/v1', kind, name: 'x', uid: 'u', controller: true }],
  });
  const copiedBy = (manager: string) => ({
    managedFields: [{ manager, fieldsV1: { 'f:metadata': { 'f:annotations': { [`f:${RECORD}`]: {} } } } }],
  });

  test.each([
    ['apps/v1', 'ReplicaSet'],
    ['apps/v1', 'ControllerRevision'],
    ['v1', 'Endpoints'],
    ['discovery.k8s.io/v1', 'EndpointSlice'],
    ['example.com/v1', 'Endpoints'],
    ['example.com/v1', 'ReplicaSet'],
    ['v1', 'Event'],
  ])('an injection into %s %s itself is found and put back', async (apiVersion, kind) => {
    const { api, deps } = cluster([blocked(apiVersion, kind)], kinds);
    for (const deep of [false, true]) {
      expect((await scan(deps, { deep })).injections).toMatchObject([
        { state: 'injected', object: { apiVersion, kind } },
      ]);
    }
    const found = await scan(deps, { deep: true });
    expect(await revertAll(deps, found.injections, { trust: { everything: 'caller' } })).toMatchObject({
      remaining: 0,
      receipts: [{ verified: true }],
    });
    expect(api.all()[0]?.metadata).not.toMatchObject({ finalizers: [BLOCK] });
  });

  test('what a controller copied is none: a Deployment with its ReplicaSet, a StatefulSet with its revision', async () => {
    const copy = (kind: string, of: string) => blocked('apps/v1', kind, { labels: {}, ...owner(of) });
    const { deps } = cluster(
      [
        blocked('apps/v1', 'Deployment'),
        copy('ReplicaSet', 'Deployment'),
        blocked('apps/v1', 'StatefulSet'),
        copy('ControllerRevision', 'StatefulSet'),
      ],
      kinds,
    );
    const found = await scan(deps, { deep: true });
    expect(found.injections.map(({ object }) => object.kind).toSorted()).toEqual(['Deployment', 'StatefulSet']);
  });

  test('a copy on an old ReplicaSet, whose Deployment was reverted since, is none', async () => {
    const stale = blocked('apps/v1', 'ReplicaSet', {
      labels: {},
      ...owner('Deployment'),
      ...copiedBy('kube-controller-manager'),
    });
    const { deps } = cluster([stale], kinds);
    expect((await scan(deps, { deep: true })).injections).toEqual([]);
  });

  test('a record on a ReplicaSet that no controller wrote is its own, also without its label', async () => {
    const own = blocked('apps/v1', 'ReplicaSet', { labels: {}, ...owner('Deployment'), ...copiedBy('operator-chaos') });
    const { deps } = cluster([own], kinds);
    expect((await scan(deps, { deep: true })).injections).toMatchObject([{ object: { kind: 'ReplicaSet' } }]);
  });

  test('plain annotations that a ReplicaSet has from its Deployment are no second injection beside its own', async () => {
    const own = blocked('apps/v1', 'ReplicaSet', {
      annotations: { [RECORD]: record, 'chaos.operatorchaos.io/original-image-web': 'shop/web:1' },
    });
    const { deps } = cluster([own], kinds);
    expect((await scan(deps, { deep: true })).injections).toMatchObject([{ type: 'FinalizerBlock' }]);
  });
});

describe('an aggregated API that is down', () => {
  const down = (group: string, more: object = {}) => {
    const { api, deps } = cluster([]);
    const discovery = api.discovery.bind(api);
    api.discovery = async refresh => {
      const found = await discovery(refresh);
      if (!found.ok) return found;
      return { ...found, value: { ...found.value, blind: [{ group, reason: 'it does not answer', ...more }] } };
    };
    return deps;
  };

  test.each(['metrics.k8s.io/v1beta1', 'custom.metrics.k8s.io/v1beta2', 'packages.operators.coreos.com/v1'])(
    'and that a scan never looks into is a note: %s',
    async group => {
      const found = await scan(down(group), { deep: true });
      expect({ blind: found.blind, code: scanExitCode(found) }).toEqual({ blind: [], code: 0 });
      expect(scanText(found, 0)[0]).toContain(`NOTE      *.${group}: it does not answer`);
      expect(scanText(found, 0).at(-1)).toContain('no injections');
    },
  );

  test('and that has nothing to list is a note', async () => {
    expect(await scan(down('acme.example.com/v1', { unlistable: true }))).toMatchObject({ blind: [] });
  });

  test.each(['widgets.example.com/v1', 'apps/v1', '*'])(
    'and that would have been scanned is blind: %s',
    async group => {
      const found = await scan(down(group), { deep: true });
      expect(found).toMatchObject({ blind: [{ resource: `*.${group}` }], notes: [] });
      expect(scanExitCode(found)).toBe(8);
    },
  );
});

test('what a scan leaves out is named with group and reason', async () => {
  const kinds = [
    resource('metrics.k8s.io/v1beta1', 'PodMetrics', 'pods'),
    resource('v1', 'ComponentStatus', 'componentstatuses'),
  ];
  const { ignored } = await scan(cluster([], kinds).deps);
  expect(ignored.map(one => one.resource).toSorted()).toEqual(['componentstatuses', 'pods.metrics.k8s.io']);
  for (const { reason } of ignored) expect(reason).not.toBe('');
});
