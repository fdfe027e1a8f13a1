import { describe, expect, it } from 'vitest';
import type { FaultType } from '../../src/experiment/types.ts';
import { execute } from '../../src/injection/executor.ts';
import type { Facts, Plan } from '../../src/injection/fault.ts';
import type { Finding } from '../../src/injection/finding.ts';
import { fetchLive } from '../../src/injection/live.ts';
import { MANAGED_BY, MAYDAY, ROLLBACK_DATA, TYPE_LABEL } from '../../src/injection/markers.ts';
import { isRefusal } from '../../src/injection/refuse.ts';
import { faultOf } from '../../src/injection/registry.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { testFacts } from '../support/facts.ts';
import { type FakeApi, fakeApi } from '../support/fake-api.ts';
import { memoryJournal, steppedClock } from '../support/memory-journal.ts';
import { comparable, recorded } from '../support/recorded.ts';

const CASES: [string, FaultType, Record<string, string>, string][] = [
  ['config-drift', 'ConfigDrift', { name: 'checkout-config', key: 'mode', value: 'chaos' }, 'checkout-config'],
  [
    'config-drift-secret',
    'ConfigDrift',
    { name: 'checkout-tls', key: 'password', value: 'wrong', resourceType: 'Secret' },
    'checkout-tls',
  ],
  ['image-corrupt', 'ImageCorrupt', { name: 'ledger' }, 'ledger'],
];

const SCOPE = { namespace: 'shop', count: 1 };

async function planned(api: FakeApi, type: FaultType, parameters: Record<string, string>, facts: Facts): Promise<Plan> {
  const fault = faultOf(type);
  if (fault === undefined) throw new Error(`no ${type}`);
  const params = fault.parse(parameters);
  const live = await fetchLive(api, seen => fault.reads(params, SCOPE, seen));
  const plan = fault.plan(params, SCOPE, live, facts);
  if (isRefusal(plan)) throw new Error(plan.message);
  return plan;
}

async function restored(api: FakeApi, type: FaultType, victim: KubeObject) {
  const fault = faultOf(type);
  const found: Finding = {
    id: 'x',
    type,
    object: { ...victim, ...victim.metadata },
    live: victim,
    state: 'injected',
    source: 'test',
    tool: 'operator-chaos',
  };
  const live = await fetchLive(api, seen => fault?.restoreReads(found, seen) ?? []);
  const restore = fault?.restore(found, live);
  if (restore === undefined || restore.kind === 'corrupt') throw new Error(restore?.says);
  const deps = { api, journal: memoryJournal(), clock: steppedClock() };
  return { kind: restore.kind, execution: await execute(restore.writes, deps, { id: 'x', purpose: 'revert' }) };
}

/** Takes out what mayday may add to the framework's format, so that the rest must be equal. */
function withoutExtras(object: KubeObject): unknown {
  const copy = comparable(object) as KubeObject;
  const annotations = copy.metadata.annotations ?? {};
  delete annotations[MAYDAY];
  delete annotations['chaos.operatorchaos.io/expires'];
  const record = annotations[ROLLBACK_DATA];
  if (record !== undefined) annotations[ROLLBACK_DATA] = record.replace(/,"mayday":\{[^}]*\}/, '');
  const labels = copy.metadata.labels ?? {};
  delete labels[MANAGED_BY];
  delete labels[TYPE_LABEL];
  return copy;
}

describe.each(CASES)('the recorded injection %s', (name, type, parameters, victimName) => {
  const isVictim = (object: KubeObject) => object.metadata.name === victimName;

  it('is restored to exactly what was there before', async () => {
    const api = fakeApi(recorded(name, 'injected'));
    const victim = api.all().find(isVictim) as KubeObject;
    const { kind, execution } = await restored(api, type, victim);
    expect(kind).toBe('restore');
    expect(execution.message).toBe('');
    expect(api.all().map(comparable)).toEqual(recorded(name, 'before').map(comparable));
  });

  it('has the same markers, payload and objects when we inject it', async () => {
    const api = fakeApi(recorded(name, 'before'));
    const plan = await planned(api, type, parameters, testFacts());
    const execution = await execute(
      plan.writes,
      { api, journal: memoryJournal(), clock: steppedClock() },
      { id: 'x', purpose: 'inject' },
    );
    expect(execution.state).toBe('done');
    const byName = (a: KubeObject, b: KubeObject) => (a.metadata.name < b.metadata.name ? -1 : 1);
    const theirs = recorded(name, 'injected').sort(byName);
    expect(api.all().sort(byName).map(withoutExtras)).toEqual(theirs.map(withoutExtras));
  });

  it('goes in and out again without a trace', async () => {
    const api = fakeApi(recorded(name, 'before'));
    const plan = await planned(api, type, parameters, testFacts());
    const deps = { api, journal: memoryJournal(), clock: steppedClock() };
    await execute(plan.writes, deps, { id: 'x', purpose: 'inject' });
    const victim = api.all().find(isVictim) as KubeObject;
    expect(victim.metadata.labels?.[TYPE_LABEL]).toBe(type);
    expect(victim.metadata.labels?.[MANAGED_BY]).toBeUndefined();
    await restored(api, type, victim);
    expect(api.all().map(comparable)).toEqual(recorded(name, 'before').map(comparable));
  });
});
