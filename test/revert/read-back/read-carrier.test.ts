import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/k8s/object.ts';
import type { Api } from '../../../src/kube/client/api.ts';
import { createDiscovery } from '../../../src/kube/discovery/discovery.ts';
import { readCarrier } from '../../../src/revert/read-back/read-carrier.ts';
import { scan } from '../../../src/revert/scan/scan.ts';
import { failing, fakeApi } from '../../support/fake-api.ts';
import { resource } from '../../support/fake-kinds.ts';
import { inShop } from '../../support/objects.ts';
import { yard } from '../support/stuck.ts';

const OLD = 'knobs.example.com/v1';
const NEW = 'knobs.example.com/v2';
const KNOB = { apiVersion: OLD, kind: 'Knob', namespace: 'shop', name: 'k' };
const definition = (kind: string, name: string): KubeObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
  spec: { group: 'knobs.example.com', names: { kind } },
});

/** A cluster that does not serve `v1` of the kind any more, but the given versions. */
function without(objects: KubeObject[], served: readonly string[]): Api {
  const api = fakeApi(objects);
  const kinds = served.map(apiVersion => resource(apiVersion, 'Knob', 'knobs'));
  return { ...api, discovery: async () => ({ ok: true, status: 200, value: createDiscovery(kinds, []) }) };
}

test('an object whose kind has no definition any more is gone with it', async () => {
  const read = await readCarrier(without([definition('Dial', 'dials.knobs.example.com')], []), KNOB);
  expect(read).toMatchObject({ got: { ok: false, reason: 'not-found' } });
  expect(read.kindGone).toContain('the CustomResourceDefinition of Knob (knobs.example.com) was deleted');
});

test('an object whose kind is not served, but still defined, is not known to be gone', async () => {
  const read = await readCarrier(without([definition('Knob', 'knobs.knobs.example.com')], []), KNOB);
  expect(read.kindGone).toBeUndefined();
  expect(read.got).toMatchObject({ ok: false, reason: 'server-error' });
  expect(read.got).toHaveProperty('message', expect.stringContaining('knobs.knobs.example.com is still there'));
});

test('nor where the definitions may not be read', async () => {
  const api = without([], []);
  const listAll: Api['listAll'] = async () => failing('forbidden', 'not for you');
  const read = await readCarrier({ ...api, listAll }, KNOB);
  expect(read.got).toMatchObject({ ok: false, reason: 'server-error' });
  expect(read.kindGone).toBeUndefined();
});

test('an object whose version is not served any more is read in another one', async () => {
  const read = await readCarrier(without([inShop(NEW, 'Knob', 'k')], [NEW]), KNOB);
  expect(read.got).toMatchObject({ ok: true, value: { apiVersion: NEW, metadata: { name: 'k' } } });
});

test('a kind that moves to another version between discovery and its list is blind, not empty', async () => {
  const { deps } = yard([]);
  const old = resource(OLD, 'Knob', 'knobs');
  const api = fakeApi([], { now: deps.clock.now, kinds: [old] });
  api.script({
    on: ({ verb, kind }) => verb === 'list' && kind === 'Knob',
    times: 9,
    answer: failing('invalid', '404 page not found', { status: 404 }),
  });
  let isFirst = true;
  const discovery: Api['discovery'] = async refresh => {
    const version = isFirst && refresh !== true ? OLD : NEW;
    isFirst = false;
    return { ok: true, status: 200, value: createDiscovery([resource(version, 'Knob', 'knobs')], []) };
  };
  const { blind } = await scan({ ...deps, api: { ...api, discovery } }, { deep: true });
  expect(blind.map(({ resource }) => resource)).toContain('knobs.knobs.example.com');
});
