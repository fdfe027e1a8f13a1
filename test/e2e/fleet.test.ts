import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Fleet, startFleet } from '../support/fleet.ts';

const PROGRAM = resolve('dist/mayday.js');
const state = mkdtempSync(join(tmpdir(), 'mayday-fleet-state-'));
const STUCK = 6;
let fleet: Fleet;

beforeAll(async () => {
  const names = Array.from({ length: 19 }, (_, index) => `c${String(index).padStart(2, '0')}`);
  const scenarios = names.map((name, index) => [name, index < STUCK ? 'stuck-injections' : 'healthy']);
  fleet = await startFleet(Object.fromEntries([...scenarios, ['prod-1', 'stuck-injections']]));
});
afterAll(async () => {
  await fleet.close();
  rmSync(state, { recursive: true, force: true });
});

interface Answered {
  context: string;
  exit: number;
  report?: { remaining: number | null; receipts: { verified: boolean }[] };
  error?: string;
}

const mayday = (...words: string[]) => onAll(fleet.kubeconfig, ...words);

function onAll(kubeconfig: string, ...words: string[]): Promise<{ code: number; clusters: Answered[] }> {
  const args = [PROGRAM, ...words, '--all-contexts', '--kubeconfig', kubeconfig, '--config', fleet.config];
  const env = { ...process.env, XDG_STATE_HOME: state };
  return new Promise(done =>
    execFile(process.execPath, [...args, '-o', 'json'], { env, maxBuffer: 2 ** 28 }, (error, stdout) =>
      done({ code: Number(error?.code ?? 0), clusters: JSON.parse(stdout).clusters }),
    ),
  );
}

it('reverts 20 clusters side by side, one dead and one protected: the dead is counted, the protected is left until it is named', async () => {
  const first = await mayday('revert', '--all', '--yes', '--trust-records');
  const of = (name: string) => first.clusters.find(({ context }) => context === name);
  expect(first.clusters).toHaveLength(21);
  const reverted = first.clusters.filter(({ report }) => report !== undefined);
  expect(reverted).toHaveLength(19);
  expect(reverted.map(({ report }) => report?.remaining)).toEqual(Array(19).fill(0));
  const verified = reverted.flatMap(({ report }) => report?.receipts ?? []);
  expect(verified.length).toBeGreaterThan(20 * STUCK);
  expect(verified.filter(receipt => !receipt.verified)).toEqual([]);
  expect(of('dead')).toMatchObject({ exit: 8, error: expect.stringContaining('127.0.0.1:1') });
  expect(of('prod-1')).toMatchObject({ exit: 6, error: expect.stringContaining('--confirm prod-1') });
  expect(first.code).toBe(8);

  const second = await mayday('revert', '--all', '--yes', '--trust-records', '--confirm', 'prod-1');
  const left = second.clusters.find(({ context }) => context === 'prod-1');
  expect(left).toMatchObject({ exit: 0, report: { remaining: 0 } });
  expect(second.code).toBe(8);
  const { clusters } = await mayday('latch', 'status');
  expect(clusters.filter(({ exit }) => exit === 0)).toHaveLength(20);
});

it('tells apart one that hangs, one that refuses our token and one that is not defined; a cluster with two names ends well under both', async () => {
  const open = new Set<Socket>();
  const silent = createServer(socket => void open.add(socket));
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const { port } = silent.address() as AddressInfo;
  const { clusters, users } = parse(readFileSync(fleet.kubeconfig, 'utf8'));
  const one = clusters[STUCK];
  const user = users[STUCK];
  const context = (name: string, cluster: string, by: string) => ({ name, context: { cluster, user: by } });
  const kubeconfig = join(state, 'odd');
  const odd = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [one, { name: 'hangs', cluster: { server: `https://127.0.0.1:${port}` } }],
    users: [user, { name: 'expired', user: { token: 'no-longer-valid' } }],
    contexts: [
      context('first', one.name, user.name),
      context('twin', one.name, user.name),
      context('hangs', 'hangs', user.name),
      context('expired', one.name, 'expired'),
      context('undefined', 'nowhere', user.name),
    ],
  };
  writeFileSync(kubeconfig, stringify(odd));
  try {
    const { code, clusters: answered } = await onAll(kubeconfig, 'revert', '--all', '--yes');
    const of = (name: string) => answered.find(({ context: each }) => each === name);
    expect(of('first')).toMatchObject({ exit: 0, report: { remaining: 0 } });
    expect(of('twin')).toMatchObject({ exit: 0, report: { remaining: 0 } });
    expect(of('hangs')).toMatchObject({ exit: 8, error: expect.stringMatching(/to answer, found: cannot reach/) });
    expect(of('expired')).toMatchObject({
      exit: 8,
      error: expect.stringContaining('sign in again, or renew its token'),
    });
    expect(of('undefined')).toMatchObject({ exit: 2, error: expect.stringContaining('names cluster nowhere') });
    expect(code).toBe(8);
  } finally {
    for (const socket of open) socket.destroy();
    silent.close();
  }
});
