import { describe, expect, test } from 'vitest';
import { faultOf } from '../../../src/faults/registry.ts';
import { writeEnvelope } from '../../../src/injection/record/envelope.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { remainLine, revertExitCode, scanExitCode, scanJson, scanText } from '../../../src/revert/report.ts';
import { scan } from '../../../src/revert/scan/scan.ts';
import { type StopOptions, stopEverything } from '../../../src/revert/stop/stop-everything.ts';
import { type FakeApi, failing, fakeApi } from '../../support/fake-api.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { EXPERIMENTS } from '../../support/fake-kinds.ts';

const now = Date.UTC(2026, 10, 21, 12);
const BLOCK = 'chaos.operatorchaos.io/block';
const CLEANUP = 'chaos.operatorchaos.io/cleanup';
const order = (name: string, status: object | undefined, more: { meta?: object; type?: string } = {}): KubeObject => ({
  apiVersion: EXPERIMENTS.apiVersion,
  kind: 'ChaosExperiment',
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, ...more.meta },
  spec: {
    injection: {
      type: more.type ?? 'FinalizerBlock',
      ttl: '5m',
      parameters: { apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', finalizer: BLOCK },
    },
    blastRadius: { allowedNamespaces: ['shop'] },
  },
  ...(status === undefined ? {} : { status }),
});
const held = { finalizers: [CLEANUP] };
const stuck = { ...held, deletionTimestamp: '2026-11-21T11:00:00Z' };
const observing = { phase: 'Observing', injectionStartedAt: '2026-11-21T11:58:00Z' };
const victim = (): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'settings',
    namespace: 'shop',
    uid: 'uid-settings',
    finalizers: [BLOCK],
    labels: { 'app.kubernetes.io/managed-by': 'operator-chaos', 'chaos.operatorchaos.io/type': 'FinalizerBlock' },
    annotations: { 'chaos.operatorchaos.io/rollback-data': writeEnvelope({ finalizer: BLOCK }) },
  },
});

function cluster(objects: readonly KubeObject[]) {
  const clock = fakeClock();
  const api = fakeApi(objects, { now: clock.now, kinds: [EXPERIMENTS] });
  return { api, deps: { api, clock, faultOf, journal: { append: async () => undefined } } };
}
type Cluster = ReturnType<typeof cluster>;

/** What `revert --all` does. */
async function revertAll({ deps }: Cluster, more: StopOptions = {}) {
  const found = await scan(deps, { deep: true });
  const experiments = found.experiments.filter(({ state }) => ['pending', 'live', 'stuck'].includes(state));
  return stopEverything(deps, found.injections, { everything: true, shown: found.injections, experiments, ...more });
}

/** Does this after each deletion of an experiment, as a controller or a person would. */
function afterDeletion(api: FakeApi, act: () => void): void {
  const remove = api.remove.bind(api);
  api.remove = async (ref, options) => {
    const answer = await remove(ref, options);
    if (ref.kind === 'ChaosExperiment' && options?.dryRun !== true) act();
    return answer;
  };
}

/** A controller that reverts the fault of what is deleted, then lets go. */
const controller = (api: FakeApi) =>
  afterDeletion(api, () => {
    api.change({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'settings' }, ({ metadata }) => {
      metadata.finalizers = [];
      metadata.labels = {};
      metadata.annotations = {};
    });
    api.forget({ apiVersion: EXPERIMENTS.apiVersion, kind: 'ChaosExperiment', namespace: 'shop', name: 'on' });
  });

const peek = (api: FakeApi, name: string) => api.peek({ ...EXPERIMENTS, namespace: 'shop', name });

describe('experiments of the framework controller, in a scan', () => {
  test('are shown with phase, end of ttl and verdict', async () => {
    const { deps } = cluster([
      order('next', undefined, { meta: { labels: { 'chaos.operatorchaos.io/suite-name': 'nightly' } } }),
      order('on', observing, { meta: held }),
      order('after', { ...observing, phase: 'Evaluating' }, { meta: held }),
      order('left', observing, { meta: stuck }),
      order('ended', { phase: 'Complete', verdict: 'Resilient', injectionStartedAt: '2026-11-21T09:00:00Z' }),
      order('leaky', { phase: 'Aborted', cleanupError: 'conflict' }),
    ]);
    const found = await scan(deps);
    const { experiments } = scanJson(found, now);
    expect(Object.fromEntries(experiments.map(one => [one.object.name, one]))).toMatchObject({
      next: { state: 'pending', phase: 'Pending', willInject: true, suite: 'nightly' },
      on: {
        state: 'live',
        phase: 'Observing',
        injectionStartedAt: '2026-11-21T11:58:00.000Z',
        ttlEndsAt: '2026-11-21T12:03:00.000Z',
      },
      after: { state: 'measuring', willInject: false },
      left: { state: 'stuck', heldByFinalizer: true },
      ended: { state: 'over', verdict: 'Resilient' },
      leaky: { state: 'over', cleanupError: 'conflict' },
    });
    const text = scanText(found, now).join('\n');
    expect(text).toMatch(/^LIVE .*ChaosExperiment shop\/on {2}Observing {2}injected 2m ago {2}TTL ends in 3m/m);
    expect(text).toMatch(/^PENDING .*shop\/next .*will inject/m);
    expect(text).toMatch(/^STUCK .*shop\/left .*held until its fault is reverted/m);
    expect(text).toMatch(/^OVER .*shop\/ended .*Complete {2}Resilient/m);
    expect(text).toContain('WILL INJECT AGAIN: 1 experiment is pending (suite nightly)');
  });

  test('past their ttl say so', async () => {
    const { deps } = cluster([
      order('on', { ...observing, injectionStartedAt: '2026-11-21T11:00:00Z' }, { meta: held }),
    ]);
    expect(scanText(await scan(deps), now)[0]).toContain('OVERDUE 55m');
    expect(scanJson(await scan(deps), now).experiments[0]).toMatchObject({ overdueSeconds: 3300 });
  });

  test('with fields of the wrong type are read as far as they go, and count as live where the phase is unknown', async () => {
    const odd = {
      ...order('odd', { phase: 'Later', verdict: 7, injectionStartedAt: 'soon' }),
      spec: 'none',
    } as KubeObject;
    expect((await scan(cluster([odd]).deps)).experiments).toMatchObject([
      { state: 'live', type: 'unknown', phase: 'Later' },
    ]);
  });

  test('that may not be listed are a blind spot, never none', async () => {
    const { api, deps } = cluster([]);
    api.script({
      on: ({ verb, kind }) => verb === 'list' && kind === 'ChaosExperiment',
      answer: failing('forbidden', 'no'),
    });
    const found = await scan(deps);
    expect(found.blind).toMatchObject([{ resource: 'chaosexperiments.chaos.operatorchaos.io' }]);
    expect(scanExitCode(found)).toBe(8);
  });
});

describe('revert --all', () => {
  test('makes a pending experiment unable to begin', async () => {
    const here = cluster([order('next', undefined)]);
    const result = await revertAll(here);
    expect(peek(here.api, 'next')).toBeUndefined();
    expect(result.stops).toMatchObject([
      { outcome: 'stopped', verified: true, message: expect.stringContaining('before it began') },
    ]);
    expect(revertExitCode(result)).toBe(0);
    expect(remainLine(result)).toContain('stopped 1');
  });

  test('leaves a live one to its own controller, where that works', async () => {
    const here = cluster([order('on', observing, { meta: held }), victim()]);
    controller(here.api);
    const result = await revertAll(here);
    expect(result.stops).toMatchObject([{ outcome: 'stopped', verified: true }]);
    expect(result).toMatchObject({ remaining: 0, willInject: [] });
    expect(here.api.log.filter(({ verb, kind }) => verb === 'patch' && kind === 'ChaosExperiment')).toEqual([]);
  });

  test.each([
    ['live, its controller dead', order('on', observing, { meta: held })],
    ['stuck Terminating with a dead controller', order('on', observing, { meta: stuck })],
  ])('reverts the target of one that is %s, then releases it', async (_what, experiment) => {
    const here = cluster([experiment, victim()]);
    const result = await revertAll(here);
    expect(result.receipts).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(result.stops).toMatchObject([{ outcome: 'released', verified: true }]);
    expect(
      here.api.peek({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'settings' })?.metadata
        .finalizers ?? [],
    ).toEqual([]);
    expect(peek(here.api, 'on')).toBeUndefined();
    const writes = here.api.log.filter(({ verb }) => verb === 'patch').map(({ kind }) => kind);
    expect(writes.at(-1)).toBe('ChaosExperiment');
    expect([...new Set(writes.slice(0, -1))]).toEqual(['ConfigMap']);
    expect(revertExitCode(result)).toBe(0);
  });

  test('keeps the hold on one whose fault could not be put back', async () => {
    const here = cluster([order('on', observing, { meta: stuck }), victim()]);
    here.api.script({
      on: ({ verb, kind }) => verb === 'patch' && kind === 'ConfigMap',
      times: 1000,
      answer: failing('forbidden', 'no'),
    });
    const result = await revertAll(here);
    expect(result.stops).toMatchObject([{ outcome: 'failed', verified: false }]);
    expect(result.stops[0]?.message).toContain('ConfigMap shop/settings still carries an injection');
    expect(peek(here.api, 'on')?.metadata.finalizers).toEqual([CLEANUP]);
    expect(revertExitCode(result)).toBe(7);
  });

  test('keeps the hold on one whose fault may be where nothing could be read', async () => {
    const here = cluster([order('on', observing, { meta: stuck })]);
    here.api.script({
      on: ({ verb, kind }) => verb === 'list' && kind === 'ConfigMap',
      times: 1000,
      answer: failing('forbidden', 'no'),
    });
    const result = await revertAll(here);
    expect(result.stops).toMatchObject([{ outcome: 'failed', verified: false }]);
    expect(peek(here.api, 'on')?.metadata.finalizers).toEqual([CLEANUP]);
    expect(revertExitCode(result)).toBe(7);
  });

  test('in one namespace keeps the hold on one whose fault may be outside it', async () => {
    const here = cluster([order('on', observing, { meta: stuck, type: 'WebhookDisrupt' })]);
    const result = await revertAll(here, { rescan: { deep: true, namespace: 'shop' } });
    expect(result.stops).toMatchObject([{ outcome: 'failed', verified: false }]);
    expect(result.stops[0]?.message).toContain('outside namespace shop');
  });

  test('takes off no finalizer but the framework own', async () => {
    const others = { ...stuck, finalizers: ['team.example.com/keep', CLEANUP] };
    const here = cluster([order('on', observing, { meta: others })]);
    const result = await revertAll(here);
    expect(peek(here.api, 'on')?.metadata.finalizers).toEqual(['team.example.com/keep']);
    expect(result.stops[0]?.message).toContain('other finalizers still hold it: team.example.com/keep');
  });

  test('tells of what is ordered anew meanwhile: it will inject again', async () => {
    const here = cluster([order('next', undefined)]);
    afterDeletion(here.api, () => here.api.put(order('again', undefined)));
    const result = await revertAll(here);
    expect(result.willInject).toMatchObject([{ id: 'ChaosExperiment:shop/again' }]);
    expect(remainLine(result)).toContain('1 WILL INJECT again');
    expect(revertExitCode(result)).toBe(7);
  });

  test('also reverts what an experiment injected after the first look', async () => {
    const here = cluster([
      order('on', { phase: 'Injecting', injectionStartedAt: '2026-11-21T12:00:00Z' }, { meta: held }),
    ]);
    afterDeletion(here.api, () => here.api.put(victim()));
    const result = await revertAll(here);
    expect(result).toMatchObject({ remaining: 0, appeared: [], receipts: [{ outcome: 'reverted', verified: true }] });
    expect(result.stops).toMatchObject([{ outcome: 'released' }]);
  });

  test('that only a slow list shows is stopped too, once the rest is done, and what it held is put back', async () => {
    const { api, deps } = cluster([victim(), order('late', observing, { meta: held }), order('soon', undefined)]);
    const { experiments, injections } = await scan(deps, { deep: true });
    const result = await stopEverything(deps, [], {
      experiments: [],
      shown: injections,
      later: async () => injections,
      laterExperiments: async () => experiments,
    });
    expect(result.stops.map(({ id, verified }) => [id, verified])).toEqual([
      ['ChaosExperiment:shop/soon', true],
      ['ChaosExperiment:shop/late', true],
    ]);
    expect(result).toMatchObject({ remaining: 0, receipts: [{ outcome: 'reverted', verified: true }] });
    expect(api.all().filter(({ kind }) => kind === 'ChaosExperiment')).toEqual([]);
  });

  test('says why one could not be deleted, and ends 7', async () => {
    const here = cluster([order('next', undefined)]);
    here.api.script({
      on: ({ verb }) => verb === 'delete',
      times: 1000,
      answer: failing('forbidden', 'no delete for alice'),
    });
    const result = await revertAll(here);
    expect(result.stops).toMatchObject([{ outcome: 'failed', verified: false }]);
    expect(result.stops[0]?.message).toContain('could not be deleted');
    expect(revertExitCode(result)).toBe(7);
  });

  test('touches none that is over or only measures', async () => {
    const here = cluster([
      order('ended', { phase: 'Complete', verdict: 'Failed' }),
      order('after', { phase: 'Evaluating' }),
    ]);
    const before = here.api.all();
    const result = await revertAll(here);
    expect(result.stops).toEqual([]);
    expect(here.api.all()).toEqual(before);
  });

  test('as a dry run names what it would stop and writes nothing', async () => {
    const here = cluster([order('next', undefined), order('on', observing, { meta: stuck })]);
    const before = here.api.all();
    const result = await revertAll(here, { dryRun: true });
    expect(result.steps).toMatchObject([{ action: 'stop', id: 'ChaosExperiment:shop/next' }, { action: 'stop' }]);
    expect(here.api.all()).toEqual(before);
  });
});
