import { expect, test } from 'vitest';
import { faultOf } from '../../src/faults/registry.ts';
import { fetchLive } from '../../src/injection/live.ts';
import { isRefusal } from '../../src/injection/plan/refuse.ts';
import { execute } from '../../src/injection/write/executor.ts';
import { prefetchRun, revertRun } from '../../src/revert/run-writes.ts';
import { signedPlan } from '../../src/revert/trust/sign-plan.ts';
import { config, configRef, SHOP } from '../run/support/lab.ts';
import { testFacts } from '../support/facts.ts';
import { fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { memoryJournal } from '../support/memory-journal.ts';

const OWN = { type: 'ConfigDrift', written: [configRef] } as const;

/** A ConfigMap that drifts. */
async function drifting(key?: Uint8Array) {
  const clock = fakeClock();
  const api = fakeApi([config()], { now: clock.now });
  const deps = {
    api,
    clock,
    faultOf,
    journal: memoryJournal(),
  };
  const fault = faultOf('ConfigDrift');
  const params = fault.parse({ name: 'settings', key: 'mode', value: 'chaos' });
  const scope = { namespace: SHOP, count: 1, allowed: [SHOP] };
  const live = await fetchLive(api, seen => fault.reads(params, scope, seen));
  const plan = fault.plan(params, scope, live, testFacts({}));
  if (isRefusal(plan)) throw new Error(plan.message);
  await execute((key === undefined ? plan : signedPlan(key, plan)).writes, deps, { id: 'i', purpose: 'inject' });
  const firstOf = (verb: string, since: number) => api.log.slice(since).findIndex(one => one.verb === verb);
  return { clock, api, deps, firstOf };
}

const CLEAN = { data: config().data, annotations: undefined };
const state = ({ api }: Awaited<ReturnType<typeof drifting>>) => {
  const now = api.peek(configRef);
  return { data: now?.data, annotations: now?.metadata.annotations };
};

test('what was read ahead spares the first read: the write comes first', async () => {
  const it = await drifting();
  const ahead = await prefetchRun(it.deps, OWN);
  const since = it.api.log.length;
  await it.clock.sleep(500);
  expect(await revertRun(it.deps, OWN, ahead)).toMatchObject({ remaining: 0 });
  expect(it.firstOf('patch', since)).toBe(0);
  expect(state(it)).toEqual(CLEAN);
});

test('what changed since it was read ahead is read again, and nothing of the change is lost', async () => {
  const it = await drifting();
  const ahead = await prefetchRun(it.deps, OWN);
  it.api.change(configRef, object => {
    object.data = { ...(object.data as object), added: 'meanwhile' };
  });
  expect(await revertRun(it.deps, OWN, ahead)).toMatchObject({ remaining: 0 });
  expect(state(it)).toEqual({ ...CLEAN, data: { ...(CLEAN.data as object), added: 'meanwhile' } });
});

test('what was read too long ago is not used', async () => {
  const it = await drifting();
  const ahead = await prefetchRun(it.deps, OWN);
  const since = it.api.log.length;
  await it.clock.sleep(60_000);
  expect(await revertRun(it.deps, OWN, ahead)).toMatchObject({ remaining: 0 });
  expect(it.firstOf('get', since)).toBe(0);
});

test('an object without a trace ahead of time is looked at again: the fault may have landed since', async () => {
  const it = await drifting();
  const faulty = structuredClone(it.api.peek(configRef));
  await revertRun(it.deps, OWN);
  const ahead = await prefetchRun(it.deps, OWN);
  if (!faulty) throw new Error('it was there');
  it.api.change(configRef, object => {
    object.data = faulty.data;
    object.metadata = { ...object.metadata, annotations: { ...faulty.metadata.annotations } };
    if (faulty.metadata.labels) object.metadata.labels = { ...faulty.metadata.labels };
  });
  expect(await revertRun(it.deps, OWN, ahead)).toMatchObject({ receipts: [{ outcome: 'reverted' }], remaining: 0 });
  expect(state(it)).toEqual(CLEAN);
});

test('what a later run injected into the same object is left alone, as the guardian of a dead run must', async () => {
  const key = new Uint8Array(32).fill(7);
  const it = await drifting(key);
  const dead = { ...OWN, run: 'a-run-that-died', key };
  expect(await revertRun(it.deps, dead)).toMatchObject({ receipts: [], remaining: 0 });
  expect(state(it).data).toMatchObject({ mode: 'chaos' });
  expect(await revertRun(it.deps, { ...dead, run: 'r-0001' })).toMatchObject({ remaining: 0 });
  expect(state(it)).toEqual(CLEAN);
});

test('a record that names another run and is not signed counts as ours: somebody may have changed the name', async () => {
  const it = await drifting();
  const key = new Uint8Array(32).fill(7);
  expect(await revertRun(it.deps, { ...OWN, run: 'another', key })).toMatchObject({ remaining: 0 });
  expect(state(it)).toEqual(CLEAN);
});
