import { describe, expect, it } from 'vitest';
import { acquireLock, releaseLock, renewLock } from '../../src/safety/lock.ts';
import { failing, fakeApi } from '../support/fake-api.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const options = (holder = 'kim@laptop/1/r-1', now = NOW, recoveryTimeoutMs = 60_000) => ({
  operator: 'kserve',
  namespace: 'default',
  holder,
  recoveryTimeoutMs,
  now: () => now,
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
      holder: 'first',
      since: '2026-11-21T12:00:00.000000Z',
    });
  });

  it('is taken over once it has expired, and only then', async () => {
    const api = fakeApi();
    const first = await acquireLock(api, options('first'));
    if (first.state !== 'held') throw new Error('not held');
    await renewLock(api, first.lease, NOW + 600_000);
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

  it('is released only by its holder', async () => {
    const api = fakeApi();
    const first = await acquireLock(api, options('first'));
    if (first.state !== 'held') throw new Error('not held');
    await acquireLock(api, options('second', NOW + 1_000_000));
    expect(await releaseLock(api, first.lease)).toEqual({ ok: true });
    expect(api.peek(LEASE)?.spec).toMatchObject({ holderIdentity: 'second' });
    const taken = api.peek(LEASE);
    if (taken === undefined) throw new Error('no Lease');
    expect(await releaseLock(api, taken)).toEqual({ ok: true });
    expect(api.peek(LEASE)).toBeUndefined();
    expect(await releaseLock(api, taken)).toEqual({ ok: true });
  });
});
