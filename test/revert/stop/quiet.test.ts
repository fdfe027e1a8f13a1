import { describe, expect, test } from 'vitest';
import { faultOf } from '../../../src/faults/registry.ts';
import { writeEnvelope } from '../../../src/injection/record/envelope.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { type QuietEvent, quietExitCode, watchQuiet } from '../../../src/revert/stop/quiet.ts';
import { type FakeApi, failing, fakeApi } from '../../support/fake-api.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { resource } from '../../support/fake-kinds.ts';

const kind = (group: string, name: string, plural: string) => resource(`${group}/v1alpha1`, name, plural);
const KINDS = [
  kind('chaos.operatorchaos.io', 'ChaosExperiment', 'chaosexperiments'),
  kind('chaos-mesh.org', 'PodChaos', 'podchaos'),
];
const BLOCK = 'chaos.operatorchaos.io/block';
const victim = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name,
    namespace: 'shop',
    finalizers: [BLOCK],
    labels: { 'chaos.operatorchaos.io/type': 'FinalizerBlock' },
    annotations: { 'chaos.operatorchaos.io/rollback-data': writeEnvelope({ finalizer: BLOCK }) },
  },
});
const experiment = (status: object): KubeObject => ({
  apiVersion: 'chaos.operatorchaos.io/v1alpha1',
  kind: 'ChaosExperiment',
  metadata: { name: 'kill', namespace: 'shop', uid: 'uid-kill' },
  spec: { injection: { type: 'PodKill' } },
  status,
});
const killed: KubeObject = {
  apiVersion: 'chaos-mesh.org/v1alpha1',
  kind: 'PodChaos',
  metadata: { name: 'once', namespace: 'shop' },
  spec: { action: 'pod-kill' },
  status: { conditions: [{ type: 'AllInjected', status: 'True' }] },
};

/** Watches for a minute; after the third look, at 12 s, this happens. */
async function watch(objects: readonly KubeObject[], act: (api: FakeApi) => void = () => undefined) {
  const clock = fakeClock();
  const api = fakeApi(objects, { now: clock.now, kinds: KINDS });
  const events: QuietEvent[] = [];
  const watching = watchQuiet(
    { api, clock, faultOf },
    { forMs: 60_000, everyMs: 5_000, emit: event => events.push(event) },
  );
  await clock.sleep(12_000);
  act(api);
  return { quiet: await watching, events };
}

describe('after a stop', () => {
  test('a minute without an injection is said to be quiet, whatever is in already', async () => {
    const { quiet, events } = await watch([
      victim('old'),
      killed,
      experiment({ phase: 'Complete', injectionStartedAt: '2026-01-01T00:00:00Z' }),
    ]);
    expect(quiet).toMatchObject({ injected: [], blind: [], willInject: [] });
    expect(quiet.quietMs).toBeGreaterThanOrEqual(60_000);
    expect(quietExitCode(quiet)).toBe(0);
    expect(events[0]).toMatchObject({ event: 'watching', live: 1 });
    expect(events.filter(({ event }) => event === 'quiet')).toHaveLength(12);
  });

  test.each([
    [
      'a mark on an object',
      (api: FakeApi) => void api.put(victim('new')),
      'FinalizerBlock on ConfigMap shop/new by operator-chaos',
    ],
    [
      'an experiment whose injection begins and leaves no mark',
      (api: FakeApi) => void api.put(experiment({ phase: 'Observing', injectionStartedAt: '2026-11-21T12:00:12Z' })),
      'ChaosExperiment shop/kill injected PodKill',
    ],
    [
      'a one-shot fault of another tool that is over at once',
      (api: FakeApi) => void api.put(killed),
      'PodChaos shop/once of chaos-mesh.org was made',
    ],
  ])('%s is told, with since when it is quiet, and ends 7', async (_what, act, says) => {
    const { quiet } = await watch([], act);
    expect(quiet.injected.map(one => one.says)).toEqual([says]);
    expect(quiet.quietMs).toBeLessThan(50_000);
    expect(quietExitCode(quiet)).toBe(7);
  });

  test('what is injected again into the same object is told again', async () => {
    const { quiet } = await watch([victim('old')], api => {
      api.forget({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'old' });
      api.put({ ...victim('old'), metadata: { ...victim('old').metadata, uid: 'another' } });
    });
    expect(quiet.injected).toHaveLength(1);
  });

  test('what goes is no injection', async () => {
    const gone = (api: FakeApi) => api.forget({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'old' });
    expect((await watch([victim('old')], gone)).quiet.injected).toEqual([]);
  });

  test('a look that was blind makes nothing appear later, and no quiet of what was not read', async () => {
    const { quiet } = await watch([victim('old')], api =>
      api.script({
        on: ({ verb, kind }) => verb === 'list' && kind === 'ConfigMap',
        answer: failing('forbidden', 'no'),
      }),
    );
    expect(quiet).toMatchObject({ injected: [], blind: [{ resource: 'configmaps' }] });
    expect(quietExitCode(quiet)).toBe(8);
  });

  test('an experiment that is pending is named: it will inject', async () => {
    const { quiet } = await watch([experiment({ phase: 'Pending' })]);
    expect(quiet).toMatchObject({ injected: [], willInject: ['ChaosExperiment:shop/kill'] });
  });
});
