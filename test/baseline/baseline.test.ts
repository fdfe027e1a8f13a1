import { expect, test } from 'vitest';
import { takeBaseline } from '../../src/baseline/baseline.ts';
import { compareBaselines, differenceLines, leftLines } from '../../src/baseline/compare.ts';
import { fieldsOf } from '../../src/baseline/fields.ts';
import { readBaseline } from '../../src/baseline/read.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { config, configRef, deployment, deploymentRef, pod } from '../run/support/lab.ts';
import { failing, fakeApi } from '../support/fake-api.ts';

const secret = (value: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'door',
    namespace: 'shop',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"data":{"key":"${value}"}}` },
  },
  data: { key: value },
});

const OF = { id: 'b', clusterUid: 'c', namespaces: ['shop'] };
const start = () => fakeApi([deployment(), pod('web-a'), config(), secret('aHVzaA==')]);
const secretRef = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'door' };

const at = (object: KubeObject) => Object.fromEntries(fieldsOf(object).map(({ name, value }) => [name, value]));

test('an object is told field by field, items with names by them, without status and what the server keeps', () => {
  const fields = at({
    ...deployment(),
    metadata: {
      ...deployment().metadata,
      resourceVersion: '7',
      annotations: { 'deployment.kubernetes.io/revision': '3', 'team/name': 'sre' },
    },
  });
  expect(fields).toMatchObject({
    'spec.replicas': '1',
    'spec.template.spec.containers[name=web].image': 'shop/web:1',
    'metadata.annotations["team/name"]': 'sre',
  });
  expect(Object.keys(fields).filter(name => /status|resourceVersion|generation|revision/.test(name))).toEqual([]);
});

test('a list that was emptied is a change', () => {
  const role = (rules: unknown[]): KubeObject => ({ apiVersion: 'v1', kind: 'Role', metadata: { name: 'r' }, rules });
  expect(at(role([]))).not.toEqual(at(role([{ verbs: ['get'] }])));
  expect(at(role([]))).toEqual({ rules: '[]' });
});

test('of a Secret only digests are kept, of the copy in its annotation too', async () => {
  const { baseline } = await takeBaseline(start(), OF);
  const text = JSON.stringify(baseline);
  expect(text).toContain('Secret');
  expect(text).not.toContain('aHVzaA');
});

test('nothing differs where nothing was written, whatever pods came and went', async () => {
  const api = start();
  const { baseline } = await takeBaseline(api, OF);
  api.forget({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-a' });
  api.put(pod('web-b'));
  api.change(deploymentRef, object => {
    (object.status as Record<string, unknown>).readyReplicas = 0;
  });
  const diff = compareBaselines(baseline, await takeBaseline(api, OF));
  expect(diff).toMatchObject({ differences: [], madeAgain: [], blind: [] });
  expect(diff.compared).toBeGreaterThan(2);
});

test('what was changed, added and removed is told, with who wrote it; marks are told apart', async () => {
  const api = start();
  const { baseline } = await takeBaseline(api, OF);
  api.change(configRef, object => {
    object.data = { mode: 'chaos', other: 'kept' };
    object.metadata.annotations = { 'chaos.operatorchaos.io/rollback-data': '{}' };
    object.metadata.managedFields = [
      { manager: 'alice', operation: 'Update', time: '2026-11-21T12:00:00Z', fieldsV1: { 'f:data': { 'f:mode': {} } } },
    ];
  });
  api.forget(secretRef);
  api.put({ ...config(), metadata: { name: 'new', namespace: 'shop' } });
  const diff = compareBaselines(baseline, await takeBaseline(api, OF));
  expect(diff.differences.map(({ object, change, isMarked }) => [object.name, change, isMarked])).toEqual([
    ['new', 'added', undefined],
    ['settings', 'changed', true],
    ['door', 'removed', undefined],
  ]);
  expect(diff.differences[1]?.fields[0]).toEqual({
    field: 'data.mode',
    before: 'live',
    now: 'chaos',
    by: 'alice (Update) at 2026-11-21T12:00:00Z',
  });
  expect(differenceLines(diff)).toContain(
    '           data.mode: live → chaos  by alice (Update) at 2026-11-21T12:00:00Z',
  );
  expect(leftLines(diff)[2]).toBe('Secret shop/door removed');
});

test('a Secret that changed says so, and not how', async () => {
  const api = start();
  const { baseline } = await takeBaseline(api, OF);
  api.change(secretRef, object => {
    object.data = { key: 'b3RoZXI=' };
  });
  const diff = compareBaselines(baseline, await takeBaseline(api, OF));
  expect(diff.differences).toMatchObject([{ change: 'changed', fields: [{ field: 'data.key' }] }]);
  expect(JSON.stringify(diff)).not.toMatch(/aHVzaA|b3RoZXI/);
});

test('what was made again as it was is told, and is no difference', async () => {
  const api = start();
  const { baseline } = await takeBaseline(api, OF);
  api.forget(configRef);
  api.put(config());
  const diff = compareBaselines(baseline, await takeBaseline(api, OF));
  expect(diff.differences).toEqual([]);
  expect(diff.madeAgain).toMatchObject([{ name: 'settings' }]);
});

test('what could not be read is BLIND: never the same, never gone', async () => {
  const api = start();
  const { baseline } = await takeBaseline(api, OF);
  api.script({
    on: ({ verb, kind }) => verb === 'list' && kind === 'Secret',
    times: 9,
    answer: failing('forbidden', 'secrets is forbidden'),
  });
  const diff = compareBaselines(baseline, await takeBaseline(api, OF));
  expect(diff.differences).toEqual([]);
  expect(diff.blind).toEqual([{ resource: 'secrets', reason: 'secrets is forbidden' }]);
});

test('a baseline is read as it was written, and nothing else is taken for one', async () => {
  const { baseline } = await takeBaseline(start(), OF);
  expect(readBaseline(JSON.stringify(baseline))).toEqual(baseline);
  expect(readBaseline('{"kind":"other"}')).toContain('expected a saved baseline');
  expect(readBaseline('{')).toContain('no JSON');
});
