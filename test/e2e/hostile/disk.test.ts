import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestClient } from '../../sandbox/client.ts';
import { type Front, leftQuota, openFront } from './front.ts';

const EXPERIMENT = join(import.meta.dirname, '../../../experiments/kserve/main-controller-kill.yaml');
/** A folder that nothing can be written into, for root neither. */
const NO_DISK = { XDG_STATE_HOME: '/dev/null/state' };

let front: Front;
beforeAll(async () => {
  front = await openFront();
});
afterAll(() => front.close());

test('without a disk nothing is injected, and that is told as what it is', async () => {
  front.passed.length = 0;
  const ended = await front.maydayWith(NO_DISK, 'run', EXPERIMENT, '--yes');
  expect(ended.stderr).toMatch(/the journal cannot be written: .*ENOTDIR.*nothing was changed/);
  expect(ended.stderr).not.toMatch(/internal error|fault of mayday/);
  expect(ended.code).toBe(5);
  expect(front.passed.filter(one => !one.startsWith('GET') && !/reviews/.test(one))).toEqual([]);
});

test('without a disk everything is put back, and only its receipts are missing', async () => {
  const client = createTestClient(front.sandbox);
  for (const name of ['one', 'two', 'three'])
    await client.ok({ method: 'POST', path: '/api/v1/namespaces/default/resourcequotas', body: leftQuota(name) });
  const ended = await front.maydayWith(NO_DISK, 'revert', '--all', '--yes', '-o', 'json');
  expect(JSON.parse(ended.stdout)).toMatchObject({ remaining: 0, blind: [] });
  expect(JSON.parse(ended.stdout).receipts).toHaveLength(3);
  expect(ended.stderr).toMatch(/receipts could not be kept: .*ENOTDIR/);
  expect(ended.code).toBe(0);
  client.close();
});

test('a state folder that can never be made, below /proc, stops no revert', async () => {
  const client = createTestClient(front.sandbox);
  await client.ok({ method: 'POST', path: '/api/v1/namespaces/default/resourcequotas', body: leftQuota('proc') });
  const nowhere = { XDG_STATE_HOME: '/proc/nope' };
  const ended = await front.maydayWith(nowhere, 'revert', '--all', '--yes', '-o', 'json');
  expect(JSON.parse(ended.stdout)).toMatchObject({ remaining: 0 });
  expect(ended.stderr).toMatch(/receipts could not be kept: /);
  expect(ended.code).toBe(0);
  client.close();
});

test('without a disk the reaper and the guardian begin', async () => {
  const ended = await front.maydayWith(NO_DISK, 'guardian');
  expect(ended.stdout).toContain('"ready"');
  expect(ended.code).toBe(0);
});
