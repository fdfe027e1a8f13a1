import { describe, expect, it } from 'vitest';
import type { RawRequest } from '../../../src/kube/client/api.ts';
import type { Outcome } from '../../../src/kube/client/http/outcome.ts';
import { fetchDiscovery } from '../../../src/kube/discovery/discovery-fetch.ts';
import { createKinds } from '../../../src/kube/discovery/kinds.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { fail } from '../fake-collection.ts';

const VERBS = ['get', 'list', 'watch', 'patch'];

/** Answers paths from a table; anything else is not found. */
const server = (table: Record<string, unknown>) => {
  const asked: string[] = [];
  const ask = async ({ path }: RawRequest): Promise<Outcome<unknown>> => {
    asked.push(path);
    const answer = table[path];
    if (answer === undefined) return fail('not-found', { status: 404 });
    return (answer as { ok?: boolean }).ok === false
      ? (answer as Outcome<never>)
      : { ok: true, status: 200, value: answer };
  };
  return { ask, asked };
};

const aggregatedResource = (resource: string, kind: string, more: object = {}) => ({
  resource,
  responseKind: { kind },
  scope: 'Namespaced',
  singularResource: '',
  verbs: VERBS,
  ...more,
});
const AGGREGATED = {
  '/api': {
    kind: 'APIGroupDiscoveryList',
    items: [
      {
        metadata: {},
        versions: [
          {
            version: 'v1',
            resources: [
              aggregatedResource('pods', 'Pod', {
                shortNames: ['po'],
                singularResource: 'pod',
                subresources: [{ subresource: 'eviction' }],
              }),
              aggregatedResource('bindings', 'Binding', { verbs: ['create'] }),
            ],
          },
        ],
      },
    ],
  },
  '/apis': {
    kind: 'APIGroupDiscoveryList',
    items: [
      {
        metadata: { name: 'autoscaling' },
        versions: [
          { version: 'v2', resources: [aggregatedResource('hpas', 'HPA')] },
          { version: 'v1', resources: [aggregatedResource('hpas', 'HPA')] },
        ],
      },
      { metadata: { name: 'metrics.k8s.io' }, versions: [{ version: 'v1beta1', freshness: 'Stale', resources: [] }] },
    ],
  },
};
const LEGACY = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': {
    kind: 'APIGroupList',
    groups: [
      {
        name: 'autoscaling',
        preferredVersion: { groupVersion: 'autoscaling/v2' },
        versions: [{ groupVersion: 'autoscaling/v1' }, { groupVersion: 'autoscaling/v2' }],
      },
      { name: 'metrics.k8s.io', versions: [{ groupVersion: 'metrics.k8s.io/v1beta1' }] },
    ],
  },
  '/api/v1': {
    resources: [
      { name: 'pods', singularName: 'pod', kind: 'Pod', namespaced: true, verbs: VERBS, shortNames: ['po'] },
      { name: 'pods/eviction', kind: 'Eviction', namespaced: true, verbs: ['create'] },
      { name: 'bindings', kind: 'Binding', namespaced: true, verbs: ['create'] },
    ],
  },
  '/apis/autoscaling/v1': { resources: [{ name: 'hpas', kind: 'HPA', namespaced: true, verbs: VERBS }] },
  '/apis/autoscaling/v2': { resources: [{ name: 'hpas', kind: 'HPA', namespaced: true, verbs: VERBS }] },
  '/apis/metrics.k8s.io/v1beta1': fail('server-error'),
};

describe.each([
  ['aggregated', AGGREGATED, 2],
  ['legacy', LEGACY, 6],
])('%s discovery', (_, table, requests) => {
  const discover = async () => {
    const { ask, asked } = server(table);
    const found = await fetchDiscovery(ask);
    if (!found.ok) throw new Error(found.message);
    return { discovery: found.value, asked };
  };

  it('lists what can be listed, each once, in the preferred version', async () => {
    const { discovery, asked } = await discover();
    expect(discovery.resources.map(resource => `${resource.apiVersion} ${resource.resource}`)).toEqual([
      'v1 pods',
      'autoscaling/v2 hpas',
    ]);
    expect(asked).toHaveLength(requests);
  });
  it('finds kinds in every version, listable or not', async () => {
    const { discovery } = await discover();
    expect(discovery.byKind('autoscaling/v1', 'HPA')).toMatchObject({
      group: 'autoscaling',
      version: 'v1',
      namespaced: true,
    });
    expect(discovery.byKind('v1', 'Binding')?.verbs).toEqual(['create']);
    expect(discovery.byKind('v1', 'HPA')).toBeUndefined();
    expect(discovery.byResource('autoscaling', 'hpas')?.version).toBe('v2');
    expect(discovery.byResource('', 'pods')).toMatchObject({
      kind: 'Pod',
      singular: 'pod',
      shortNames: ['po'],
      subresources: ['eviction'],
    });
  });
  it('says which groups it cannot see', async () => {
    const { discovery } = await discover();
    expect(discovery.blind.map(({ group }) => group)).toEqual(['metrics.k8s.io/v1beta1']);
  });
});

describe('discovery', () => {
  it('fails without the core group, and goes on without the others', async () => {
    expect(await fetchDiscovery(server({ '/apis': AGGREGATED['/apis'] }).ask)).toMatchObject({
      ok: false,
      reason: 'not-found',
    });
    const found = await fetchDiscovery(server({ '/api': AGGREGATED['/api'] }).ask);
    expect(found).toMatchObject({ ok: true, value: { blind: [{ group: '*', reason: 'not-found' }] } });
  });
  it('tells a server of another kind', async () =>
    expect(await fetchDiscovery(server({ '/api': { hello: 1 }, '/apis': [] }).ask)).toMatchObject({
      ok: false,
      message: 'the server serves no resources; is it a Kubernetes API server?',
    }));
});

describe('resolving a kind', () => {
  const rig = (table: Record<string, unknown>) => {
    const { ask, asked } = server(table);
    const clock = manualClock();
    return { kinds: createKinds(() => fetchDiscovery(ask), clock), clock, asked };
  };

  it('asks nothing for a built-in kind, and once for the others', async () => {
    const { kinds, asked } = rig(AGGREGATED);
    expect(await kinds.resolve('v1', 'Pod')).toMatchObject({ ok: true, value: { resource: 'pods' } });
    expect(asked).toEqual([]);
    await Promise.all([kinds.resolve('autoscaling/v1', 'HPA'), kinds.resolve('autoscaling/v1', 'HPA')]);
    expect(asked).toHaveLength(2);
  });
  it('looks again, after a while, for a kind that may have come', async () => {
    const { kinds, clock, asked } = rig(AGGREGATED);
    expect(await kinds.resolve('x.io/v1', 'New')).toMatchObject({
      reason: 'not-found',
      message: 'the cluster serves no New in x.io/v1',
    });
    await kinds.resolve('x.io/v1', 'New');
    expect(asked).toHaveLength(2);
    await clock.advance(5000);
    await kinds.resolve('x.io/v1', 'New');
    expect(asked).toHaveLength(4);
  });
  it('does not call absent what is served in another version', async () =>
    expect(await rig(AGGREGATED).kinds.resolve('autoscaling/v9', 'HPA')).toMatchObject({
      reason: 'invalid',
      message: 'the cluster serves no HPA in autoscaling/v9, but in autoscaling/v2',
    }));
  it('discovers once more what a path that the server does not know has become', async () => {
    const table: Record<string, unknown> = { ...AGGREGATED };
    const { kinds, clock, asked } = rig(table);
    await kinds.resolve('autoscaling/v2', 'HPA');
    expect(await kinds.whyNotServed('autoscaling/v2', 'HPA', clock.monotonic())).toBeUndefined();
    table['/apis'] = { ...(AGGREGATED['/apis'] as object), items: [] };
    table['/api'] = AGGREGATED['/api'];
    await clock.advance(1);
    const askedAt = clock.monotonic();
    const requests = asked.length;
    expect(await kinds.whyNotServed('autoscaling/v2', 'HPA', askedAt)).toMatchObject({ ok: false });
    expect(asked.length).toBeGreaterThan(requests);
    expect(await kinds.whyNotServed('v1', 'Pod', askedAt)).toBeUndefined();
  });
  it('does not call absent what it cannot see', async () =>
    expect(await rig(AGGREGATED).kinds.resolve('metrics.k8s.io/v1beta1', 'PodMetrics')).toMatchObject({
      ok: false,
      reason: 'server-error',
    }));
  it('does not remember a failure', async () => {
    const table: Record<string, unknown> = { '/api': fail('unreachable') };
    const { kinds } = rig(table);
    expect(await kinds.resolve('autoscaling/v1', 'HPA')).toMatchObject({ reason: 'unreachable' });
    Object.assign(table, AGGREGATED);
    expect(await kinds.resolve('autoscaling/v1', 'HPA')).toMatchObject({ ok: true });
  });
});
