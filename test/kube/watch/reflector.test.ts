import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FailureReason } from '../../../src/kube/client/http/outcome.ts';
import { createReflector, type Reflector, type Update } from '../../../src/kube/watch/reflector.ts';
import { TIMING } from '../../../src/kube/watch/sync.ts';
import { type ManualClock, manualClock, settle } from '../../support/manual-clock.ts';
import { type FakeCollection, fail, fakeCollection } from '../fake-collection.ts';

interface Row {
  uid?: string | undefined;
  name: string;
  value: number;
}

interface Rig {
  server: FakeCollection;
  clock: ManualClock;
  reflector: Reflector<Row>;
  updates: Update<Row>[];
  stop: AbortController;
  done: Promise<void>;
}

function start(server: FakeCollection, more: Partial<Parameters<typeof createReflector<Row>>[0]> = {}): Rig {
  const clock = manualClock();
  const stop = new AbortController();
  const reflector = createReflector<Row>({
    api: server.api,
    collection: { apiVersion: 'v1', kind: 'Pod' },
    project: object => ({ name: object.metadata.name, value: object.value as number }),
    clock,
    random: () => 1,
    timing: { pageSize: 2 },
    ...more,
  });
  const updates: Update<Row>[] = [];
  reflector.subscribe(update => updates.push(update));
  return { server, clock, reflector, updates, stop, done: reflector.run(stop.signal) };
}

const values = (rig: Rig) => Object.fromEntries([...rig.reflector.rows.values()].map(row => [row.name, row.value]));
const state = (rig: Rig) => rig.reflector.status().state;

let server: FakeCollection;
let rig: Rig | undefined;
const open = (more: Parameters<typeof start>[1] = {}) => {
  rig = start(server, more);
  return rig;
};

beforeEach(() => {
  server = fakeCollection();
});
afterEach(async () => {
  rig?.stop.abort();
  await rig?.done;
  rig = undefined;
});

describe('the first list', () => {
  it('comes in pages, each shown at once, and says how much is still to come', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) server.put(name, 1);
    const { updates, ...rest } = open();
    await settle(20);
    expect(server.lists.map(list => list.limit)).toEqual([2, 2, 2]);
    expect(updates.map(({ added, status }) => [added.length, status.state, status.loaded, status.remaining])).toEqual([
      [2, 'listing', 2, 3],
      [2, 'listing', 4, 1],
      [1, 'listing', 5, undefined],
      [0, 'synced', 5, undefined],
    ]);
    expect(rest.reflector.status()).toMatchObject({ state: 'synced', rows: 5, dataAgeMs: 0 });
    expect(server.watches[0]?.from).toBe(6);
  });

  it('may take larger pages after the first, but smaller ones once an answer was too large', async () => {
    for (const name of 'abcdefgh') server.put(name, 1);
    const timing = { pageSize: 2, laterPageSize: 3 };
    open({ timing });
    await settle(20);
    expect(server.lists.map(list => list.limit)).toEqual([2, 3, 3]);
    rig?.stop.abort();
    server.lists.length = 0;
    server.listFailures.push(fail('too-large'));
    open({ timing: { pageSize: 60, laterPageSize: 90 } });
    await settle(20);
    expect(server.lists.map(list => list.limit)).toEqual([60, 6, 6]);
  });

  it('of thousands leaves everybody else their turn meanwhile, and does not go on once it is stopped', async () => {
    for (let number = 0; number < 1_000; number += 1) server.put(`pod-${number}`, 1);
    let projected = 0;
    const turns: number[] = [];
    const rig = open({
      timing: { pageSize: 1_000 },
      project: object => {
        projected += 1;
        return { name: object.metadata.name, value: 1 };
      },
    });
    while (projected < 500) {
      await new Promise(resolve => setImmediate(resolve));
      turns.push(projected);
    }
    expect(Math.max(...turns.map((at, index) => at - (turns[index - 1] ?? 0)))).toBeLessThan(200);
    rig.stop.abort();
    await rig.done;
    expect(server.watches).toEqual([]);
  });

  it('keeps slim rows only, of the objects that matter', async () => {
    server.put('a', 1);
    server.put('odd', 13);
    const rig = open({
      project: object => (object.value === 13 ? undefined : { name: object.metadata.name, value: 0 }),
    });
    await settle(20);
    expect([...rig.reflector.rows.values()]).toEqual([{ name: 'a', value: 0 }]);
    server.put('a', 13);
    await rig.clock.advance(TIMING.batchMs);
    expect(rig.updates.at(-1)?.removed).toEqual([{ name: 'a', value: 0 }]);
  });

  it('starts over when its pages expire in the middle', async () => {
    for (const name of ['a', 'b', 'c']) server.put(name, 1);
    const rig = open();
    // The first page is on its way.
    server.put('d', 1);
    server.compact();
    await rig.clock.advance(TIMING.pauseMs);
    await settle(20);
    expect(values(rig)).toEqual({ a: 1, b: 1, c: 1, d: 1 });
    expect(state(rig)).toBe('synced');
    expect(server.lists.filter(list => list.continue === undefined)).toHaveLength(2);
  });

  it('that is refused is blind, with the reason, and is tried again much later', async () => {
    server.put('a', 1);
    server.listFailures.push(fail('forbidden', { status: 403 }));
    const rig = open();
    await settle();
    expect(rig.reflector.status()).toMatchObject({
      state: 'blind',
      rows: 0,
      reason: 'forbidden',
      why: 'forbidden',
      retryInMs: TIMING.refusedPauseMs,
    });
    await rig.clock.advance(TIMING.refusedPauseMs - 1);
    expect(server.lists).toHaveLength(1);
    await rig.clock.advance(1);
    expect(rig.reflector.status()).toMatchObject({ state: 'synced', rows: 1 });
    expect(rig.reflector.status()).not.toHaveProperty('reason');
  });

  it('that finds nobody is blind too, and comes back with growing pauses', async () => {
    server.listFailures.push(fail('unreachable'), fail('unreachable'), fail('server-error'));
    const rig = open();
    await settle();
    expect(rig.reflector.status()).toMatchObject({ state: 'blind', why: 'unreachable' });
    await rig.clock.advance(TIMING.pauseMs);
    expect(server.lists).toHaveLength(2);
    await rig.clock.advance(TIMING.pauseMs);
    expect(server.lists).toHaveLength(2);
    await rig.clock.advance(TIMING.pauseMs);
    expect(server.lists).toHaveLength(3);
    await rig.clock.advance(TIMING.pauseMs * 4);
    expect(state(rig)).toBe('synced');
  });

  it('waits as long as a busy server asks', async () => {
    server.listFailures.push(fail('throttled', { retryAfterMs: 7000 }));
    const rig = open();
    await rig.clock.advance(6999);
    expect(server.lists).toHaveLength(1);
    await rig.clock.advance(1);
    expect(state(rig)).toBe('synced');
  });
});

describe('the watch', () => {
  it('changes rows in batches, the first at once and then not too often', async () => {
    server.put('a', 1);
    const rig = open();
    await rig.clock.advance(1000);
    rig.updates.length = 0;
    server.put('b', 1);
    server.put('b', 2);
    server.put('a', 5);
    await rig.clock.advance(0);
    expect(rig.updates).toMatchObject([
      { added: [{ name: 'b', value: 2 }], changed: [{ name: 'a', value: 5 }], removed: [] },
    ]);
    server.put('c', 1);
    server.remove('a');
    await rig.clock.advance(TIMING.batchMs - 1);
    expect(rig.updates).toHaveLength(1);
    await rig.clock.advance(1);
    expect(rig.updates[1]).toMatchObject({ added: [{ name: 'c' }], changed: [], removed: [{ name: 'a' }] });
  });

  it('resumes where it was after a dropped connection', async () => {
    server.put('a', 1);
    const rig = open();
    await rig.clock.advance(60_000);
    server.put('b', 1);
    await settle();
    server.watches[0]?.send(fail('unreachable'));
    await settle();
    expect(rig.reflector.status()).toMatchObject({ state: 'reconnecting', why: 'unreachable', rows: 2 });
    server.put('c', 1);
    await rig.clock.advance(TIMING.pauseMs);
    expect(state(rig)).toBe('synced');
    expect(server.watches[1]?.from).toBe(3);
    await rig.clock.advance(TIMING.batchMs);
    expect(values(rig)).toEqual({ a: 1, b: 1, c: 1 });
    expect(server.lists.map(list => list.limit)).toEqual([2, 1]);
  });

  it('resumes at once, from the bookmark, after the server ended it', async () => {
    const rig = open();
    await rig.clock.advance(60_000);
    for (let count = 0; count < 5; count += 1) server.put('noise', count);
    server.remove('noise');
    server.bookmark();
    await settle();
    server.watches[0]?.end();
    await settle(20);
    expect(server.watches.map(watch => watch.from)).toEqual([1, 7]);
    expect(state(rig)).toBe('synced');
  });

  it('pauses when watches end as soon as they begin', async () => {
    const rig = open();
    await settle(20);
    server.watches[0]?.end();
    await settle(20);
    expect(server.watches).toHaveLength(1);
    await rig.clock.advance(TIMING.pauseMs);
    expect(server.watches).toHaveLength(2);
  });

  it('lists anew when its version is gone, and forgets what vanished meanwhile', async () => {
    server.put('a', 1);
    server.put('b', 1);
    const rig = open();
    await rig.clock.advance(60_000);
    rig.updates.length = 0;
    server.watches[0]?.send(fail('gone', { status: 410 }));
    server.remove('b');
    server.put('c', 1);
    server.compact();
    await rig.clock.advance(1000);
    expect(values(rig)).toEqual({ a: 1, c: 1 });
    expect(state(rig)).toBe('synced');
    expect(rig.updates.flatMap(update => update.removed)).toEqual([{ name: 'b', value: 1 }]);
  });

  it('counts as dead after a silence, and a bookmark breaks the silence', async () => {
    const rig = open();
    await rig.clock.advance(TIMING.stallMs - 1);
    server.bookmark();
    await rig.clock.advance(TIMING.stallMs - 1);
    expect(server.watches).toHaveLength(1);
    await rig.clock.advance(1);
    await settle(20);
    expect(server.watches).toHaveLength(2);
    expect(server.open.size).toBe(1);
    expect(state(rig)).toBe('synced');
    expect(rig.updates.map(update => update.status.reason)).toContain('the watch went silent');
  });

  it('lists anew when the server came back as an older self', async () => {
    server.put('a', 1);
    server.put('b', 1);
    const rig = open();
    await settle(20);
    server.restore(2);
    await rig.clock.advance(TIMING.pauseMs * 3);
    expect(values(rig)).toEqual({ a: 1 });
    expect(state(rig)).toBe('synced');
    server.put('c', 1);
    await rig.clock.advance(TIMING.batchMs);
    expect(values(rig)).toEqual({ a: 1, c: 1 });
  });

  it('shows rows as stale when the connection stays away', async () => {
    server.put('a', 1);
    const rig = open();
    await settle(20);
    server.watchFailures.push(...Array.from({ length: 50 }, () => fail('unreachable')));
    server.watches[0]?.send(fail('unreachable'));
    await rig.clock.advance(TIMING.staleAfterMs);
    expect(state(rig)).toBe('reconnecting');
    await rig.clock.advance(1);
    expect(rig.reflector.status()).toMatchObject({ state: 'stale', rows: 1, dataAgeMs: TIMING.staleAfterMs + 1 });
  });

  it('goes blind when it is no longer allowed, keeping what it knew', async () => {
    server.put('a', 1);
    const rig = open();
    await settle(20);
    server.listFailures.push(fail('forbidden'));
    server.watches[0]?.send(fail('forbidden'));
    await settle();
    expect(rig.reflector.status()).toMatchObject({ state: 'blind', rows: 1, why: 'forbidden' });
    await rig.clock.advance(TIMING.refusedPauseMs * 2);
    expect(state(rig)).toBe('synced');
  });

  it('lists anew when it keeps failing from its version', async () => {
    const rig = open();
    await settle(20);
    server.watchFailures.push(fail('server-error'), fail('server-error'));
    server.watches[0]?.send(fail('server-error'));
    await rig.clock.advance(60_000);
    expect(server.lists).toHaveLength(2);
    expect(state(rig)).toBe('synced');
  });

  it('shows a projection that breaks as blindness, not as a crash', async () => {
    server.put('a', 1);
    let broken = true;
    const rig = open({
      project: object => {
        if (broken) throw new Error('no spec');
        return { name: object.metadata.name, value: 0 };
      },
    });
    await settle();
    expect(rig.reflector.status()).toMatchObject({ state: 'blind', reason: 'cannot make sense of a Pod: no spec' });
    broken = false;
    await rig.clock.advance(TIMING.pauseMs);
    expect(state(rig)).toBe('synced');
  });
});

describe('any run of bad luck', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const reason = fc.constantFrom<FailureReason>('unreachable', 'gone', 'server-error', 'throttled', 'forbidden');
  const event = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(name, fc.nat(3)).map(
        ([key, value]) =>
          (server: FakeCollection): unknown =>
            server.put(key, value),
      ),
    },
    {
      weight: 2,
      arbitrary: name.map(
        key =>
          (server: FakeCollection): unknown =>
            server.remove(key),
      ),
    },
    fc.constant((server: FakeCollection): unknown => server.compact()),
    fc.constant((server: FakeCollection): unknown => server.bookmark()),
    fc.constant((server: FakeCollection): unknown => [...server.open].map(watch => watch.end())),
    reason.map(
      why =>
        (server: FakeCollection): unknown =>
          [...server.open].map(watch => watch.send(fail(why))),
    ),
    reason.map(
      why =>
        (server: FakeCollection): unknown =>
          server.watchFailures.push(fail(why)),
    ),
    reason.map(
      why =>
        (server: FakeCollection): unknown =>
          server.listFailures.push(fail(why)),
    ),
  );
  const moments = fc.array(
    fc.record({ events: fc.array(event, { maxLength: 4 }), waitMs: fc.constantFrom(0, 0, 10, 150, 2000) }),
    { maxLength: 25 },
  );

  it('ends with the rows that the server has, and listeners that know it', () =>
    fc.assert(
      fc.asyncProperty(moments, async story => {
        const server = fakeCollection();
        const rig = start(server, {
          project: ({ metadata, value }) => ({ uid: metadata.uid, name: metadata.name, value: value as number }),
        });
        const mirror = new Map<string | undefined, Row>();
        rig.reflector.subscribe(({ added, changed, removed }) => {
          for (const row of removed) expect(mirror.delete(row.uid)).toBe(true);
          for (const row of changed) expect(mirror.has(row.uid)).toBe(true);
          for (const row of added) expect(mirror.has(row.uid)).toBe(false);
          for (const row of [...added, ...changed]) mirror.set(row.uid, row);
        });
        for (const { events, waitMs } of story) {
          for (const happen of events) happen(server);
          await rig.clock.advance(waitMs);
        }
        await rig.clock.advance(20 * 60_000);
        const truth = Object.fromEntries(
          [...server.objects.values()].map(object => [object.metadata.name, object.value]),
        );
        expect(values(rig)).toEqual(truth);
        expect(Object.fromEntries([...mirror.values()].map(row => [row.name, row.value]))).toEqual(truth);
        expect(state(rig)).toBe('synced');
        expect(server.open.size).toBe(1);
        rig.stop.abort();
        await rig.done;
        expect(server.open.size).toBe(0);
        expect(rig.clock.sleeping).toEqual([]);
      }),
      { numRuns: 300 },
    ));
});
