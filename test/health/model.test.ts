import { describe, expect, it } from 'vitest';
import type { Summary } from '../../src/health/model.ts';
import { startHealth } from '../../src/health/store.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { Clean } from '../../src/text/sanitise.ts';
import { type FakeFeed, fakeFeed } from '../console/support/fake-feed.ts';
import { SHOP } from '../console/support/fake-session.ts';
import { crd, deployment, lease, NOW, pod, slice } from '../console/support/objects.ts';
import { fakeClock } from '../support/fake-clock.ts';

/** Summaries as they are committed; ends with the test. */
async function watched(
  feed: FakeFeed,
  steps: (feed: FakeFeed) => void = () => undefined,
  forMs = 1_000,
): Promise<Summary[]> {
  const clock = fakeClock(NOW);
  const health = startHealth(feed, clock, () => clock.now());
  const summaries: Summary[] = [];
  health.store.subscribe(summary => summaries.push(summary));
  await clock.sleep(500);
  steps(feed);
  await clock.sleep(forMs);
  health.stop();
  return summaries;
}
const last = (summaries: Summary[]): Summary => summaries[summaries.length - 1] as Summary;

describe('the live model', () => {
  it('counts a healthy cluster and finds nothing', async () => {
    const { kinds, markers } = last(await watched(fakeFeed(SHOP)));
    expect(
      Object.fromEntries(
        Object.entries(kinds).map(([name, kind]) => [name, [kind.sync.state, kind.count, kind.failing + kind.warning]]),
      ),
    ).toEqual({
      nodes: ['live', 2, 0],
      pods: ['live', 2, 0],
      deployments: ['live', 2, 0],
      endpoints: ['live', 1, 0],
      webhooks: ['live', 1, 0],
      crds: ['live', 1, 0],
      leases: ['live', 1, 0],
    });
    expect(markers).toEqual([]);
  });

  it('takes a pod out of the failing list when it recovers and when it is gone', async () => {
    const bad = pod('ledger-7f9c', { ready: false, waiting: 'ErrImagePull', sinceMs: 41_000 });
    const failing = (steps: (feed: FakeFeed) => void) =>
      watched(fakeFeed([...SHOP, bad]), steps).then(all => last(all).kinds.pods.failing);
    expect(await failing(() => undefined)).toBe(1);
    expect(await failing(feed => feed.put(pod('ledger-7f9c')))).toBe(0);
    expect(await failing(feed => feed.remove('pod-shop-ledger-7f9c'))).toBe(0);
  });

  it('commits nothing for leases that are only renewed, but a new holder and one that nobody renews', async () => {
    const held = (renewedMsAgo: number, more: object = {}): KubeObject => {
      const made = lease('ledger-leader', renewedMsAgo);
      return { ...made, spec: { ...(made.spec as object), ...more } };
    };
    const commits = async (next: KubeObject) => {
      const all = await watched(fakeFeed(SHOP));
      const more = await watched(fakeFeed(SHOP), feed => feed.put(next));
      return { more: more.length - all.length, leases: last(more).kinds.leases };
    };
    expect((await commits(held(1_000))).more).toBe(0);
    expect((await commits(held(1_000, { holderIdentity: 'ledger-other' }))).more).toBe(1);
    expect(await commits(held(600_000))).toMatchObject({ more: 1, leases: { warning: 1 } });
  });

  it('commits a storm of events ten times a second, not once each', async () => {
    const storm = (feed: FakeFeed) => {
      for (let i = 0; i < 1_000; i++) feed.put(pod(`p${i % 50}`));
    };
    const quiet = (await watched(fakeFeed(SHOP), () => undefined, 90)).length;
    const stormy = (await watched(fakeFeed(SHOP), storm, 90)).length;
    expect(stormy - quiet).toBeLessThanOrEqual(2);
  });

  it('is blind where it is refused, and never shows that as zero or fine', async () => {
    const feed = fakeFeed(SHOP);
    feed.status('Lease', { state: 'blind', why: 'forbidden', reason: 'leases is forbidden' as Clean, rows: 0 });
    expect(last(await watched(feed)).kinds.leases.sync).toEqual({ state: 'blind', reason: 'forbidden' });
  });

  it('calls no webhook dead while services or slices are unknown, and says that the line is blind', async () => {
    const feed = fakeFeed(SHOP.filter(object => object.kind !== 'EndpointSlice'));
    feed.status('EndpointSlice', { state: 'blind', why: 'forbidden', reason: 'no' as Clean, rows: 0 });
    const { webhooks } = last(await watched(feed)).kinds;
    expect([webhooks.failing, webhooks.sync.state]).toEqual([0, 'blind']);
  });

  it('keeps rows and says how old they are when the connection is lost', async () => {
    const summaries = await watched(fakeFeed(SHOP), feed =>
      feed.status('all', {
        state: 'stale',
        why: 'unreachable',
        reason: 'connect ECONNREFUSED' as Clean,
        dataAgeMs: 12_000,
        retryInMs: 3_000,
      }),
    );
    const { pods } = last(summaries).kinds;
    expect(pods).toMatchObject({ count: 2, sync: { state: 'retrying', ageMs: 12_000, retryInMs: 3_000 } });
  });

  it('tells a cluster that never answered from one that refuses', async () => {
    const feed = fakeFeed([], { state: 'blind', why: 'unreachable', reason: 'connect ECONNREFUSED' as Clean });
    const summary = last(await watched(feed));
    expect(summary.kinds.pods.sync.state).toBe('retrying');
    expect(summary.lastReceivedAt).toBeUndefined();
  });

  it('shows how far a long list has come', async () => {
    const feed = fakeFeed(SHOP);
    feed.status('Pod', { state: 'listing', loaded: 2_000, remaining: 5_412 });
    expect(last(await watched(feed)).kinds.pods.sync).toEqual({ state: 'loading', loaded: 2_000, total: 7_412 });
  });

  it('knows the injections by their marks, until the marks go', async () => {
    const marked = deployment('ledger', { annotations: { 'chaos.operatorchaos.io/corrupt-container-name': 'main' } });
    const types = (objects: KubeObject[]) =>
      watched(fakeFeed(SHOP), feed => feed.put(...objects)).then(all => last(all).markers.map(mark => mark.type));
    expect(await types([marked])).toEqual(['ImageCorrupt']);
    expect(await types([marked, deployment('ledger')])).toEqual([]);
  });

  it('orders trouble by severity, then by age', async () => {
    const feed = fakeFeed([
      crd('young.example.com', false),
      {
        ...crd('old.example.com', false),
        status: {
          conditions: [
            { type: 'Established', status: 'False', lastTransitionTime: new Date(NOW - 900_000).toISOString() },
          ],
        },
      },
    ]);
    expect(last(await watched(feed)).kinds.crds.troubles.map(trouble => trouble.name)).toEqual([
      'old.example.com',
      'young.example.com',
    ]);
  });

  it('knows of a reaper only while one renews its Lease', async () => {
    const seen = async (renewedAgoMs: number) => {
      const feed = fakeFeed([...SHOP, lease('mayday-reaper', renewedAgoMs)]);
      return last(await watched(feed)).reaper;
    };
    expect(await seen(2_000)).toMatch(/./);
    expect(await seen(600_000)).toBeUndefined();
    expect(last(await watched(fakeFeed(SHOP))).reaper).toBeUndefined();
  });

  it('dates a trouble that the cluster does not date from when it was first seen, and forgets it when it is over', async () => {
    const dead = slice('checkout', 0, 1);
    const clock = fakeClock(NOW);
    const feed = fakeFeed(SHOP);
    const health = startHealth(feed, clock, () => clock.now());
    const since = () => health.store.getState().kinds.webhooks.troubles[0]?.since;
    await clock.sleep(1_000);
    feed.put(dead);
    await clock.sleep(4_000);
    const first = since();
    expect(first?.exact).toBe(false);
    await clock.sleep(10_000);
    expect(since()).toEqual(first);
    feed.put(slice('checkout', 1, 1));
    await clock.sleep(1_000);
    expect(since()).toBeUndefined();
    feed.put(dead);
    await clock.sleep(1_000);
    expect(since()?.at).toBeGreaterThan(first?.at ?? 0);
    health.stop();
  });
});
