import { describe, expect, test } from 'vitest';
import { loadView } from '../../../src/health/view/load.ts';
import type { ApiResource } from '../../../src/kube/discovery/discovery.ts';
import { type FakeApi, failing, fakeApi } from '../../support/fake-api.ts';

const clock = { monotonic: () => 0 };

const APPLICATION: ApiResource = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  resource: 'applications',
  singular: 'application',
  namespaced: true,
  verbs: ['get', 'list', 'watch'],
  shortNames: [],
  subresources: [],
};
const policyIn = (version: string): ApiResource => ({
  ...APPLICATION,
  group: 'kyverno.io',
  version,
  apiVersion: `kyverno.io/${version}`,
  kind: 'ClusterPolicy',
  resource: 'clusterpolicies',
});

const refuse = (api: FakeApi, kind: string, answer: ReturnType<typeof failing>) =>
  api.script({ on: request => request.verb === 'list' && request.kind === kind, times: 99, answer });

async function loaded(api: FakeApi) {
  const loading = loadView(api, clock);
  await loading.settled();
  return loading.view;
}

describe('reading the cluster once', () => {
  test('every kind that is served is live, and what is not served is read and empty', async () => {
    const api = fakeApi([{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } }]);
    const view = await loaded(api);
    expect(view.get('Node', undefined, 'n1')?.kind).toBe('Node');
    expect(view.sync('Pod')).toEqual({ state: 'live' });
    expect(view.serves('Application')).toBe(false);
    expect(view.sync('Application')).toEqual({ state: 'blind', reason: 'not served' });
    expect(view.lastReceivedAt('Node')).toBe(api.serverTime().now);
    expect(view.lastReceivedAt('Application')).toBeUndefined();
  });

  test('what may not be listed is blind, and so is a custom kind whose conversion webhook is dead, with its reason', async () => {
    const api = fakeApi([], { kinds: [APPLICATION] });
    const words =
      'conversion webhook for argoproj.io/v1, Kind=Application failed: Post "https://c.argocd.svc:443/convert?timeout=30s": service "c" not found';
    refuse(api, 'Pod', failing('forbidden', 'pods is forbidden: User "x" cannot list resource "pods"'));
    refuse(api, 'Application', failing('server-error', words));
    const view = await loaded(api);
    expect(view.sync('Pod')).toEqual({ state: 'blind', reason: 'forbidden' });
    expect(view.serves('Pod')).not.toBe(false);
    expect(view.sync('Application')).toEqual({ state: 'blind', reason: words });
    expect(view.serves('Application')).toBe(true);
    expect(view.sync('Node')).toEqual({ state: 'live' });
  });

  test('a kind that its group serves in another version is read there', async () => {
    const api = fakeApi([{ apiVersion: 'kyverno.io/v2beta1', kind: 'ClusterPolicy', metadata: { name: 'p' } }], {
      kinds: [policyIn('v2beta1')],
    });
    const view = await loaded(api);
    expect(view.get('ClusterPolicy', undefined, 'p')?.apiVersion).toBe('kyverno.io/v2beta1');
    expect(view.sync('ClusterPolicy')).toEqual({ state: 'live' });
  });

  test('a built-in kind that an old server does not have is not served, and no failure', async () => {
    const api = fakeApi();
    refuse(api, 'ValidatingAdmissionPolicy', { ...failing('invalid', '404 page not found'), status: 404 });
    const view = await loaded(api);
    expect(view.sync('ValidatingAdmissionPolicy')).toEqual({ state: 'blind', reason: 'not served' });
    expect(view.serves('ValidatingAdmissionPolicy')).toBe(false);
  });

  test('where nobody answers, not every list waits for it', async () => {
    const api = fakeApi();
    api.discovery = () => Promise.resolve(failing('unreachable', 'cannot reach https://fake: connection refused'));
    api.script({
      on: () => true,
      times: 99,
      answer: failing('unreachable', 'cannot reach https://fake: connection refused'),
    });
    const view = await loaded(api);
    expect(view.sync('Pod')).toEqual({ state: 'blind', reason: 'cannot reach https://fake: connection refused' });
    expect(view.serves('Application')).toBeUndefined();
    expect(api.log.length).toBeLessThan(15);
  });

  test('an object that nobody can make sense of makes its kind blind, not the program fall', async () => {
    const api = fakeApi();
    const list = api.list.bind(api);
    api.list = async (collection, options) =>
      collection.kind === 'Service'
        ? { ok: true, status: 200, value: { items: [{ kind: 'Service' } as never], resourceVersion: '1' } }
        : list(collection, options);
    const view = await loaded(api);
    expect(view.sync('Service')).toMatchObject({ state: 'blind', reason: expect.stringContaining('Service') });
    expect(view.sync('Pod')).toEqual({ state: 'live' });
  });

  test('short lists are read before the pods, and only warnings among the events', async () => {
    const api = fakeApi();
    const asked: [string, string | undefined][] = [];
    const list = api.list.bind(api);
    api.list = (collection, options) => {
      asked.push([collection.kind, options?.fieldSelector]);
      return list(collection, options);
    };
    await loaded(api);
    expect(asked[0]?.[0]).toBe('Node');
    expect(asked.at(-1)?.[0]).toBe('Pod');
    expect(asked).toContainEqual(['Event', 'type=Warning']);
  });
});
