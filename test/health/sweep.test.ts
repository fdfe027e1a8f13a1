import { describe, expect, test } from 'vitest';
import { reflectedFeed } from '../../src/health/feed.ts';
import type { Summary } from '../../src/health/model.ts';
import { isSettled, statusText } from '../../src/health/report.ts';
import { type Health, startHealth } from '../../src/health/store.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { ApiResource } from '../../src/kube/discovery/discovery.ts';
import { UNICODE } from '../../src/text/glyphs.ts';
import { type FakeApi, failing, fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';

const WIDGET: ApiResource = {
  group: 'shop.example.com',
  version: 'v1',
  apiVersion: 'shop.example.com/v1',
  kind: 'Widget',
  resource: 'widgets',
  singular: 'widget',
  namespaced: true,
  verbs: ['get', 'list', 'watch'],
  shortNames: [],
  subresources: [],
};
const marked = (apiVersion: string, kind: string, type: string): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'x', namespace: 'shop', uid: `uid-${kind}`, labels: { 'chaos.operatorchaos.io/type': type } },
});
const onWidget = marked('shop.example.com/v1', 'Widget', 'FinalizerBlock');
const NOW = Date.UTC(2026, 10, 21, 12);

/** The summaries that a board of this cluster commits in that time. */
async function watched(
  api: FakeApi,
  forMs: number,
  act: (health: Health) => void = () => undefined,
): Promise<Summary[]> {
  const clock = fakeClock(NOW);
  const health = startHealth(
    reflectedFeed(api, clock, () => 0.5),
    clock,
    () => clock.now(),
  );
  const summaries: Summary[] = [health.store.getState()];
  health.store.subscribe(summary => summaries.push(summary));
  await clock.sleep(8_000);
  act(health);
  await clock.sleep(forMs);
  health.stop();
  return summaries;
}
const last = (summaries: readonly Summary[]): Summary => summaries.at(-1) as Summary;
const about = { context: 'c', server: 's', user: 'u', now: NOW };

describe('injections on kinds that nobody follows', () => {
  test('a FinalizerBlock on a custom resource is among the live faults', async () => {
    const { markers, unseen } = last(await watched(fakeApi([onWidget], { kinds: [WIDGET] }), 0));
    expect(markers).toMatchObject([{ type: 'FinalizerBlock', object: { kind: 'Widget', name: 'x' } }]);
    expect(unseen).toEqual([]);
  });

  test('a LabelStomping on a StatefulSet is too', async () => {
    const api = fakeApi([marked('apps/v1', 'StatefulSet', 'LabelStomping')]);
    expect(last(await watched(api, 0)).markers).toMatchObject([{ type: 'LabelStomping' }]);
  });

  test('until they have been looked at once, nobody says that there are none', async () => {
    const [first] = await watched(fakeApi([], { kinds: [WIDGET] }), 0);
    if (first === undefined) throw new Error('a board commits at once');
    expect(first.unseen).toEqual([{ kind: 'other kinds', reason: 'not looked at yet' }]);
    expect(isSettled(first)).toBe(false);
    expect(statusText(first, about, UNICODE).at(-1)).toContain('BLIND to other kinds');
  });

  test('one that comes, and one that goes, is noticed within a round', async () => {
    const api = fakeApi([], { kinds: [WIDGET] });
    expect(last(await watched(api, 61_000, () => api.put(onWidget))).markers).toHaveLength(1);
    const gone = fakeApi([onWidget], { kinds: [WIDGET] });
    const ref = { apiVersion: WIDGET.apiVersion, kind: 'Widget', namespace: 'shop', name: 'x' };
    expect(last(await watched(gone, 61_000, () => gone.forget(ref))).markers).toEqual([]);
  });

  test('one that a revert has just put right is gone at once, not after a round', async () => {
    const api = fakeApi([onWidget], { kinds: [WIDGET] });
    const ref = { apiVersion: WIDGET.apiVersion, kind: 'Widget', namespace: 'shop', name: 'x' };
    const summaries = await watched(api, 200, health => {
      expect(health.store.getState().markers).toHaveLength(1);
      api.forget(ref);
      health.lookAgain();
    });
    expect(last(summaries).markers).toEqual([]);
  });

  test('a kind that may not be listed is named, and no zero is said of it', async () => {
    const api = fakeApi([], { kinds: [WIDGET] });
    api.script({
      on: ({ verb, kind }) => verb === 'list' && kind === 'Widget',
      times: 1000,
      answer: failing('forbidden', 'no'),
    });
    const summary = last(await watched(api, 0));
    expect(summary.unseen).toEqual([{ kind: 'widgets.shop.example.com', reason: 'forbidden' }]);
    expect(statusText(summary, about, UNICODE).at(-1)).toContain('BLIND to widgets.shop.example.com');
  });

  test('a copy that a controller made is no fault of its own', async () => {
    const copy = marked('apps/v1', 'ReplicaSet', 'ImageCorrupt');
    expect(last(await watched(fakeApi([copy]), 0)).markers).toEqual([]);
  });

  test('a round costs one request for each kind, of metadata that bears the label', async () => {
    const api = fakeApi([], { kinds: [WIDGET] });
    const asked: unknown[][] = [];
    const listAll = api.listAll.bind(api);
    api.listAll = (collection, options) => {
      asked.push([collection.kind, options?.metadataOnly, options?.labelSelector]);
      return listAll(collection, options);
    };
    await watched(api, 0);
    expect(asked.filter(([kind]) => kind === 'Widget')).toEqual([['Widget', true, 'chaos.operatorchaos.io/type']]);
  });
});
