import { expect, test } from 'vitest';
import { cancel } from '../../src/submit/cancel.ts';
import { nameOfSubmission } from '../../src/submit/names.ts';
import { readSubmissions } from '../../src/submit/state.ts';
import { fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { id, job, kinds, namespace, object, root } from './submitted-objects.ts';

/** A submission whose Job goes when it is deleted, and whose pod stays where it is. */
async function cancelled(signal: AbortSignal, status: object = { phase: 'Running' }) {
  const api = fakeApi([root, job(), object('v1', 'Pod', 'stuck', { status })], { kinds });
  const clock = fakeClock();
  const read = await readSubmissions(api, { id, namespace });
  if (!read.ok || read.value[0] === undefined) throw new Error('no submission');
  const began = clock.monotonic();
  const done = await cancel(
    {
      api,
      clock,
      isHolderAlive: () => undefined,
      scan: async () => ({ injections: [], blind: [] }) as never,
      revert: () => Promise.reject(new Error('nothing was found')),
      emit: () => undefined,
      signal,
    },
    read.value[0],
  );
  return { done, waitedMs: clock.monotonic() - began, api };
}

test('a cancelled submission whose pod does not end is waited for by the clock that was given, and keeps its objects', async () => {
  const { done, waitedMs, api } = await cancelled(new AbortController().signal);
  expect(done.running).toBe('its pods had not ended when the waiting was over');
  expect(done.removal).toBeUndefined();
  expect(waitedMs).toBeGreaterThanOrEqual(180_000);
  expect(waitedMs).toBeLessThan(190_000);
  expect(await api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: nameOfSubmission(id) })).toMatchObject({
    ok: true,
  });
});

test('who interrupts a cancellation waits no longer', async () => {
  const { done, waitedMs } = await cancelled(AbortSignal.abort());
  expect(done.running).toBe('its pods had not ended when the waiting was over');
  expect(waitedMs).toBe(0);
});

test('a pod on a node that is lost never ends by itself: what reverts, and what to say of the pod, is told', async () => {
  const { done } = await cancelled(new AbortController().signal, {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'False' }],
    containerStatuses: [{ ready: true, state: { running: {} } }],
  });
  expect(done.running).toBe(
    'the node of pod stuck does not answer, so whether it has ended is not known; what it left is reverted by `mayday revert --all`, and when that node is gone for good, `kubectl -n chaos delete pod --force stuck` says so',
  );
  expect(done.removal).toBeUndefined();
});
