import { expect, test } from 'vitest';
import { crdMutation } from '../../../src/faults/crd-mutation/fault.ts';
import { faultOf } from '../../../src/faults/registry.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import type { Api } from '../../../src/kube/client/api.ts';
import { atRecordedVersion } from '../../../src/revert/restore/recorded-version.ts';
import { inRounds } from '../../../src/revert/rounds.ts';
import { recognise } from '../../../src/revert/scan/recognise.ts';
import { failing, fakeApi } from '../../support/fake-api.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { inShop, marked, withMeta } from '../../support/objects.ts';

const NEW = 'knobs.example.com/v1';
const OLD = 'knobs.example.com/v1alpha1';
const record = { apiVersion: OLD, kind: 'Knob', originalValue: 3, path: 'spec.size' };
const knob = (apiVersion: string, spec: object, uid = 'u1'): KubeObject =>
  withMeta(marked(inShop(apiVersion, 'Knob', 'k', { spec }), 'CRDMutation', record), { uid });

/** The object as the scan found it in the preferred version, where the conversion gives the field another place. */
async function read(answer: KubeObject | undefined) {
  const [finding] = recognise(knob(NEW, { dimensions: { size: 9 } }));
  if (finding === undefined) throw new Error('the record is not recognised');
  const api = fakeApi(answer === undefined ? [] : [answer]);
  const asked: string[] = [];
  const get: Api['get'] = (ref, options) => {
    asked.push(ref.apiVersion);
    return api.get(ref, options);
  };
  return { asked, ...(await atRecordedVersion({ ...api, get }, finding)) };
}

test('a record about another version is judged on the object as that version shows it', async () => {
  const { asked, finding } = await read(knob(OLD, { size: 9 }));
  expect(asked).toEqual([OLD]);
  expect(finding).toMatchObject({
    state: 'injected',
    object: { apiVersion: OLD },
    live: { apiVersion: OLD, spec: { size: 9 } },
  });
});

test('where that version is not served any more nothing is guessed', async () => {
  const { finding } = await read(undefined);
  expect(finding.state).toBe('corrupt');
  expect(finding.message).toContain(`its undo record is for spec.size in ${OLD}, which the cluster no longer serves`);
});

test('nor where another object of its name is read there', async () => {
  const { finding } = await read(knob(OLD, { size: 9 }, 'u2'));
  expect(finding.message).toContain('its name belongs to another object');
});

test('a record about the same object in another API group is not guessed from either, but told', () => {
  const [finding] = recognise(
    marked(inShop('v1', 'Event', 'e', { message: 'chaos' }), 'CRDMutation', {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      originalValue: 'was',
      path: 'note',
    }),
  );
  if (finding === undefined) throw new Error('the record is not recognised');
  const restore = crdMutation.restore(finding, new Map());
  expect(restore).toMatchObject({ is: 'corrupt' });
  expect(restore.says).toMatch(
    /is for a Event of events.k8s.io\/v1, not for a Event of v1; it says of note: original "?was"?/,
  );
});

test('a conversion webhook that does not answer now is waited for: the record is read again, and the original put back', async () => {
  const [finding] = recognise(knob(NEW, { dimensions: { size: 9 } }));
  if (finding === undefined) throw new Error('the record is not recognised');
  const { uid: _uid, ...ref } = { ...finding.object, apiVersion: OLD };
  const clock = fakeClock();
  const api = fakeApi([knob(OLD, { size: 9 })], { now: clock.now });
  api.discovery = async () => failing('unreachable', 'no answer');
  api.script({
    on: ({ verb, kind }) => verb === 'get' && kind === 'Knob',
    times: 3,
    answer: failing('server-error', 'conversion webhook for Knob failed', { status: 500 }),
  });
  const deps = { api, clock, faultOf, journal: { append: async () => undefined } };
  const [receipt] = await inRounds(deps, [finding], new Map(), {});
  expect(receipt).toMatchObject({ outcome: 'reverted', verified: true });
  expect(api.peek(ref)?.spec).toEqual({ size: 3 });
});
