import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { isAlive } from '../../src/host/process.ts';
import { receiver } from '../notify/support.ts';
import { type Pty, start } from '../support/pty.ts';
import { onSandbox } from './providers/on-sandbox.ts';
import { program } from './providers/program.ts';

const EXPERIMENT = join(import.meta.dirname, '../../experiments/llamastack/config-drift.yaml');
const LONG = 60_000;
const WAIT = { timeout: LONG, interval: 50 };

const on = onSandbox();

interface Logged {
  pid: number;
  event: string;
  lateMs?: number;
}

/** A ConfigMap and a person who drifts it from a terminal. */
interface Scene {
  run: Pty;
  /** What the ConfigMap holds and carries. */
  look(): Promise<object>;
  log(): Logged[];
  /** The guardian's log, once it is gone. */
  guardianEnded(): Promise<Logged[]>;
  lastEntry(): unknown;
}
const CLEAN = { data: { 'config.yaml': 'the original' }, labels: {}, annotations: {} };

/** Resolves when the fault is in and a guardian knows of it. */
async function scene(name: string, ttl: string, config = 'guardian: at-ttl'): Promise<Scene> {
  const api = on.api();
  const { folder: home, env } = on.home(config);
  const victim = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'opendatahub' } };
  await api.create({ ...victim, data: CLEAN.data });
  const words = ['run', EXPERIMENT, '--yes', '--soak', '60s'];
  const own = { 'injection.ttl': ttl, 'injection.parameters.name': name, 'target.operator': name };
  const set = Object.entries(own).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
  const [node, script] = program();
  const command = [node, script, ...words, ...set, '--kubeconfig', on.provider().kubeconfig] as const;
  const run = start(command, { columns: 250, rows: 50 }, { env });
  await run.waitFor(/guardian +on +pid \d+/, LONG);
  await run.waitFor('effect', LONG);
  const look = async () => {
    const got = await api.get({ ...victim, ...victim.metadata });
    if (!got.ok) throw new Error(got.message);
    const { data, metadata } = got.value;
    return { data, labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} };
  };
  const log = () => lines<Logged>(join(home, 'state/mayday/guardian.log'));
  expect(await look()).not.toEqual(CLEAN);
  return {
    run,
    look,
    log,
    async guardianEnded() {
      await vi.waitFor(() => expect(log().at(-1)?.event).toBe('ended'), WAIT);
      await vi.waitFor(() => expect(isAlive(log()[0]?.pid ?? 0, undefined)).toBe(false), WAIT);
      return log();
    },
    lastEntry() {
      const runs = join(home, 'state/mayday/runs');
      return lines(join(runs, readdirSync(runs)[0] ?? '', 'journal.jsonl')).at(-1);
    },
  };
}

const lines = <T>(path: string): T[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as T);

describe.concurrent('side by side', () => {
  test('a run is killed with its terminal: the guardian outlives both, reverts at the TTL, finishes the journal and ends', {
    timeout: LONG,
  }, async () => {
    const it = await scene('guarded-a', '3s');
    process.kill(it.run.pid, 'SIGKILL');
    await it.run.exit;
    // The terminal goes as well; what is in its session is hung up.
    await it.run.kill();
    const logged = await it.guardianEnded();
    const events = ['started', 'guarding', 'owner gone', 'reverting', 'tried', 'reverted', 'ended'];
    expect(logged.map(line => line.event)).toEqual(events);
    expect(logged[3]?.lateMs).toBeGreaterThanOrEqual(0);
    expect(await it.look()).toEqual(CLEAN);
    expect(it.lastEntry()).toMatchObject({ entry: 'end', by: 'guardian', residue: 0 });
  });

  test('a run is stopped: it is reverted for all that, and ends well when it goes on', { timeout: LONG }, async () => {
    const it = await scene('guarded-b', '2s');
    process.kill(it.run.pid, 'SIGSTOP');
    await vi.waitFor(() => expect(it.log().at(-1)?.event).toBe('reverted'), WAIT);
    expect(await it.look()).toEqual(CLEAN);
    process.kill(it.run.pid, 'SIGTERM');
    process.kill(it.run.pid, 'SIGCONT');
    expect(await it.run.exit).toMatchObject({ code: 6 });
    await it.guardianEnded();
    expect(await it.look()).toEqual(CLEAN);
  });
});

test('others are told of what the guardian reverted, in order, and one that never answers delays nothing', {
  timeout: LONG,
}, async () => {
  const heard = await receiver(() => 200);
  const dead = await receiver(() => undefined);
  const notify = JSON.stringify([{ url: dead.url }, { url: heard.url }]);
  const it = await scene('guarded-d', '3s', `guardian: at-ttl\nnotify: ${notify}`);
  process.kill(it.run.pid, 'SIGKILL');
  const logged = await it.guardianEnded();
  const told = heard.heard.map(({ body }) => JSON.parse(body));
  expect(told.map(({ type }) => type)).toEqual(['mayday.started', 'mayday.injected', 'mayday.reverted']);
  expect(told[2]).toMatchObject({
    subject: expect.stringContaining('config-drift'),
    data: {
      run: told[0].data.run,
      remaining: 0,
      text: expect.stringMatching(
        /^the guardian in .*: .*config-drift.* \(ConfigDrift\): 1 injection dealt with, 0 remain$/,
      ),
    },
  });
  expect(logged.map(({ event }) => event).slice(-3)).toEqual(['reverted', 'not told', 'ended']);
  expect(logged.at(-2)).toMatchObject({ why: expect.stringContaining('notices were not delivered to cloudevents at') });
  expect(logged.find(({ event }) => event === 'reverting')?.lateMs).toBeLessThan(LONG);
  expect(await it.look()).toEqual(CLEAN);
  await heard.stop();
  await dead.stop();
});

test('the server is out of reach when the guardian must revert: it waits for it', { timeout: LONG }, async () => {
  const it = await scene('guarded-c', '1h', 'guardian: at-once');
  const down = on.provider().restartApiServer?.(2_000);
  process.kill(it.run.pid, 'SIGKILL');
  await down;
  const logged = await it.guardianEnded();
  expect(logged.filter(line => line.event === 'tried').length).toBeGreaterThan(1);
  expect(logged.at(-2)?.event).toBe('reverted');
  expect(await it.look()).toEqual(CLEAN);
});
