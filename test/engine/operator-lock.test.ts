import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { isHolderAlive, machineId, thisProcess } from '../../src/engine/holder-process.ts';
import { type Locks, operatorLocks } from '../../src/engine/operator-lock.ts';
import { config, configRef, deployment, drift, pod } from '../run/support/lab.ts';
import { engineDeps, kubeSystem } from '../support/engine.ts';
import { type FakeApi, failing, fakeApi } from '../support/fake-api.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';
import { memoryFiles } from '../support/memory-files.ts';

const LEASE = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  namespace: 'default',
  name: 'operator-chaos-lock-shop',
};
const stage = () => {
  const clock = fakeClock();
  const api = fakeApi([deployment(), pod('web-a'), config(), kubeSystem], { now: clock.now });
  const locks = (who: string, pid = 1) =>
    operatorLocks({
      api,
      clock,
      namespace: 'default',
      who,
      keeper: { pid, machine: who },
      isHolderAlive: () => undefined,
    });
  return { api, clock, locks };
};

function engine(api: FakeApi, clock: FakeClock, locks: Locks, host: string) {
  return createEngine(engineDeps({ api, clock, files: memoryFiles(), random: Math.random, host, locks }));
}
const quiet = { emit: () => undefined };
const short = () => drift({ recoveryTimeoutMs: 5_000 });

test('one process at a time for an operator, and the next one when it is given back', async () => {
  const { api, locks } = stage();
  const [first, second] = [locks('alice@a'), locks('bob@b', 2)];
  expect(await first.take(drift(), 'r1')).toMatchObject({ ok: true });
  expect(await first.take(drift(), 'r1')).toMatchObject({ ok: true });
  const refused = await second.take(drift(), 'r2');
  expect(refused).toMatchObject({ gate: 'lock', ok: false, code: 'locked' });
  expect(refused.reason).toContain('shop is locked by alice@a/1/r1');
  expect(await second.look(drift())).toMatchObject({ ok: false, code: 'locked' });
  await first.release('r1');
  expect(api.peek(LEASE)).toBeUndefined();
  expect(await second.look(drift())).toMatchObject({ ok: true });
  expect(await second.take(drift(), 'r2')).toMatchObject({ ok: true });
  await second.release('r2');
});

test('the runs of one process share it, and the last one gives it back', async () => {
  const { api, locks } = stage();
  const mine = locks('alice@a');
  const gates = await Promise.all(['r1', 'r2', 'r3'].map(run => mine.take(drift(), run)));
  expect(gates.every(gate => gate.ok)).toBe(true);
  expect(mine.held('r3')).toEqual({ on: LEASE, holder: 'alice@a/1/r1' });
  await mine.release('r1');
  await mine.release('r2');
  expect(api.peek(LEASE)).toBeDefined();
  await mine.release('r3');
  expect(api.peek(LEASE)).toBeUndefined();
  expect(mine.held('r3')).toBeUndefined();
});

test('is kept alive longer than it would last by itself', async () => {
  const { clock, locks } = stage();
  const first = locks('alice@a');
  await first.take(drift(), 'r1');
  await clock.sleep(3_600_000);
  expect(await locks('bob@b').take(drift(), 'r2')).toMatchObject({ ok: false });
  await first.release('r1');
});

test('who may not make Leases is told, and not stopped', async () => {
  const { api, locks } = stage();
  api.script({
    on: ({ kind, verb }) => kind === 'Lease' && verb === 'create',
    answer: failing('forbidden', 'no leases'),
  });
  const gate = await locks('alice@a').take(drift(), 'r1');
  expect(gate).toMatchObject({ ok: true, warns: true });
  expect(gate.reason).toContain('WITHOUT A LOCK');
});

test('a server that does not answer stops the run', async () => {
  const { api, locks } = stage();
  api.script({ on: ({ kind }) => kind === 'Lease', answer: failing('unreachable', 'gone') });
  expect(await locks('alice@a').take(drift(), 'r1')).toMatchObject({ ok: false, code: 'unreachable' });
});

test('two engines that inject at once: exactly one does, and the lock is free in the end', async () => {
  const { api, clock, locks } = stage();
  const two = [engine(api, clock, locks('alice@a'), 'a'), engine(api, clock, locks('bob@b', 2), 'b')];
  const ends = await Promise.all(two.map(one => one.run(short(), quiet)));
  expect(ends.map(({ result }) => result.phase).sort()).toEqual(['Aborted', 'Complete']);
  expect(ends.find(({ result }) => result.phase === 'Aborted')?.result.refusal).toMatchObject({ code: 'locked' });
  expect(api.peek(LEASE)).toBeUndefined();
  expect(api.peek(configRef)?.data).toEqual(config().data);
});

test('a run that is refused, and one that only looks, lock nobody out', async () => {
  const { api, clock, locks } = stage();
  const one = engine(api, clock, locks('alice@a'), 'a');
  await one.run(short(), { ...quiet, dryRun: true });
  api.forget(configRef);
  await one.run(short(), quiet);
  expect(api.log.filter(({ kind, verb }) => kind === 'Lease' && verb !== 'get')).toEqual([]);
});

test('this process is known to live here, a dead one to be dead, and of another machine nothing is known', () => {
  const keeper = thisProcess();
  const survives = isHolderAlive('m');
  expect(survives({ ...keeper, machine: 'm' })).toBe(true);
  expect(survives({ ...keeper, machine: 'm', start: '1' })).toBe(keeper.start === undefined);
  expect(survives({ pid: 2 ** 22 + 1, machine: 'm' })).toBe(false);
  expect(survives({ ...keeper, machine: 'another' })).toBeUndefined();
  expect(isHolderAlive(undefined)({ pid: keeper.pid })).toBeUndefined();
  const named = (boot: string, pids: string) =>
    machineId(
      () => boot,
      () => pids,
    );
  expect(new Set([named('a', 'p'), named('a', 'q'), named('b', 'p'), named('a', 'p')]).size).toBe(3);
  expect(
    machineId(() => {
      throw new Error('no /proc');
    }),
  ).toBeUndefined();
});
