import { describe, expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { createGuardian } from '../../src/guardian/guardian.ts';
import type { FromGuardian } from '../../src/guardian/message.ts';
import { ownersGuard } from '../../src/guardian/owner.ts';
import { createRunReverter } from '../../src/guardian/revert-run.ts';
import { ROLLBACK_DATA } from '../../src/injection/record/markers.ts';
import { proofText } from '../../src/injection/write/receipt.ts';
import type { Api } from '../../src/kube/client/api.ts';
import { readEntries } from '../../src/records/journal.ts';
import { guardianLines, unmarkedLines } from '../../src/records/unfinished-lines.ts';
import type { RunEvent } from '../../src/run/event.ts';
import { config, configRef, corrupt, deployment, deploymentRef, drift, pod } from '../run/support/lab.ts';
import { engineDeps, kubeSystem } from '../support/engine.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { memoryFiles } from '../support/memory-files.ts';
import { wrote } from '../support/objects.ts';

/** A machine on which a process runs experiments and a guardian watches; the process can be killed. */
function machine() {
  const clock = fakeClock();
  const api = fakeApi([deployment(), pod('web-a'), config(), kubeSystem], { now: clock.now });
  const files = memoryFiles();
  const shared = { api, clock, files, stateDir: '/state' };
  let listener: (message: FromGuardian) => void = () => undefined;
  let isDead = false;
  const guardian = createGuardian({
    ...createRunReverter(shared),
    clock,
    random: () => 1,
    serverTime: () => api.serverTime(),
    probe: () => Promise.resolve(true),
    send: message => listener(message),
    log: () => undefined,
    atOnce: false,
    retryForMs: 3_600_000,
  });
  const guard = ownersGuard({
    clock,
    start: async () => ({
      ready: { is: 'ready', pid: 77, server: 'https://fake', log: '/state/guardian.log' },
      gone: new Promise(() => undefined),
      onMessage: given => {
        listener = given;
      },
      send: message => {
        if (!isDead) guardian.receive(message);
      },
      close: () => guardian.ownerGone(),
      waitFor: () => undefined,
    }),
  });
  // What a dead process asks is never answered.
  const mortal = new Proxy(api, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function' || name === 'serverTime') return value;
      return (...given: unknown[]) => (isDead ? new Promise(() => undefined) : Reflect.apply(value, target, given));
    },
  }) as Api;
  const deps = engineDeps({ ...shared, isAlive: pid => pid === 77 });
  const events: RunEvent[] = [];
  return {
    ...shared,
    guardian,
    events,
    engine: createEngine({ ...deps, api: mortal, guard }),
    /** The next process on this machine. */
    next: createEngine(deps),
    kill() {
      isDead = true;
      guardian.ownerGone();
    },
    emit: (event: RunEvent) => void events.push(event),
    journal: () => readEntries([...files.store].find(([path]) => path.endsWith('journal.jsonl'))?.[1] ?? '').entries,
  };
}

type Machine = ReturnType<typeof machine>;

/** Runs an experiment for five seconds; then its process dies. */
async function dieDuring(it: Machine, loaded = drift({ ttlMs: 30_000 }), soakMs = 60_000): Promise<void> {
  void it.engine.run(loaded, { emit: it.emit, soakMs });
  await it.clock.sleep(5_000);
  it.kill();
}

/** Somebody takes the marks off the ConfigMap; `manager` owns the value from then on. */
function takeOffMarks(it: Machine, manager: string, data?: Record<string, string>): void {
  it.api.change(configRef, object => {
    delete object.metadata.annotations;
    delete object.metadata.labels;
    if (data !== undefined) object.data = data;
    object.metadata.managedFields = [wrote(manager, { 'f:data': { 'f:mode': {} } })];
  });
}

const receiptsOf = (it: Machine) => it.journal().flatMap(entry => (entry.entry === 'receipt' ? [entry.receipt] : []));

const EXPERIMENTS = { drift, corrupt };
const values = (api: Machine['api']) => ({
  data: api.peek(configRef)?.data,
  spec: api.peek(deploymentRef)?.spec,
  marks: [configRef, deploymentRef].map(ref => Object.keys(api.peek(ref)?.metadata.annotations ?? {})),
});
const CLEAN = { data: config().data, spec: deployment().spec, marks: [[], []] };

describe('a run that is killed in mid-fault', () => {
  test.each(['drift', 'corrupt'] as const)(
    '%s: its guardian reverts everything and finishes its journal',
    async kind => {
      const it = machine();
      void it.engine.run(EXPERIMENTS[kind]({ ttlMs: 30_000 }), { emit: it.emit, soakMs: 60_000 });
      await it.clock.sleep(5_000);
      expect(values(it.api)).not.toEqual(CLEAN);
      it.kill();

      const [dead] = await it.next.unfinished();
      expect(dead?.guardian).toMatchObject({ pid: 77, log: '/state/guardian.log' });
      expect(guardianLines([], dead ? [dead] : [], it.clock.now())[0]).toMatch(
        /its guardian \(pid 77\) ends the fault in (24|25)s/,
      );
      await it.clock.sleep(20_000);
      expect(values(it.api)).not.toEqual(CLEAN);

      await it.guardian.over;
      expect(values(it.api)).toEqual(CLEAN);
      expect(it.clock.monotonic()).toBeGreaterThanOrEqual(30_000);
      expect(it.clock.monotonic()).toBeLessThan(31_000);
      expect(it.journal().at(-1)).toMatchObject({ entry: 'end', by: 'guardian', residue: 0 });
      expect(await it.next.unfinished()).toEqual([]);
      const work = await it.next.guardianWork();
      expect(guardianLines(work, [], 0)[0]).toContain('its guardian reverted everything');
      await it.next.run(drift({ dryRun: true }), { emit: () => undefined });
      expect(await it.next.guardianWork()).toEqual([]);
    },
  );

  test('and somebody writes over what its guardian put back: not called lifted, its record is on it again', async () => {
    const it = machine();
    let isOn = true;
    it.api.react(({ verb, kind }) => {
      const isRestored = JSON.stringify(it.api.peek(configRef)?.data) === JSON.stringify(config().data);
      if (!isOn || verb !== 'patch' || kind !== 'ConfigMap' || !isRestored) return;
      isOn = false;
      it.clock.after(100, () =>
        it.api.change(configRef, object => {
          object.data = { mode: 'canary' };
          object.metadata.managedFields = [wrote('shop-operator', { 'f:data': { 'f:mode': {} } })];
        }),
      );
    });
    await dieDuring(it);
    await it.guardian.over;
    expect(it.api.peek(configRef)).toMatchObject({ data: { mode: 'canary' } });
    expect(it.api.peek(configRef)?.metadata.annotations?.[ROLLBACK_DATA]).toBeDefined();
    expect(it.journal().at(-1)).toMatchObject({ entry: 'end', by: 'guardian', residue: 1 });
    const receipts = receiptsOf(it);
    expect(receipts.filter(({ verified }) => verified)).toEqual([]);
  });

  test('and somebody takes off the marks, not the value: not called restored, and its journal stays open', async () => {
    const it = machine();
    await dieDuring(it);
    takeOffMarks(it, 'mayday');
    await it.guardian.over;
    const receipts = receiptsOf(it);
    expect(receipts).toMatchObject([{ outcome: 'diverged', verified: false }]);
    expect(receipts[0]?.message).toContain('data.mode is still as mayday wrote it');
    expect(it.journal().at(-1)).toMatchObject({ entry: 'end', by: 'guardian', residue: 1 });
    const dead = await it.next.unfinished();
    expect(dead).toMatchObject([{ written: [{ name: 'settings' }], marked: false }]);
    expect(unmarkedLines(dead)).toEqual([
      expect.stringMatching(
        /^run \S+ died: somebody removed the marks of ConfigMap shop\/settings, and data.mode is still/,
      ),
    ]);
    // Somebody gives it another value: nothing of ours is in any more.
    it.api.change(configRef, object => {
      object.data = { mode: 'live' };
      object.metadata.managedFields = [wrote('kubectl-edit', { 'f:data': { 'f:mode': {} } })];
    });
    expect(await it.next.unfinished()).toEqual([]);
    expect(it.journal().at(-1)).toMatchObject({ entry: 'end', residue: 0 });
  });

  test('and somebody gives another value and takes off the marks: its guardian claims no revert, and compared nothing', async () => {
    const it = machine();
    await dieDuring(it);
    takeOffMarks(it, 'kubectl-edit', { mode: 'third' });
    await it.guardian.over;
    const receipts = receiptsOf(it);
    expect(receipts.map(receipt => [receipt.outcome, proofText(receipt)])).toEqual([['stripped', 'value kept']]);
    expect(it.journal().at(-1)).toMatchObject({ entry: 'end', by: 'guardian', residue: 0 });
    const [line] = guardianLines(await it.next.guardianWork(), [], 0);
    expect(line).toMatch(/its guardian found the fault gone .*: the values were not compared$/);
    expect(line).not.toContain('reverted');
  });

  test('without a TTL: the time to recover is its deadline', async () => {
    const it = machine();
    await dieDuring(it, drift({ recoveryTimeoutMs: 40_000 }), 90_000);
    await it.guardian.over;
    expect(values(it.api)).toEqual(CLEAN);
    expect(it.clock.monotonic()).toBeGreaterThanOrEqual(40_000);
    expect(it.clock.monotonic()).toBeLessThan(41_000);
  });

  test('while the server cannot be reached: it is waited for', async () => {
    const it = machine();
    await dieDuring(it, drift({ ttlMs: 10_000 }));
    it.api.script({ on: () => true, times: 12, answer: failing('unreachable', 'connection refused') });
    await it.guardian.over;
    expect(values(it.api)).toEqual(CLEAN);
    expect(it.clock.monotonic()).toBeGreaterThan(15_000);
  });
});

test('a run that reverts by itself leaves its guardian nothing to do, and it ends', async () => {
  const it = machine();
  const { result } = await it.engine.run(drift({ ttlMs: 10_000 }), { emit: it.emit, soakMs: 60_000 });
  await it.guardian.over;
  expect(result.residue).toBe(0);
  expect(values(it.api)).toEqual(CLEAN);
  expect(it.events.filter(event => event.event === 'guard')).toMatchObject([{ on: true }]);
  expect(it.journal().at(-1)).not.toHaveProperty('by');
});

test('a dry run starts no guardian', async () => {
  const it = machine();
  await it.engine.run(drift({ dryRun: true }), { emit: it.emit });
  expect(it.events.some(event => event.event === 'guard')).toBe(false);
});
