import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/k8s/object.ts';
import { revertExitCode, scanText } from '../../src/revert/report.ts';
import { revertAll } from '../../src/revert/revert-all.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import { stopEverything } from '../../src/revert/stop/stop-everything.ts';
import { fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { resource } from '../support/fake-kinds.ts';

const kind = (group: string, name: string, plural: string) => resource(`${group}/v1alpha1`, name, plural);
const KINDS = [
  kind('chaos-mesh.org', 'NetworkChaos', 'networkchaos'),
  kind('litmuschaos.io', 'ChaosEngine', 'chaosengines'),
  kind('litmuschaos.io', 'ChaosResult', 'chaosresults'),
  kind('litmuschaos.io', 'ChaosSchedule', 'chaosschedules'),
  ...['PodChaos', 'PodNetworkChaos', 'Schedule', 'Workflow'].map(name =>
    kind('chaos-mesh.org', name, name.toLowerCase()),
  ),
  kind('chaosblade.io', 'ChaosBlade', 'chaosblades'),
  kind('chaos.datadoghq.com', 'Disruption', 'disruptions'),
  kind('chaos.datadoghq.com', 'DisruptionCron', 'disruptioncrons'),
  { ...kind('batch', 'Job', 'jobs'), apiVersion: 'batch/v1', version: 'v1' },
];

const of = (apiVersion: string, name: string, more: Partial<KubeObject> & { meta?: object } = {}): KubeObject => {
  const { meta, kind: is = 'NetworkChaos', ...rest } = more;
  return { apiVersion, kind: is, metadata: { name, namespace: 'shop', ...meta }, ...rest };
};
const mesh = (name: string, status: object, meta: object = {}) =>
  of('chaos-mesh.org/v1alpha1', name, { status, meta: { finalizers: ['chaos-mesh/records'], ...meta } });
const litmus = (is: string, name: string, status: object) => of('litmuschaos.io/v1alpha1', name, { kind: is, status });
const recovered = { conditions: [{ type: 'AllRecovered', status: 'True' }] };

async function look(objects: KubeObject[], deep = false) {
  const clock = fakeClock();
  const api = fakeApi(objects, { now: clock.now, kinds: KINDS });
  const deps = { api, clock, faultOf: () => undefined, journal: { append: async () => undefined } };
  return { api, deps, found: await scan(deps, { deep }) };
}

describe('what another chaos tool left', () => {
  test.each([
    ['a Chaos Mesh fault that is on', mesh('delay', {}), 'Chaos Mesh: NetworkChaos is not recovered'],
    [
      'one that is Terminating and held',
      mesh('stuck', recovered, { deletionTimestamp: '2026-11-21T11:00:00Z' }),
      'Chaos Mesh: NetworkChaos is Terminating',
    ],
    ['a running Litmus engine', litmus('ChaosEngine', 'e', { engineStatus: 'initialized' }), 'Litmus: ChaosEngine is'],
    [
      'a Litmus target that is still injected',
      litmus('ChaosResult', 'r', { history: { targets: [{ name: 'web', chaosStatus: 'injected' }] } }),
      'Litmus: still injected: web',
    ],
  ])('is found by a fast scan: %s', async (_what, object, says) => {
    const { found } = await look([object]);
    expect(found.injections).toMatchObject([{ state: 'foreign', type: 'unknown', tool: 'other' }]);
    expect(found.injections[0]?.message).toContain(says);
  });

  test.each([
    ['a krkn job', { krkn: 'chaos' }, 'krkn'],
    ['a Litmus helper', { chaosUID: 'x' }, 'Litmus'],
  ])('is found on its pods by a deep scan: %s', async (_what, labels, tool) => {
    const { found } = await look([of('v1', 'helper', { kind: 'Pod', meta: { labels } })], true);
    expect(found.injections).toMatchObject([{ state: 'foreign', source: tool }]);
  });

  test('is not shown once the tool itself says it is over', async () => {
    const over = [
      mesh('delay', recovered),
      litmus('ChaosEngine', 'e', { engineStatus: 'completed' }),
      litmus('ChaosResult', 'r', { history: { targets: [{ name: 'web', chaosStatus: 'reverted' }] } }),
    ];
    expect((await look(over, true)).found.injections).toEqual([]);
  });

  test('is counted apart, never touched, and never said to be verified', async () => {
    const { api, deps, found } = await look([mesh('delay', {})]);
    expect(scanText(found, 0).at(-1)).toContain('0 injections and 1 of other tools, which are never touched found');
    const before = api.all();
    const result = await revertAll(deps, found.injections, { force: true });
    expect(result).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed', verified: false }] });
    expect(await revertAll(deps, [])).toMatchObject({ remaining: 0, appeared: [] });
    expect(api.all()).toEqual(before);
  });
});

const chaosMesh = (is: string, name: string, more: Partial<KubeObject> & { meta?: object }) =>
  of('chaos-mesh.org/v1alpha1', name, { kind: is, ...more });
const True = (...types: string[]) => ({ conditions: types.map(type => ({ type, status: 'True' })) });
const blade = (status: object, meta: object = {}) =>
  of('chaosblade.io/v1alpha1', 'b', { kind: 'ChaosBlade', status, meta });
const disruption = (status: object) => of('chaos.datadoghq.com/v1alpha1', 'd', { kind: 'Disruption', status });
const pod = (name: string, phase: string, more: { meta?: object; image?: string } = {}) =>
  of('v1', name, {
    kind: 'Pod',
    spec: { containers: [{ name: 'c', image: more.image ?? 'shop/web:1' }] },
    status: { phase },
    meta: more.meta ?? {},
  });
const PAUSE_IMAGE = 'gcr.io/google-containers/pause:latest';
const schedule = (meta: object = {}) =>
  chaosMesh('Schedule', 'minutely', { spec: { schedule: '* * * * *', type: 'NetworkChaos' }, meta });

describe('only what is live of other tools is shown', () => {
  test.each([
    [
      'a one-shot PodChaos that has killed',
      chaosMesh('PodChaos', 'k', { spec: { action: 'pod-kill' }, status: True('Selected', 'AllInjected') }),
    ],
    ['a PodNetworkChaos without rules', chaosMesh('PodNetworkChaos', 'p', { spec: {} })],
    ['a Schedule that is paused', schedule({ annotations: { 'experiment.chaos-mesh.org/pause': 'true' } })],
    ['a Workflow that is accomplished', chaosMesh('Workflow', 'w', { status: True('Accomplished') })],
    [
      'a completed Litmus Job',
      of('batch/v1', 'j', { kind: 'Job', status: True('Complete'), meta: { labels: { chaosUID: 'x' } } }),
    ],
    ['a Litmus Pod that ended', pod('l', 'Succeeded', { meta: { labels: { chaosUID: 'x' } } })],
    ['a krkn Pod that ended', pod('k', 'Failed', { meta: { labels: { krkn: 'chaos' } } })],
    ['a ChaosBlade that is destroyed', blade({ phase: 'Destroyed' })],
    ['a ChaosBlade that never injected', blade({ phase: 'Error', expStatuses: [{ state: 'Error' }] })],
    ['a Disruption that is over', disruption({ injectionStatus: 'PreviouslyInjected' })],
    [
      'a halted ChaosSchedule',
      of('litmuschaos.io/v1alpha1', 's', { kind: 'ChaosSchedule', spec: { scheduleState: 'halt' } }),
    ],
    ['a pod of AWS FIS that ended', pod('fispod-1', 'Succeeded', { image: 'public.ecr.aws/aws-fis/aws-fis-pod:0.1' })],
    ['a pod that happens to be named like one', pod('fispod-2', 'Running')],
  ])('not %s', async (_what, object) => {
    expect((await look([object], true)).found.injections).toEqual([]);
  });

  test.each([
    [
      'a PodChaos that has yet to kill',
      chaosMesh('PodChaos', 'k', { spec: { action: 'pod-kill' }, status: {} }),
      'not recovered',
    ],
    [
      'a pod-failure that is in',
      chaosMesh('PodChaos', 'f', { spec: { action: 'pod-failure' }, status: True('AllInjected') }),
      'not recovered',
    ],
    [
      'a PodNetworkChaos with rules',
      chaosMesh('PodNetworkChaos', 'p', { spec: { tcs: [{ type: 'netem' }] } }),
      'still has rules',
    ],
    ['a Schedule that fires each minute', schedule(), 'Schedule injects NetworkChaos again, at * * * * *'],
    ['a Workflow under way', chaosMesh('Workflow', 'w', {}), 'Workflow is under way'],
    ['a running Litmus Job', of('batch/v1', 'j', { kind: 'Job', meta: { labels: { chaosUID: 'x' } } }), 'is running'],
    ['a ChaosSchedule', of('litmuschaos.io/v1alpha1', 's', { kind: 'ChaosSchedule', spec: {} }), 'ChaosEngine again'],
    ['a running ChaosBlade', blade({ phase: 'Running' }), 'ChaosBlade is Running'],
    [
      'a ChaosBlade that failed half-way',
      blade({ phase: 'Error', expStatuses: [{ resStatuses: [{ state: 'Success' }] }] }),
      'ChaosBlade is Error',
    ],
    ['an injected Disruption', disruption({ injectionStatus: 'Injected' }), 'Disruption is Injected'],
    [
      'a DisruptionCron',
      of('chaos.datadoghq.com/v1alpha1', 'c', { kind: 'DisruptionCron', spec: {} }),
      'Disruption again',
    ],
    ['a pod of AWS FIS', pod('fispod-1', 'Running', { image: 'public.ecr.aws/aws-fis/aws-fis-pod:0.1' }), 'AWS FIS'],
    [
      'a pod left with the pause image',
      pod('web', 'Running', { image: PAUSE_IMAGE }),
      'runs the pause image of a pod-failure in c',
    ],
    [
      'a Deployment left with the pause image',
      of('apps/v1', 'web', {
        kind: 'Deployment',
        spec: { template: { spec: { containers: [{ name: 'c', image: PAUSE_IMAGE }] } } },
      }),
      'set its image by hand',
    ],
  ])('but %s', async (_what, object, says) => {
    const { found } = await look([object], true);
    expect(found.injections).toMatchObject([{ state: 'foreign' }]);
    expect(found.injections[0]?.message).toContain(says);
  });

  test('a pause image that is a placeholder of the cluster is none', async () => {
    const placeholder = pod('room', 'Running', { image: 'registry.k8s.io/pause:3.10' });
    expect((await look([placeholder], true)).found.injections).toEqual([]);
  });
});

describe('--others', () => {
  const stop = async (objects: KubeObject[], obeys: (object: KubeObject) => void) => {
    const at = await look(objects, true);
    at.api.react((request, object) => {
      if (request.verb === 'patch') at.api.change({ ...object, name: object.metadata.name, namespace: 'shop' }, obeys);
    });
    const others = at.found.injections;
    return { ...at, result: await stopEverything(at.deps, [], { others, everything: true, shown: others }) };
  };
  const recovers = (object: KubeObject) => {
    object.status = { ...True('AllRecovered'), engineStatus: 'stopped' };
  };

  test.each([
    [
      'a Chaos Mesh fault',
      mesh('delay', {}),
      { metadata: { annotations: { 'experiment.chaos-mesh.org/pause': 'true' } } },
    ],
    ['a Schedule', schedule(), { metadata: { annotations: { 'experiment.chaos-mesh.org/pause': 'true' } } }],
    ['a Litmus engine', litmus('ChaosEngine', 'e', { engineStatus: 'initialized' }), { spec: { engineState: 'stop' } }],
    [
      'a ChaosSchedule',
      of('litmuschaos.io/v1alpha1', 's', { kind: 'ChaosSchedule', spec: {} }),
      { spec: { scheduleState: 'halt' } },
    ],
  ])('asks %s by a patch that its tool documents, and sees it stopped', async (_what, object, body) => {
    const { api, result } = await stop([object], recovers);
    expect(api.log.filter(({ verb }) => verb === 'patch')).toMatchObject([{ body }]);
    expect(result.stops).toMatchObject([
      { outcome: 'asked', verified: true, message: 'asked its own tool to stop; read again, it is stopped' },
    ]);
    expect(revertExitCode(result)).toBe(0);
  });

  test.each([
    ['a ChaosBlade', blade({ phase: 'Running' })],
    ['a Disruption', disruption({ injectionStatus: 'Injected' })],
    ['a Workflow', chaosMesh('Workflow', 'w', {})],
    [
      'a one-shot fault, which knows no pause',
      chaosMesh('PodChaos', 'k', { spec: { action: 'pod-kill' }, status: {} }),
    ],
  ])('asks %s by deleting it', async (_what, object) => {
    const { api, result } = await stop([object], () => undefined);
    expect(api.log.filter(({ verb }) => verb === 'delete')).toHaveLength(1);
    expect(result.stops).toMatchObject([{ outcome: 'asked', verified: true }]);
  });

  test('says so where the tool does not obey, takes off no finalizer, and ends 7', async () => {
    const { api, result } = await stop([mesh('delay', {})], () => undefined);
    expect(result.stops).toMatchObject([{ outcome: 'asked', verified: false }]);
    expect(result.stops[0]?.message).toContain('but it has not stopped');
    expect(api.all()[0]?.metadata.finalizers).toEqual(['chaos-mesh/records']);
    expect(revertExitCode(result)).toBe(7);
  });

  test('says so where nothing in the cluster can ask the tool', async () => {
    const { api, result } = await stop([pod('k', 'Running', { meta: { labels: { krkn: 'chaos' } } })], () => undefined);
    expect(result.stops).toMatchObject([{ outcome: 'untouched', verified: false, tool: 'krkn' }]);
    expect(api.log.filter(({ verb }) => ['patch', 'delete'].includes(verb))).toEqual([]);
    expect(revertExitCode(result)).toBe(7);
  });

  test('is nothing that a revert does by itself', async () => {
    const { api, deps, found } = await look([mesh('delay', {}), schedule()]);
    const before = api.all();
    const result = await stopEverything(deps, [], { everything: true, shown: found.injections });
    expect(result.stops).toEqual([]);
    expect(api.all()).toEqual(before);
  });
});
