import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { faultOf } from '../../src/injection/registry.ts';
import type { ApiResource } from '../../src/kube/discovery.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { revertAll } from '../../src/revert/revert-all.ts';
import { scan } from '../../src/revert/scan.ts';
import { waveOf } from '../../src/revert/waves.ts';
import { fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { fakeDiscovery } from '../support/fake-kinds.ts';
import { recorded } from './support/stuck.ts';

const folder = new URL('../fixtures/stuck/', import.meta.url);
const cases = readdirSync(folder)
  .filter(name => name.endsWith('.injected.yaml'))
  .map(name => name.replace('.injected.yaml', ''));

const typeOf = (name: string): string =>
  (parse(readFileSync(new URL(`${name}.experiment.yaml`, folder), 'utf8')) as { spec: { injection: { type: string } } })
    .spec.injection.type;

/** Kinds that the usual discovery of tests does not have. */
function kindsOf(objects: readonly KubeObject[]): ApiResource[] {
  return objects
    .filter(object => fakeDiscovery().byKind(object.apiVersion, object.kind) === undefined)
    .map(({ apiVersion, kind, metadata }) => {
      const [version = '', group = ''] = apiVersion.split('/').toReversed();
      const resource = `${kind.toLowerCase()}s`;
      return {
        group,
        version,
        apiVersion,
        kind,
        resource,
        singular: kind.toLowerCase(),
        namespaced: metadata.namespace !== undefined,
        verbs: ['get', 'list'],
        shortNames: [],
        subresources: [],
      };
    });
}

function clusterOf(name: string) {
  const objects = recorded(name, 'injected').filter(Boolean);
  const clock = fakeClock();
  const api = fakeApi(objects, { now: clock.now, kinds: kindsOf(objects) });
  const journal = { append: async () => undefined };
  return {
    api,
    deps: { api, clock, journal, faultOf },
  };
}

describe.each(cases)('the recorded case %s', name => {
  test('is recognised as what it is, by the framework’s own marks', async () => {
    const { deps } = clusterOf(name);
    const found = await scan(deps, { deep: true });
    expect(found.injections.length).toBeGreaterThan(0);
    expect(new Set(found.injections.map(finding => finding.type))).toEqual(new Set([typeOf(name)]));
    expect(found.injections.map(finding => finding.state)).not.toContain('corrupt');
    expect(found.injections.map(finding => finding.tool)).not.toContain('mayday');
  });

  test('is reverted, and nothing remains', async () => {
    const { api, deps } = clusterOf(name);
    const before = JSON.stringify(api.all());
    const found = await scan(deps, { deep: true });
    const result = await revertAll(deps, found.injections, { trust: { everything: 'caller' } });
    expect(result.remaining).toBe(0);
    expect(JSON.stringify(api.all())).not.toBe(before);
  });
});

test('all recorded cases are here', () => {
  expect(cases).toHaveLength(24);
});

test.each([
  ['ValidatingWebhookConfiguration', 0],
  ['ClusterRoleBinding', 1],
  ['ResourceQuota', 2],
  ['NetworkPolicy', 2],
  ['PodDisruptionBudget', 2],
  ['Deployment', 3],
  ['Widget', 3],
])('%s is put back in wave %i', (kind, wave) => {
  expect(waveOf({ object: { apiVersion: 'v1', kind, name: 'x' } })).toBe(wave);
});
