import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../src/k8s/object.ts';
import { batchedReads } from '../../../../src/kube/client/lists/batched-reads.ts';
import { failing, fakeApi } from '../../../support/fake-api.ts';

const settings = (name: string, namespace = 'shop'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { of: name },
});
const refOf = (name: string, namespace = 'shop') => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name });
const NAMES = ['a', 'b', 'c', 'd', 'e'];
const stored = () => fakeApi([...NAMES.map(name => settings(name)), settings('other', 'bank')]);

test('reads of one kind and namespace asked for together are one list, each with its own object', async () => {
  const api = stored();
  const one = batchedReads(api);
  const answers = await Promise.all(NAMES.map(name => one.get(refOf(name))));
  expect(answers.map(answer => answer.ok && answer.value.data)).toEqual(NAMES.map(of => ({ of })));
  expect(answers.every(answer => answer.ok && answer.value.kind === 'ConfigMap')).toBe(true);
  expect(api.log.map(({ verb, namespace }) => [verb, namespace])).toEqual([['list', 'shop']]);
});

test('few reads, and reads elsewhere, stay single', async () => {
  const api = stored();
  const one = batchedReads(api);
  await Promise.all([one.get(refOf('a')), one.get(refOf('b')), one.get(refOf('other', 'bank'))]);
  expect(api.log.map(({ verb }) => verb)).toEqual(['get', 'get', 'get']);
});

test('an object that the list does not hold is asked for by itself: absence from a list proves nothing', async () => {
  const api = stored();
  const one = batchedReads(api);
  const answers = await Promise.all([...NAMES, 'missing'].map(name => one.get(refOf(name))));
  expect(answers.at(-1)).toMatchObject({ ok: false, reason: 'not-found' });
  expect(api.log.filter(({ verb }) => verb === 'get').map(({ name }) => name)).toEqual(['missing']);
});

test('reads that are to go alone are never combined, and do not wait for a list', async () => {
  const api = stored();
  const one = batchedReads(api);
  await Promise.all(NAMES.map(name => one.get(refOf(name), { alone: true })));
  expect(api.log.map(({ verb }) => verb)).toEqual(NAMES.map(() => 'get'));
});

test('where listing is denied each object is read by itself', async () => {
  const api = stored();
  api.script({ on: ({ verb }) => verb === 'list', answer: failing('forbidden', 'may not list') });
  const one = batchedReads(api);
  const answers = await Promise.all(NAMES.map(name => one.get(refOf(name))));
  expect(answers.every(answer => answer.ok)).toBe(true);
  expect(api.log.filter(({ verb }) => verb === 'get').length).toBe(NAMES.length);
});

test('a read after a write sees the write', async () => {
  const api = stored();
  const one = batchedReads(api);
  await Promise.all(NAMES.map(name => one.get(refOf(name))));
  await one.patch(refOf('a'), 'merge', { data: { of: 'changed' } });
  const answers = await Promise.all(NAMES.map(name => one.get(refOf(name))));
  expect(answers[0]).toMatchObject({ ok: true, value: { data: { of: 'changed' } } });
});

test('reads that are asked for while the server works on others of their kind go together once it has answered', async () => {
  const api = stored();
  let release = () => {};
  const held = new Promise<void>(resolve => {
    release = resolve;
  });
  const one = batchedReads({
    ...api,
    get: async (ref, options) => {
      if (ref.name === 'a') await held;
      return api.get(ref, options);
    },
  });
  const first = one.get(refOf('a'));
  await new Promise(resolve => setImmediate(resolve));
  const more: Promise<unknown>[] = [];
  for (const name of NAMES.slice(1)) {
    more.push(one.get(refOf(name)));
    await new Promise(resolve => setImmediate(resolve));
  }
  const elsewhere = await one.get(refOf('other', 'bank'));
  expect(elsewhere.ok).toBe(true);
  expect(api.log.map(({ name }) => name)).toEqual(['other']);
  release();
  await Promise.all([first, ...more]);
  expect(api.log.map(({ verb }) => verb)).toEqual(['get', 'get', 'list']);
});
