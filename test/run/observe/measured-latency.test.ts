import { expect, test } from 'vitest';
import type { Effect } from '../../../src/faults/contract.ts';
import { faultOf } from '../../../src/faults/registry.ts';
import { measuredEffect } from '../../../src/run/observe/measured-latency.ts';
import type { Subject } from '../../../src/run/observe/sample.ts';
import { type FakeApi, failing, fakeApi } from '../../support/fake-api.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { inShop } from '../../support/objects.ts';
import { mustPlan } from '../../support/plans.ts';

const proven: Effect = { state: 'proven', evidence: ['the webhook is called'] };
const settings = inShop('v1', 'ConfigMap', 'settings');

/** A delay of 5 s on ConfigMaps that really is `tookMs`, as a run would feel it. */
async function felt(
  api: FakeApi,
  tookMs: number,
  seen: Effect = proven,
  type: 'WebhookLatency' | 'PodKill' = 'WebhookLatency',
) {
  const clock = fakeClock();
  const wanted = {
    type: 'WebhookLatency',
    parameters: { resources: 'configmaps', apiGroups: 'core', delay: '5s' },
  } as const;
  const plan = await mustPlan(fakeApi(), wanted);
  const fault = faultOf(type);
  const found = await api.discovery();
  const subject = { fault, params: fault.parse(wanted.parameters), discovery: found.ok ? found.value : undefined };
  const slow: typeof api.patch = async (...args) => {
    await clock.sleep(tookMs);
    return api.patch(...args);
  };
  return measuredEffect(
    { api: { ...api, patch: slow }, clock },
    subject as Subject,
    plan,
    seen,
    new AbortController().signal,
  );
}

test('a delay is proven by an update of nothing that took as long, and that nobody keeps', async () => {
  const api = fakeApi([settings]);
  const before = JSON.stringify(api.all());
  expect(await felt(api, 5_003)).toEqual({
    state: 'proven',
    evidence: ['the webhook is called', 'a dry-run update of ConfigMap shop/settings took 5.00 s'],
  });
  expect(api.log.filter(({ verb }) => verb === 'patch')).toMatchObject([{ dryRun: true, body: {} }]);
  expect(JSON.stringify(api.all())).toBe(before);
});

test('a webhook that everybody says is called, and nobody waits for, is not proven', async () => {
  expect(await felt(fakeApi([settings]), 12)).toEqual({
    state: 'pending',
    evidence: [
      'the webhook is called',
      'a dry-run update of ConfigMap shop/settings took 0.01 s, expected at least 5.00 s',
    ],
  });
});

test('who may not update says so', async () => {
  const api = fakeApi([settings]);
  api.script({ on: ({ verb }) => verb === 'patch', answer: failing('forbidden', 'alice may not patch configmaps') });
  const { state, evidence } = await felt(api, 3);
  expect(state).toBe('pending');
  expect(evidence[1]).toContain('(alice may not patch configmaps), expected at least 5.00 s');
});

test('where there is nothing to update, or no way to see it, that is said', async () => {
  expect((await felt(fakeApi(), 5_000)).evidence[1]).toBe(
    'expected one of configmaps in shop to time an update, found none',
  );
  const blind = fakeApi([settings]);
  blind.script({ on: ({ verb }) => verb === 'list', answer: failing('forbidden', 'no lists for alice') });
  expect(await felt(blind, 5_000)).toMatchObject({
    state: 'pending',
    evidence: ['the webhook is called', 'configmaps in shop: no lists for alice'],
  });
});

test('nothing is timed before the rest is proven, nor for a fault that does not slow anything', async () => {
  const api = fakeApi([settings]);
  const pending: Effect = { state: 'pending', evidence: ['no ready endpoint'] };
  expect(await felt(api, 5_000, pending)).toBe(pending);
  expect(await felt(api, 5_000, proven, 'PodKill')).toBe(proven);
  expect(api.log).toEqual([]);
});
