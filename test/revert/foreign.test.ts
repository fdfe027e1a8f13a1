import { describe, expect, test } from 'vitest';
import type { ApiResource } from '../../src/kube/discovery.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { scanText } from '../../src/revert/report.ts';
import { revertAll } from '../../src/revert/revert-all.ts';
import { scan } from '../../src/revert/scan.ts';
import { fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';

const kind = (group: string, name: string, resource: string): ApiResource => ({
  group,
  version: 'v1alpha1',
  apiVersion: `${group}/v1alpha1`,
  kind: name,
  resource,
  singular: name.toLowerCase(),
  namespaced: true,
  verbs: ['get', 'list'],
  shortNames: [],
  subresources: [],
});
const KINDS = [
  kind('chaos-mesh.org', 'NetworkChaos', 'networkchaos'),
  kind('litmuschaos.io', 'ChaosEngine', 'chaosengines'),
  kind('litmuschaos.io', 'ChaosResult', 'chaosresults'),
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
