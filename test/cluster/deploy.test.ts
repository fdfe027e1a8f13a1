import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kubectl, runProgram } from '../e2e/providers/kubectl.ts';
import { program } from '../e2e/providers/program.ts';
import type { Api } from './controlplane/api.ts';
import { type Cluster, start } from './controlplane/start.ts';
import { eventually } from './eventually.ts';
import { noControlPlane } from './skip.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXPERIMENT = join(ROOT, 'experiments/llamastack/config-drift.yaml');
const SYSTEM = 'mayday-system';
const VICTIMS = 'opendatahub';
const ORIGINAL = { 'config.yaml': 'the original' };

describe.skipIf(noControlPlane)('what deploy/ holds, on a real control plane', () => {
  let cluster: Cluster;
  let api: Api;
  let home: string;
  const children: ChildProcess[] = [];
  const admin = (...args: string[]) => kubectl(cluster.kubeconfig, args);
  const deployed = (file: string) => join(ROOT, 'deploy', file);

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'mayday-deploy-'));
    mkdirSync(join(home, 'config/mayday'), { recursive: true });
    // Nobody but the reaper is to revert what a killed console leaves.
    writeFileSync(join(home, 'config/mayday/config.yaml'), 'guardian: off\n');
    cluster = await start();
    api = cluster.api;
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await cluster?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  /** The program, its lines as they come. */
  function mayday(kubeconfig: string, ...words: string[]) {
    const [node, script] = program();
    const env = { ...process.env, XDG_STATE_HOME: join(home, 'state'), XDG_CONFIG_HOME: join(home, 'config') };
    const child = spawn(node, [script, ...words, '--kubeconfig', kubeconfig], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', line => void lines.push(line));
    const ended = new Promise<number | null>(resolve => child.once('close', resolve));
    return { child, lines, ended };
  }

  test('the latch refuses new ChaosExperiments, says who and why, and lets them in again', async () => {
    await admin(
      'apply',
      '-f',
      join(import.meta.dirname, 'chaosexperiments.crd.yaml'),
      '-f',
      deployed('latch-policy.yaml'),
    );
    await admin('wait', '--for=condition=Established', 'crd/chaosexperiments.chaos.operatorchaos.io');
    const [node, script] = program();
    const latch = (...words: string[]) =>
      runProgram(node, [script, 'latch', ...words, '--kubeconfig', cluster.kubeconfig]);
    const create = () =>
      runProgram('kubectl', ['--kubeconfig', cluster.kubeconfig, 'create', '-n', 'default', '-f', EXPERIMENT]);
    const remove = () => admin('delete', '-n', 'default', '-f', EXPERIMENT);

    expect(await create()).toMatchObject({ code: 0 });
    expect(await latch('on', '--why', 'a real incident')).toMatchObject({ code: 0 });
    // What is there already may still end.
    await remove();
    const refused = await eventually('it is refused', async () => {
      const { code, stderr } = await create();
      if (code === 0) await remove();
      return code === 0 ? undefined : stderr;
    });
    expect(refused).toMatch(
      /ValidatingAdmissionPolicy 'mayday-latch'.* denied request: latched by \S+ at \S+ \(a real incident\): no new injections until `mayday latch off`/,
    );
    expect(await latch('off')).toMatchObject({ code: 0 });
    await eventually('it is let in', async () => (await create()).code === 0);
    await remove();
  });

  test('the reaper’s manifests are taken by the server, twice', async () => {
    await admin('apply', '-k', deployed(''));
    const again = await admin('apply', '-k', deployed(''), '--dry-run=server');
    expect(again.trim().split('\n').length).toBeGreaterThan(8);
    expect(again).not.toMatch(/created|configured/);
    await admin('apply', '--dry-run=server', '-k', deployed('roles'));
  });

  const configMap = (name: string) =>
    api.must('POST', `/api/v1/namespaces/${VICTIMS}/configmaps`, { metadata: { name }, data: ORIGINAL });

  /** A ConfigMap that a console drifts, which is then killed. */
  async function leftBehind(name: string): Promise<void> {
    await configMap(name);
    const set = { 'injection.parameters.name': name, 'injection.ttl': '5s', 'target.operator': name };
    const words = Object.entries(set).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
    const run = mayday(cluster.kubeconfig, 'run', EXPERIMENT, '--yes', '--soak', '60s', ...words);
    await eventually('it is in', async () => run.lines.some(line => line.includes(' injected ')));
    run.child.kill('SIGKILL');
    await run.ended;
    expect(await dataOf(name)).not.toEqual(ORIGINAL);
  }
  const dataOf = async (name: string) =>
    (await api.must('GET', `/api/v1/namespaces/${VICTIMS}/configmaps/${name}`)).body.data;
  const marksOf = async (name: string) => {
    const { metadata } = (await api.must('GET', `/api/v1/namespaces/${VICTIMS}/configmaps/${name}`)).body;
    return { ...metadata.labels, ...metadata.annotations };
  };

  /** A kubeconfig of the reaper's own ServiceAccount, as its pod would have it. */
  async function reaperKubeconfig(): Promise<string> {
    const token = (await admin('create', 'token', 'mayday-reaper', '-n', SYSTEM)).trim();
    const [named] = JSON.parse(await admin('config', 'view', '--raw', '--minify', '-o', 'json')).clusters;
    const path = join(home, 'reaper.kubeconfig');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [named],
      users: [{ name: 'reaper', user: { token } }],
      contexts: [{ name: 'reaper', context: { cluster: named.name, user: 'reaper', namespace: SYSTEM } }],
      'current-context': 'reaper',
    };
    writeFileSync(path, JSON.stringify(config));
    return path;
  }

  test('of two reapers one reverts what a killed console left; when it is killed the other takes over', async () => {
    await api.must('POST', '/api/v1/namespaces', { metadata: { name: VICTIMS } }, [409]);
    // What the experiment's own check asks for.
    await configMap('llamastack-serving-config');
    const kubeconfig = await reaperKubeconfig();
    const reaper = () => mayday(kubeconfig, 'reaper', '--interval', '1s', '--grace', '1s');
    const logged = ({ lines }: ReturnType<typeof mayday>) =>
      lines.map(line => JSON.parse(line) as { event: string; id?: string });
    const did = (who: ReturnType<typeof mayday>, event: string) => logged(who).some(line => line.event === event);
    const revertedBy = (who: ReturnType<typeof mayday>) =>
      logged(who).flatMap(line => (line.event === 'reverted' ? [line.id] : []));

    const first = reaper();
    await eventually('the first leads', async () => did(first, 'leads'));
    const second = reaper();
    await eventually('the second stands by', async () => did(second, 'stands by'));
    await leftBehind('reaped-a');
    await eventually('the first reverts it', async () => revertedBy(first).length > 0, 30);
    expect(await dataOf('reaped-a')).toEqual(ORIGINAL);
    expect(await marksOf('reaped-a')).toEqual({});
    expect(revertedBy(second)).toEqual([]);

    first.child.kill('SIGKILL');
    await leftBehind('reaped-b');
    await eventually('the second takes over and reverts it', async () => revertedBy(second).length > 0, 60);
    expect(await dataOf('reaped-b')).toEqual(ORIGINAL);
    expect(revertedBy(second)).toEqual([expect.stringContaining('reaped-b')]);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    const lease = (await api.must('GET', `/apis/coordination.k8s.io/v1/namespaces/${SYSTEM}/leases/mayday-reaper`))
      .body;
    expect(lease.spec.holderIdentity ?? '').toBe('');
  }, 180_000);
});
