import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { revertAll } from '../../src/revert/revert-all.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import { waveOf } from '../../src/revert/waves.ts';
import { clusterOf } from './support/cluster-of.ts';

const folder = new URL('../fixtures/stuck/', import.meta.url);
const cases = readdirSync(folder)
  .filter(name => name.endsWith('.injected.yaml'))
  .map(name => name.replace('.injected.yaml', ''));

const typeOf = (name: string): string =>
  (parse(readFileSync(new URL(`${name}.experiment.yaml`, folder), 'utf8')) as { spec: { injection: { type: string } } })
    .spec.injection.type;

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
