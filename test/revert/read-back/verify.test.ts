import { expect, test } from 'vitest';
import { faultOf } from '../../../src/faults/registry.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import type { Api } from '../../../src/kube/client/api.ts';
import { createDiscovery } from '../../../src/kube/discovery/discovery.ts';
import { verifyRestore } from '../../../src/revert/read-back/verify.ts';
import { decide } from '../../../src/revert/scan/classify.ts';
import { recognise } from '../../../src/revert/scan/recognise.ts';
import { fakeApi } from '../../support/fake-api.ts';
import { resource } from '../../support/fake-kinds.ts';
import { at, inShop } from '../../support/objects.ts';
import { inject } from '../../support/plans.ts';

const KNOB = inShop('knobs.example.com/v1', 'Knob', 'k', { metadata: { labels: { app: 'web' } } });
const DEFINITION: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'knobs.knobs.example.com' },
  spec: { group: 'knobs.example.com', names: { kind: 'Knob' } },
};

/** What reading back says of a restored custom object, in a cluster that by then has `left` and does not serve its kind. */
async function readBackWith(left: readonly KubeObject[]) {
  const api = fakeApi([KNOB], { kinds: [resource('knobs.example.com/v1', 'Knob', 'knobs')] });
  const parameters = { apiVersion: 'knobs.example.com/v1', kind: 'Knob', name: 'k', labelKey: 'app', action: 'delete' };
  await inject(api, { type: 'LabelStomping', parameters });
  const [found] = recognise(api.peek(at(KNOB)) ?? KNOB);
  const fault = faultOf('LabelStomping');
  if (found === undefined || fault === undefined) throw new Error('the injection was not found');
  const { restore, live } = await decide(api, faultOf, found);
  if (restore?.is !== 'restore') throw new Error('expected something to restore');
  const discovery: Api['discovery'] = async () => ({ ok: true, status: 200, value: createDiscovery([], []) });
  return verifyRestore({ ...fakeApi(left), discovery }, fault, found, restore, live);
}

test('an object of a kind that is not served when it is read back, but still defined, is not called gone', async () => {
  expect(await readBackWith([DEFINITION])).toEqual({
    state: 'open',
    message: expect.stringContaining('CustomResourceDefinition knobs.knobs.example.com is still there'),
  });
});

test('one whose kind was deleted meanwhile is gone with it', async () => {
  expect(await readBackWith([])).toEqual({ state: 'gone' });
});
