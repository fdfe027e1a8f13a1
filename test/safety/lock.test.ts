import { describe, expect, it } from 'vitest';
import { acquireLock, releaseLock, renewLock } from '../../src/safety/lock.ts';
import { type IsHolderAlive, type LockHolder, lockedMessage, lockText } from '../../src/safety/lock-holder.ts';
import { listLocks, releaseLocks } from '../../src/safety/locks.ts';
import { failing, fakeApi } from '../support/fake-api.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const elsewhere: IsHolderAlive = () => undefined;
const options = (holder = 'kim@laptop/1/r-1', now = NOW, recoveryTimeoutMs = 60_000, isHolderAlive = elsewhere) => ({
  operator: 'kserve',
  namespace: 'default',
  holder,
  recoveryTimeoutMs,
  now: () => now,
  keeper: { pid: 1, start: '77', machine: 'm1' },
  isHolderAlive,
});
const LEASE = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  namespace: 'default',
  name: 'operator-chaos-lock-kserve',
};

describe('the lock of an operator', () => {
  it('is the Lease that the framework takes', async () => {
    const api = fakeApi();
    expect((await acquireLock(api, options())).state).toBe('held');
    expect(api.peek(LEASE)).toMatchObject({
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'operator-chaos' } },
      spec: {
        holderIdentity: 'kim@laptop/1/r-1',
        leaseDurationSeconds: 900,
        acquireTime: '2026-11-21T12:00:00.000000Z',
      },
    });
  });

  it('outlives a long recovery', async () => {
    const api = fakeApi();
    await acquireLock(api, options('a', NOW, 3_600_000));
    expect(api.peek(LEASE)?.spec).toMatchObject({ leaseDurationSeconds: 7200 });
  });

  it('is taken by one at a time', async () => {
    const api = fakeApi();
    await acquireLock(api, options('first'));
    expect(await acquireLock(api, options('second', NOW + 899_000))).toEqual({
      state: 'taken',
      by: { operator: 'kserve', holder: 'first', since: NOW, until: NOW + 900_000, isOurs: true },
    });
  });

  it('is taken over once it has expired, and only then', async () => {
    const api = fakeApi();
    await acquireLock(api, options('first'));
    await renewLock(api, LEASE, 'first', NOW + 600_000);
    await renewLock(api, LEASE, 'somebody else', NOW + 900_000);
    expect((await acquireLock(api, options('second', NOW + 1_400_000))).state).toBe('taken');
    expect((await acquireLock(api, options('second', NOW + 1_501_000))).state).toBe('held');
    expect(api.peek(LEASE)?.spec).toEqual({
      holderIdentity: 'second',
      leaseDurationSeconds: 900,
      acquireTime: '2026-11-21T12:25:01.000000Z',
    });
  });

  it('counts as expired where its times are missing', async () => {
    const api = fakeApi([
      { apiVersion: LEASE.apiVersion, kind: 'Lease', metadata: { name: LEASE.name, namespace: 'default' }, spec: {} },
    ]);
    expect((await acquireLock(api, options())).state).toBe('held');
  });

  it('is lost to whoever takes it over first', async () => {
    const api = fakeApi();
    await acquireLock(api, options('first'));
    api.script({ on: request => request.verb === 'patch', answer: failing('conflict', 'changed') });
    expect(await acquireLock(api, options('second', NOW + 1_000_000))).toMatchObject({
      state: 'failed',
      failure: { reason: 'conflict' },
    });
  });

  it('is taken over at once where its process is known to be gone, and never where it lives', async () => {
    const api = fakeApi();
    await acquireLock(api, options('first'));
    const asked: unknown[] = [];
    const knowing = (answer: boolean | undefined) => (keeper: unknown) => {
      asked.push(keeper);
      return answer;
    };
    expect((await acquireLock(api, options('second', NOW + 1_000, 0, knowing(true)))).state).toBe('taken');
    expect(await acquireLock(api, options('second', NOW + 1_000, 0, knowing(false)))).toMatchObject({
      state: 'held',
      from: { holder: 'first', freeBecause: 'its process 1 is gone' },
    });
    expect(asked).toEqual(Array(2).fill({ pid: 1, start: '77', machine: 'm1' }));
    expect(api.peek(LEASE)?.spec).toMatchObject({ holderIdentity: 'second' });
  });

  it('of the framework runs out by its times alone: it names no process', async () => {
    const api = fakeApi();
    await acquireLock(api, options('an-experiment'));
    api.change(LEASE, lease => {
      lease.metadata = { ...lease.metadata, annotations: {} };
    });
    const gone = () => false;
    expect(await acquireLock(api, options('second', NOW + 1_000, 0, gone))).toMatchObject({
      state: 'taken',
      by: { holder: 'an-experiment', isOurs: false },
    });
    expect((await acquireLock(api, options('second', NOW + 900_001, 0, gone))).state).toBe('held');
  });

  it('runs out by the clock of the server that stored it, whatever the holder wrote', async () => {
    const api = fakeApi();
    // A holder whose clock is a day behind, and one whose clock is a day ahead.
    for (const drift of [-86_400_000, 86_400_000]) {
      await acquireLock(api, options('first', NOW + drift));
      api.change(LEASE, lease => {
        lease.metadata = {
          ...lease.metadata,
          managedFields: [{ manager: 'mayday', operation: 'Update', time: new Date(NOW).toISOString() }],
        };
      });
      expect((await acquireLock(api, options('second', NOW + 890_000))).state).toBe('taken');
      expect((await acquireLock(api, options('second', NOW + 902_000))).state).toBe('held');
      await releaseLock(api, LEASE, 'second');
    }
  });

  it('is heeded by those who may not make one', async () => {
    const api = fakeApi();
    await acquireLock(api, options('first'));
    const denied = () => api.script({ on: ({ verb }) => verb === 'create', answer: failing('forbidden', 'no') });
    denied();
    expect((await acquireLock(api, options('second'))).state).toBe('taken');
    await releaseLock(api, LEASE, 'first');
    denied();
    expect(await acquireLock(api, options('second'))).toMatchObject({
      state: 'failed',
      failure: { reason: 'forbidden' },
    });
  });

  it('is released only by its holder', async () => {
    const api = fakeApi();
    await acquireLock(api, options('first'));
    await acquireLock(api, options('second', NOW + 1_000_000));
    expect(await releaseLock(api, LEASE, 'first')).toEqual({ ok: true });
    expect(api.peek(LEASE)?.spec).toMatchObject({ holderIdentity: 'second' });
    expect(await releaseLock(api, LEASE, 'second')).toEqual({ ok: true });
    expect(api.peek(LEASE)).toBeUndefined();
    expect(await releaseLock(api, LEASE, 'second')).toEqual({ ok: true });
  });
});

describe('the words of a lock', () => {
  const held = (more: object = {}) =>
    ({
      operator: 'kserve',
      holder: 'kim@laptop/1/r-1',
      since: NOW,
      until: NOW + 900_000,
      isOurs: true,
      ...more,
    }) as LockHolder;

  it('say who, since when, and what to do', () => {
    expect(lockedMessage(held(), NOW + 120_000)).toBe(
      'kserve is locked by kim@laptop/1/r-1 since 12:00:00Z (2m): wait until that run is over, or `mayday revert --all`, which reverts everything and frees it; if it is dead the lock runs out at 12:15:00Z',
    );
    expect(lockedMessage(held({ isOurs: false }), NOW)).not.toContain('revert');
    expect(lockText(held(), NOW + 60_000)).toBe(
      'kserve by kim@laptop/1/r-1 since 12:00:00Z (1m), until 12:15:00Z unless renewed',
    );
    expect(lockText(held({ freeBecause: 'its process 1 is gone' }), NOW)).toContain('DEAD: its process 1 is gone');
  });
});

describe('the locks of a cluster', () => {
  const everyone = async () => {
    const api = fakeApi([], { now: () => NOW });
    await acquireLock(api, { ...options('alice'), operator: 'kserve' });
    await acquireLock(api, { ...options('bob'), operator: 'argocd' });
    await acquireLock(api, { ...options('theirs'), operator: 'knative' });
    api.change({ ...LEASE, name: 'operator-chaos-lock-knative' }, lease => {
      lease.metadata = { ...lease.metadata, annotations: {} };
    });
    api.put({ apiVersion: LEASE.apiVersion, kind: 'Lease', metadata: { name: 'leader', namespace: 'default' } });
    return api;
  };

  it('are shown with who has them', async () => {
    const listed = await listLocks(await everyone(), elsewhere);
    expect(listed.ok && listed.value.map(({ operator, holder, isOurs }) => [operator, holder, isOurs])).toEqual([
      ['argocd', 'bob', true],
      ['knative', 'theirs', false],
      ['kserve', 'alice', true],
    ]);
  });

  it('are freed, but for those of the framework that have not run out', async () => {
    const api = await everyone();
    const { released, notReleased } = await releaseLocks(api, elsewhere);
    expect(released.map(({ holder }) => holder).sort()).toEqual(['alice', 'bob']);
    expect(notReleased).toEqual([]);
    expect(
      api
        .all()
        .map(({ metadata }) => metadata.name)
        .sort(),
    ).toEqual(['leader', 'operator-chaos-lock-knative']);
  });

  it('that may not be freed are told, and are no reason to fail', async () => {
    const api = await everyone();
    api.script({ on: ({ verb }) => verb === 'delete', times: 2, answer: failing('forbidden', 'no deletes for you') });
    const { released, notReleased } = await releaseLocks(api, elsewhere);
    expect(released).toEqual([]);
    expect(notReleased).toHaveLength(2);
  });

  it('that a finalizer holds are not said to be freed', async () => {
    const api = await everyone();
    api.change({ ...LEASE, name: LEASE.name }, lease => {
      lease.metadata.finalizers = ['example.com/never'];
    });
    const { released, notReleased } = await releaseLocks(api, elsewhere);
    expect(released).toHaveLength(1);
    expect(notReleased).toEqual([expect.stringContaining('still there when it is read back')]);
  });

  it('that cannot be read back are not said to be freed', async () => {
    const api = await everyone();
    let lists = 0;
    api.script({
      on: ({ verb, kind }) => {
        lists += verb === 'list' && kind === 'Lease' ? 1 : 0;
        return lists === 2;
      },
      answer: failing('forbidden', 'no more lists for you'),
    });
    const { released, notReleased } = await releaseLocks(api, elsewhere);
    expect(released).toEqual([]);
    expect(notReleased).toHaveLength(2);
    expect(notReleased[0]).toContain('it cannot be read back: no more lists for you');
  });
});
