import { expect, test } from 'vitest';
import { operatorLock } from '../../src/gameday/operator-lock.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';

const LEASE = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  namespace: 'default',
  name: 'operator-chaos-lock-kserve',
};
const stage = () => {
  const clock = fakeClock();
  const api = fakeApi([], { now: clock.now });
  const lock = (holder: string) =>
    operatorLock(api, clock, { operator: 'kserve', namespace: 'default', holder, recoveryTimeoutMs: 60_000 });
  return { api, clock, lock };
};

test('one run at a time for an operator, and the next one when it is given back', async () => {
  const { api, lock } = stage();
  const [first, second] = [lock('alice@a/1/r1'), lock('bob@b/2/r2')];
  expect(await first.gate()).toMatchObject({ ok: true });
  expect(await first.gate()).toMatchObject({ ok: true });
  const refused = await second.gate();
  expect(refused).toMatchObject({ gate: 'lock', ok: false });
  expect(refused.reason).toContain('alice@a/1/r1');
  await first.release();
  expect(api.peek(LEASE)).toBeUndefined();
  expect(await second.gate()).toMatchObject({ ok: true });
  await second.release();
});

test('is kept alive longer than it would last by itself', async () => {
  const { clock, lock } = stage();
  const first = lock('alice');
  await first.gate();
  await clock.sleep(3_600_000);
  expect(await lock('bob').gate()).toMatchObject({ ok: false });
  await first.release();
});

test('says why it could not be taken', async () => {
  const { api, lock } = stage();
  api.script({ on: ({ kind }) => kind === 'Lease', answer: failing('forbidden', 'no leases for you') });
  expect(await lock('alice').gate()).toMatchObject({ ok: false, code: 'forbidden' });
});
