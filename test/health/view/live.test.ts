import { describe, expect, test } from 'vitest';
import type { ViewKind } from '../../../src/health/view/kinds.ts';
import { followView } from '../../../src/health/view/live.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import type { Outcome } from '../../../src/kube/client/http/outcome.ts';
import { type ApiResource, createDiscovery, type Discovery } from '../../../src/kube/discovery/discovery.ts';
import type { Clean } from '../../../src/text/sanitise.ts';
import { fakeFeed } from '../../console/support/fake-feed.ts';
import { failing } from '../../support/fake-api.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { discoveryOf } from '../../support/view.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const object = (apiVersion: string, kind: string, name: string, more: object = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, uid: `${kind}-${name}`, resourceVersion: '1' },
  ...more,
});
const pod = (name: string, labels: Record<string, string> = {}, uid = `pod-${name}`): KubeObject => ({
  ...object('v1', 'Pod', name),
  metadata: { name, namespace: 'shop', uid, labels, resourceVersion: '1' },
});
const crd = object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'applications.argoproj.io', {
  spec: {
    group: 'argoproj.io',
    scope: 'Namespaced',
    names: { kind: 'Application', plural: 'applications' },
    versions: [{ name: 'v1alpha1', served: true }],
  },
});

function following(objects: readonly KubeObject[], discovered: () => Outcome<Discovery> = served) {
  const feed = fakeFeed(objects);
  const clock = fakeClock(NOW);
  const live = followView({
    feed,
    clock,
    discovery: () => Promise.resolve(discovered()),
    serverNow: () => clock.now(),
  });
  return { feed, clock, live, view: live.view };
}
const served = (...more: KubeObject[]): Outcome<Discovery> => ({ ok: true, status: 200, value: discoveryOf(more, []) });

describe('the live view', () => {
  describe('says that nothing is otherwise than it was', () => {
    const node = (version: string, { at = '10:00:00', ready = 'True' } = {}): KubeObject => ({
      ...object('v1', 'Node', 'n1', {
        status: {
          conditions: [
            { type: 'Ready', status: ready, lastHeartbeatTime: `2026-01-01T${at}Z`, reason: 'KubeletReady' },
          ],
        },
      }),
      metadata: { name: 'n1', uid: 'Node-n1', resourceVersion: version },
    });
    async function told(kind: ViewKind) {
      const { feed, live, view } = following([node('1'), pod('a')]);
      await live.settled([kind]);
      const heard: (boolean | undefined)[] = [];
      live.subscribe(change => void (change.kind === kind && heard.push(change.isUnchanged)));
      return { feed, live, view, heard };
    }

    test('of a node that reported in, whose times and version are kept all the same', async () => {
      const { feed, live, view, heard } = await told('Node');
      feed.put(node('2', { at: '10:05:00' }));
      expect(heard).toEqual([true]);
      expect(view.get('Node', undefined, 'n1')?.metadata.resourceVersion).toBe('2');
      expect(JSON.stringify(view.get('Node', undefined, 'n1')?.status)).toContain('10:05:00');
      live.stop();
    });

    test('not of a node that is not ready any more, that is new, or that went', async () => {
      const { feed, live, heard } = await told('Node');
      feed.put(node('2', { ready: 'Unknown' }));
      feed.put({ ...node('3'), metadata: { name: 'n2', uid: 'Node-n2', resourceVersion: '3' } });
      feed.remove('Node-n1');
      expect(heard).toEqual([false, false, false]);
      live.stop();
    });

    test('not of other objects: each change of them may be looked at', async () => {
      const { feed, live, heard } = await told('Pod');
      feed.put({ ...pod('a'), metadata: { ...pod('a').metadata, resourceVersion: '2' } });
      expect(heard).toEqual([false]);
      live.stop();
    });

    test('of a watch that was resumed, but not of one that failed, nor of its recovery', async () => {
      const { feed, live, heard } = await told('Pod');
      feed.status('Pod', { state: 'reconnecting' });
      feed.status('Pod', { state: 'synced' });
      feed.status('Pod', { state: 'reconnecting', why: 'unreachable', reason: 'no answer' as Clean });
      feed.status('Pod', { state: 'synced', why: undefined, reason: undefined } as never);
      expect(heard).toEqual([true, true, false, false]);
      live.stop();
    });
  });

  test('follows objects and their indexes as they come, change and go', async () => {
    const { feed, live, view } = following([pod('a', { app: 'web' })]);
    await live.settled(['Pod']);
    const named = (app: string) => view.podsMatching('shop', { app }).map(({ metadata }) => metadata.name);
    expect(named('web')).toEqual(['a']);
    feed.put(pod('a', { app: 'db' }), pod('b', { app: 'web' }));
    expect(named('web')).toEqual(['b']);
    expect(named('db')).toEqual(['a']);
    feed.remove('pod-a');
    expect(named('db')).toEqual([]);
    expect(view.get('Pod', 'shop', 'a')).toBeUndefined();
    expect(view.count('Pod')).toBe(1);
    live.stop();
  });

  test('a pod that was made anew under its name is the new one, and the end of the old one does not take it away', async () => {
    const { feed, live, view } = following([pod('a', { app: 'old' }, 'u1')]);
    await live.settled(['Pod']);
    feed.put(pod('a', { app: 'new' }, 'u2'));
    feed.remove('u1');
    expect(view.get('Pod', 'shop', 'a')?.metadata.labels.app).toBe('new');
    expect(view.inNamespace('Pod', 'shop')).toHaveLength(1);
    live.stop();
  });

  test('gives memory back once, a moment after everything was read, and not when it was stopped before', async () => {
    for (const isStopped of [false, true]) {
      const clock = fakeClock(NOW);
      let released = 0;
      const feed = {
        ...fakeFeed([pod('a')]),
        release() {
          released += 1;
        },
      };
      const live = followView({ feed, clock, discovery: async () => served(), serverNow: () => clock.now() });
      await live.settled();
      expect(released).toBe(0);
      if (isStopped) live.stop();
      await clock.sleep(1_500);
      await clock.sleep(60_000);
      expect(released).toBe(isStopped ? 0 : 1);
      live.stop();
    }
  });

  test('says which kinds changed and how well each is known', async () => {
    const { feed, live, view } = following([]);
    await live.settled();
    const heard: ViewKind[] = [];
    live.subscribe(({ kind }) => heard.push(kind));
    feed.put(pod('a'));
    expect(heard).toEqual(['Pod']);
    expect(view.sync('Pod')).toEqual({ state: 'live' });
    feed.status('Pod', { state: 'blind', why: 'forbidden', reason: 'pods is forbidden' as Clean });
    expect(view.sync('Pod')).toEqual({ state: 'blind', reason: 'forbidden' });
    feed.status('Node', { state: 'stale', why: 'unreachable', reason: 'cannot reach it' as Clean, dataAgeMs: 9_000 });
    expect(view.sync('Node')).toMatchObject({ state: 'retrying', ageMs: 9_000 });
    expect(view.lastReceivedAt('Node')).toBe(NOW - 9_000);
    live.stop();
  });

  test('a custom kind is followed once its CRD is there, and gone with it', async () => {
    let crds: KubeObject[] = [];
    const application = object('argoproj.io/v1alpha1', 'Application', 'web');
    const { feed, clock, live, view } = following([application], () => served(...crds));
    await live.settled();
    expect(view.sync('Application')).toEqual({ state: 'blind', reason: 'not served' });
    expect(view.serves('Application')).toBe(false);
    crds = [crd];
    feed.put(crd);
    await clock.sleep(5_000);
    expect(view.serves('Application')).toBe(true);
    expect(view.count('Application')).toBe(1);
    crds = [];
    feed.remove('CustomResourceDefinition-applications.argoproj.io');
    await clock.sleep(5_000);
    expect(view.sync('Application')).toEqual({ state: 'blind', reason: 'not served' });
    expect(view.count('Application')).toBe(0);
    live.stop();
  });

  test('without discovery the built-in kinds are followed, and the others are unknown, not absent', async () => {
    let answer: Outcome<Discovery> = failing('forbidden', 'no discovery for you');
    const { clock, live, view } = following([pod('a')], () => answer);
    await live.settled();
    expect(view.count('Pod')).toBe(1);
    expect(view.serves('Application')).toBeUndefined();
    expect(view.sync('Application')).toEqual({ state: 'blind', reason: 'no discovery for you' });
    answer = served();
    await clock.sleep(6_000);
    expect(view.serves('Application')).toBe(false);
    live.stop();
  });

  test('a built-in kind that an old server does not have is not served', async () => {
    const old = (): Outcome<Discovery> => {
      const { resources } = discoveryOf([], []);
      const kept = resources.filter(({ kind }: ApiResource) => !kind.startsWith('ValidatingAdmissionPolicy'));
      return { ok: true, status: 200, value: createDiscovery(kept, []) };
    };
    const { live, view } = following([], old);
    await live.settled();
    await new Promise(setImmediate);
    expect(view.sync('ValidatingAdmissionPolicy')).toEqual({ state: 'blind', reason: 'not served' });
    expect(view.sync('Pod')).toEqual({ state: 'live' });
    live.stop();
  });

  test('nothing is told after the end, and nobody waits for it', async () => {
    const { feed, live } = following([]);
    feed.status('all', { state: 'listing' });
    const heard: ViewKind[] = [];
    live.subscribe(({ kind }) => heard.push(kind));
    live.stop();
    await live.settled();
    feed.put(pod('a'));
    expect(heard).toEqual([]);
  });
});
