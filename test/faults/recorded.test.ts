import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/faults/contract.ts';
import { faultOf } from '../../src/faults/registry.ts';
import { fetchLive } from '../../src/injection/live.ts';
import { isRefusal } from '../../src/injection/plan/refuse.ts';
import { execute } from '../../src/injection/write/executor.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { withoutExtras, withoutPurpose } from '../support/contract.ts';
import { testFacts } from '../support/facts.ts';
import { type FakeApi, fakeApi } from '../support/fake-api.ts';
import { memoryJournal, steppedClock } from '../support/memory-journal.ts';
import { beside, comparable, type RecordedCase, recorded, recordedCases } from '../support/recorded.ts';
import { revertEverything } from '../support/revert.ts';

const SCOPE = { namespace: 'shop', count: 1, allowed: ['shop', 'shop-scratch'] };

async function injected(api: FakeApi, { type, parameters }: RecordedCase): Promise<Plan> {
  const fault = faultOf(type);
  const params = fault.parse(parameters);
  const live = await fetchLive(api, seen => fault.reads(params, SCOPE, seen));
  const plan = fault.plan(params, SCOPE, live, testFacts());
  if (isRefusal(plan)) throw new Error(plan.message);
  const deps = { api, journal: memoryJournal(), clock: steppedClock() };
  const execution = await execute(plan.writes, deps, { id: 'x', purpose: 'inject' });
  expect(execution).toMatchObject({ state: 'done', message: '' });
  return plan;
}

const byName = (a: KubeObject, b: KubeObject) =>
  `${a.kind}/${a.metadata.name}` < `${b.kind}/${b.metadata.name}` ? -1 : 1;
const everything = (api: FakeApi) => api.all().sort(byName);
const was = (name: string) => [...recorded(name, 'before'), ...beside(name)].sort(byName);

describe.each(recordedCases())('the recorded injection $name', one => {
  const { name } = one;

  it('is restored to exactly what was there before', async () => {
    const api = fakeApi([...recorded(name, 'injected'), ...beside(name)]);
    const receipts = await revertEverything(api);
    expect(receipts.length).toBeGreaterThan(0);
    for (const receipt of receipts) expect(receipt).toMatchObject({ outcome: 'reverted', verified: true });
    expect(everything(api).map(comparable)).toEqual(was(name).map(comparable));
  });

  it('has the same markers, payload and objects when we inject it', async () => {
    const api = fakeApi(was(name));
    await injected(api, one);
    const theirs = [...recorded(name, 'injected'), ...beside(name)].sort(byName).map(withoutExtras);
    const ours = everything(api).map(withoutExtras);
    if (one.type !== 'WebhookLatency') return expect(ours).toEqual(theirs);
    // Recorded with the server's defaults, which the store in memory does not give.
    expect(theirs).toMatchObject(ours.map(withoutPurpose));
  });

  it('goes in and out again without a trace', async () => {
    const api = fakeApi(was(name));
    await injected(api, one);
    const receipts = await revertEverything(api);
    for (const receipt of receipts) expect(receipt).toMatchObject({ outcome: 'reverted', verified: true });
    expect(everything(api).map(comparable)).toEqual(was(name).map(comparable));
  });
});
