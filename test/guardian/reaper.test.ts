import { describe, expect, test } from 'vitest';
import { faultOf } from '../../src/faults/registry.ts';
import { createElection } from '../../src/guardian/election.ts';
import { type ReaperOptions, reap } from '../../src/guardian/reaper.ts';
import { maydayFacts, writeEnvelope } from '../../src/injection/record/envelope.ts';
import { EXPIRES, MANAGED_BY, MANAGER, ROLLBACK_DATA, TYPE_LABEL } from '../../src/injection/record/markers.ts';
import type { KubeObject, ObjectRef } from '../../src/k8s/object.ts';
import { signedPlan } from '../../src/revert/trust/sign-plan.ts';
import type { KeyRead } from '../../src/safety/record-key.ts';
import { sanitise } from '../../src/text/sanitise.ts';
import { type FakeApi, failing, fakeApi } from '../support/fake-api.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';
import { memoryJournal } from '../support/memory-journal.ts';
import { wrote } from '../support/objects.ts';
import { mustPlan, sendAll } from '../support/plans.ts';

const START = Date.UTC(2026, 10, 21, 12);
const settings: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'settings' };
const partition: ObjectRef = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  namespace: 'shop',
  name: 'operator-chaos-np-app-web',
};

/** A drifted ConfigMap as mayday leaves it, to be reverted at a moment. */
function drifted(expires: number | undefined, now = 'chaos'): KubeObject {
  const facts = { id: 'r1-1', run: 'r1', experiment: 'lab', by: 'alice', host: 'laptop', at: START, random: () => 0 };
  const mayday = maydayFacts({ ...facts, ...(expires === undefined ? {} : { expires }) }, { injected: 'chaos' });
  const data = { key: 'mode', originalValue: 'live', resourceType: 'ConfigMap' };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'settings',
      namespace: 'shop',
      labels: { [TYPE_LABEL]: 'ConfigDrift' },
      annotations: { [ROLLBACK_DATA]: writeEnvelope(data, mayday) },
    },
    data: { mode: now },
  };
}

/** The framework's own, which has a time in an annotation. */
const theirs = (expires: string): KubeObject => ({
  apiVersion: partition.apiVersion,
  kind: partition.kind,
  metadata: {
    name: partition.name,
    namespace: 'shop',
    labels: { [TYPE_LABEL]: 'NetworkPartition', [MANAGED_BY]: MANAGER },
    annotations: { [EXPIRES]: expires },
  },
  spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress', 'Egress'] },
});

function cluster(objects: KubeObject[]) {
  const clock = fakeClock(START);
  const api = fakeApi(objects, { now: clock.now });
  return { clock, api };
}

function reaper(
  { clock, api }: { clock: FakeClock; api: FakeApi },
  holder = 'one',
  more: Pick<ReaperOptions, 'recordKey'> = {},
) {
  const stop = new AbortController();
  const logged: { event: string; at: number; [fact: string]: unknown }[] = [];
  const over = reap(
    { api, clock, faultOf, journal: memoryJournal() },
    {
      election: createElection({ api, clock, namespace: 'mayday-system', name: 'mayday-reaper', holder }),
      intervalMs: 5_000,
      graceMs: 10_000,
      log: (event, facts) => void logged.push({ event, at: clock.monotonic(), ...facts }),
      signal: stop.signal,
      ...more,
    },
  );
  const end = async () => {
    stop.abort();
    await over;
  };
  return { logged, end, events: () => logged.map(one => one.event) };
}

describe('the reaper', () => {
  test('says once more that it failed where somebody writes over what it put back, and puts the record on again', async () => {
    const it = cluster([drifted(START + 60_000)]);
    let isOn = true;
    it.api.react(({ verb }) => {
      if (!isOn || verb !== 'patch' || JSON.stringify(it.api.peek(settings)?.data) !== '{"mode":"live"}') return;
      isOn = false;
      it.clock.after(100, () =>
        it.api.change(settings, object => {
          object.data = { mode: 'canary' };
          object.metadata.managedFields = [wrote('shop-operator', { 'f:data': { 'f:mode': {} } })];
        }),
      );
    });
    const one = reaper(it);
    await it.clock.sleep(71_000);
    expect(it.api.peek(settings)).toMatchObject({ data: { mode: 'canary' } });
    expect(it.api.peek(settings)?.metadata.annotations?.[ROLLBACK_DATA]).toBeDefined();
    await one.end();
    expect(one.logged).toContainEqual(expect.objectContaining({ event: 'failed', run: 'r1', verified: false }));
  });

  test('reverts ours at the time in its undo record and the grace after it, not before', async () => {
    const it = cluster([drifted(START + 60_000)]);
    const one = reaper(it);
    await it.clock.sleep(69_990);
    expect(it.api.peek(settings)?.data).toEqual({ mode: 'chaos' });
    await it.clock.sleep(20);
    expect(it.api.peek(settings)).toMatchObject({ data: { mode: 'live' } });
    expect(it.api.peek(settings)?.metadata.annotations ?? {}).toEqual({});
    await one.end();
    expect(one.logged).toContainEqual(
      expect.objectContaining({ event: 'reverted', run: 'r1', by: 'alice', verified: true, at: 70_000 }),
    );
  });

  test('reverts the framework’s by its annotation', async () => {
    const it = cluster([theirs('2026-11-21T12:01:00Z')]);
    const one = reaper(it);
    await it.clock.sleep(60_000);
    expect(it.api.peek(partition)).toBeDefined();
    await it.clock.sleep(15_000);
    expect(it.api.peek(partition)).toBeUndefined();
    await one.end();
  });

  test('leaves alone what has no time, and what somebody changed since, of which it speaks once', async () => {
    const untimed = drifted(undefined);
    const changed = { ...drifted(START + 1_000, 'third value') };
    changed.metadata = { ...changed.metadata, name: 'changed' };
    const it = cluster([untimed, changed]);
    const one = reaper(it);
    await it.clock.sleep(600_000);
    await one.end();
    expect(it.api.peek(settings)?.data).toEqual({ mode: 'chaos' });
    expect(it.api.peek({ ...settings, name: 'changed' })?.data).toEqual({ mode: 'third value' });
    expect(one.events().filter(event => event === 'diverged')).toHaveLength(1);
  });

  test('checks a signature again at each look, as long as the key could not be read', async () => {
    const token = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token', namespace: 'shop' }, data: {} };
    const it = cluster([token]);
    const plan = await mustPlan(it.api, {
      type: 'SecretDeletion',
      parameters: { name: 'token' },
      facts: { expires: START + 60_000 },
    });
    const key = new Uint8Array(32).fill(3);
    await sendAll(it.api, signedPlan(key, plan).writes);
    let isReadable = false;
    const read = async (): Promise<KeyRead> =>
      isReadable ? { key } : { why: sanitise('the key could not be read'), again: read };
    const one = reaper(it, 'one', { recordKey: read });
    await it.clock.sleep(200_000);
    expect(it.api.peek({ ...settings, kind: 'Secret', name: 'token' })).toBeUndefined();
    isReadable = true;
    await it.clock.sleep(20_000);
    await one.end();
    expect(it.api.peek({ ...settings, kind: 'Secret', name: 'token' })).toBeDefined();
    expect(one.events().filter(event => event === 'reverted')).toHaveLength(1);
  });

  test('never says verified of what does not hold, and leaves the record for a person', async () => {
    const it = cluster([drifted(START + 60_000)]);
    it.api.admit(({ verb }, object) => {
      if (verb === 'patch' && object.kind === 'ConfigMap') object.data = { mode: 'by policy' };
    });
    const one = reaper(it);
    await it.clock.sleep(200_000);
    await one.end();
    expect(it.api.peek(settings)?.data).toEqual({ mode: 'by policy' });
    expect(it.api.peek(settings)?.metadata.annotations?.[ROLLBACK_DATA]).toBeDefined();
    const told = one.logged.filter(({ verified }) => verified !== undefined);
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter(({ verified }) => verified === true)).toEqual([]);
    // One write of ours: no quarrel with whoever makes the other value.
    expect(it.api.log.filter(({ verb, kind }) => verb === 'patch' && kind === 'ConfigMap')).toHaveLength(1);
  });

  test('comes back to what it wrote and could not read back, though no mark is left on it', async () => {
    const it = cluster([drifted(START + 60_000)]);
    it.api.react(({ verb, kind }, { metadata, data }) => {
      const isStripped = metadata.annotations?.[ROLLBACK_DATA] === undefined;
      if (verb !== 'patch' || kind !== 'ConfigMap' || !isStripped || (data as { mode?: string }).mode !== 'live')
        return;
      it.api.change(settings, object => {
        object.data = { mode: 'by operator' };
      });
      it.api.script({
        on: one => one.verb === 'get' && one.kind === 'ConfigMap',
        answer: failing('unreachable', 'connection reset'),
        times: 1,
      });
    });
    const one = reaper(it);
    await it.clock.sleep(200_000);
    await one.end();
    expect(one.logged.filter(({ verified }) => verified === true)).toEqual([]);
    expect(it.api.peek(settings)?.data).toEqual({ mode: 'by operator' });
    expect(it.api.peek(settings)?.metadata.annotations?.[ROLLBACK_DATA]).toBeDefined();
  });

  test('does not revert an injection that replaced the one it saw', async () => {
    const it = cluster([drifted(START + 60_000)]);
    const one = reaper(it);
    // Between a look and the deadline: reverted, and injected anew with more time.
    await it.clock.sleep(69_000);
    const { metadata } = drifted(START + 3_600_000);
    it.api.change(settings, object => {
      object.metadata.annotations = { ...metadata.annotations };
    });
    await it.clock.sleep(60_000);
    expect(it.api.peek(settings)?.data).toEqual({ mode: 'chaos' });
    await one.end();
  });

  test('tries again when the server does not answer, and tells of what it cannot read', async () => {
    const it = cluster([drifted(START + 1_000)]);
    it.api.script({ on: ({ kind }) => kind === 'Node', times: 1_000, answer: failing('forbidden', 'no') });
    it.api.script({
      on: ({ verb }) => verb === 'patch',
      times: 8,
      answer: failing('throttled', 'busy', { retryAfterMs: 1_000 }),
    });
    const one = reaper(it);
    await it.clock.sleep(120_000);
    await one.end();
    expect(it.api.peek(settings)?.data).toEqual({ mode: 'live' });
    expect(one.logged).toContainEqual(expect.objectContaining({ event: 'blind', resources: 'nodes' }));
    expect(one.events().filter(event => event === 'blind')).toHaveLength(1);
  });
});

describe('two reapers', () => {
  test('one leads; when it ends the other follows at once', async () => {
    const it = cluster([]);
    const one = reaper(it, 'one');
    await it.clock.sleep(1_000);
    const two = reaper(it, 'two');
    await it.clock.sleep(60_000);
    expect(one.events()).toEqual(['leads']);
    expect(two.logged).toMatchObject([{ event: 'stands by', why: 'one leads' }]);
    await one.end();
    await it.clock.sleep(6_000);
    expect(two.events()).toEqual(['stands by', 'leads']);
    await two.end();
  });

  test('one that may not take the Lease does not stand by: it says that it reverts nothing, and leads once it may', async () => {
    const it = cluster([]);
    it.api.script({ on: ({ kind }) => kind === 'Lease', times: 5, answer: failing('forbidden', 'no right') });
    const one = reaper(it, 'one');
    await it.clock.sleep(60_000);
    expect(one.logged).toMatchObject([{ event: 'cannot lead, reverts nothing', why: 'no right' }, { event: 'leads' }]);
    await one.end();
  });

  test('when the leader dies the other follows after the Lease has run out', async () => {
    const it = cluster([drifted(START + 10_000)]);
    const election = createElection({ ...it, namespace: 'mayday-system', name: 'mayday-reaper', holder: 'dead' });
    expect(await election.tryToLead()).toEqual({ leads: true });
    const two = reaper(it, 'two');
    await it.clock.sleep(14_000);
    expect(two.events()).toEqual(['stands by']);
    await it.clock.sleep(20_000);
    expect(two.events()).toContain('leads');
    expect(it.api.peek(settings)?.data).toEqual({ mode: 'live' });
    await two.end();
  });
});

describe('the election', () => {
  const stand = (it: { clock: FakeClock; api: FakeApi }, holder: string) =>
    createElection({ ...it, namespace: 'mayday-system', name: 'mayday-reaper', holder });

  test('elects one when both ask at once', async () => {
    const it = cluster([]);
    const both = await Promise.all([stand(it, 'one').tryToLead(), stand(it, 'two').tryToLead()]);
    expect(both.filter(standing => standing.leads)).toHaveLength(1);
  });

  test('a leader that cannot renew leads no longer than the others wait', async () => {
    const it = cluster([]);
    const one = stand(it, 'one');
    await one.tryToLead();
    it.api.script({ on: ({ kind }) => kind === 'Lease', times: 100, answer: failing('unreachable', 'gone') });
    await it.clock.sleep(9_000);
    expect(await one.tryToLead()).toEqual({ leads: true });
    await it.clock.sleep(2_000);
    expect(await one.tryToLead()).toEqual({ leads: false, why: 'gone', isLed: false });
  });

  test('does not believe another clock', async () => {
    const it = cluster([]);
    await stand(it, 'one').tryToLead();
    it.api.change({ ...settings, kind: 'Lease', name: 'mayday-reaper', namespace: 'mayday-system' }, lease => {
      (lease.spec as { renewTime: string }).renewTime = '2001-01-01T00:00:00.000000Z';
    });
    expect(await stand(it, 'two').tryToLead()).toMatchObject({ leads: false });
  });
});
