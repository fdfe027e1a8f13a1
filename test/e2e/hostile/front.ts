import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubeconfigFor } from '../../../src/sandbox/http/kubeconfig.ts';
import { type SandboxServer, startSandboxServer } from '../../../src/sandbox/server.ts';
import { type Doings, type Passing, startProxy } from '../../torture/proxy.ts';
import type { Ended } from '../providers/kubectl.ts';
import { program } from '../providers/program.ts';

/** A sandbox behind a front that answers some requests in its own way, and the program as a user starts it. */
export interface Front {
  sandbox: SandboxServer;
  /** From now on, requests go through this; undefined leaves them alone. `true`: it has been dealt with. */
  meet: ((passing: Passing, doings: Doings) => boolean | Promise<boolean>) | undefined;
  mayday(...args: string[]): Promise<Ended>;
  /** The same with these variables set. */
  maydayWith(variables: Record<string, string>, ...args: string[]): Promise<Ended>;
  /** Everything that passed, as `GET /api/v1/…`. */
  passed: string[];
  close(): Promise<void>;
}

export async function openFront(scenario = 'healthy'): Promise<Front> {
  const folder = mkdtempSync(join(tmpdir(), 'mayday-front-'));
  const sandbox = await startSandboxServer({ scenario, seed: 7 });
  const front: Pick<Front, 'meet' | 'passed'> = { meet: undefined, passed: [] };
  const proxy = await startProxy(sandbox.url, async (passing, doings) => {
    front.passed.push(`${passing.method} ${passing.path}`);
    if (await front.meet?.(passing, doings)) return;
    doings.answer(await doings.forward());
  });
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigFor(proxy.url, proxy.certificate, sandbox.token));
  const [node, script] = program();
  const env = { ...process.env, HOME: folder, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder, KUBECONFIG: kubeconfig };
  const run = (variables: Record<string, string>, args: readonly string[]) =>
    new Promise<Ended>(resolve => {
      const child = spawn(node, [script, ...args], {
        env: { ...env, ...variables },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const said = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const)
        child[name].setEncoding('utf8').on('data', text => {
          said[name] += text;
        });
      child.on('close', code => resolve({ code: code ?? -1, ...said }));
    });
  return Object.assign(front, {
    sandbox,
    mayday: (...args: string[]) => run({}, args),
    maydayWith: (variables: Record<string, string>, ...args: string[]) => run(variables, args),
    async close() {
      await proxy.close();
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  });
}

const GROUP = 'hostile.example.com';
export const WIDGETS = `/apis/${GROUP}/v1/widgets`;

/** The sandbox's discovery with one more group in it, of a server that somebody else runs. */
export async function withWidgets({ forward, answer }: Doings): Promise<void> {
  const { status, headers, body } = await forward();
  const list = JSON.parse(body.toString()) as { items: unknown[] };
  const resource = {
    resource: 'widgets',
    responseKind: { group: GROUP, version: 'v1', kind: 'Widget' },
    scope: 'Namespaced',
    singularResource: 'widget',
    verbs: ['get', 'list', 'watch'],
  };
  list.items.push({
    metadata: { name: GROUP },
    versions: [{ version: 'v1', freshness: 'Current', resources: [resource] }],
  });
  const text = Buffer.from(JSON.stringify(list));
  const { 'content-length': _length, 'content-encoding': _encoding, ...rest } = headers;
  answer({ status, headers: rest, body: text });
}

/** A quota of the framework's, left in a namespace: an injection that is put back by deleting it. */
export function leftQuota(name: string) {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: {
      name,
      namespace: 'default',
      labels: { 'app.kubernetes.io/managed-by': 'operator-chaos', 'chaos.operatorchaos.io/type': 'QuotaExhaustion' },
    },
    spec: { hard: { 'limits.cpu': '0' } },
  };
}
