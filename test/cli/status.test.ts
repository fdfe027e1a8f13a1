import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from '../../src/kube/connection/connection.ts';
import { startSandbox } from '../../src/sandbox/server.ts';

// The bundle, as users run it; `npm test` builds it first.
const PROGRAM = join(import.meta.dirname, '../../dist/mayday.js');
const folder = mkdtempSync(join(tmpdir(), 'mayday-status-'));
const kubeconfig = join(folder, 'kubeconfig');
let sandbox: Awaited<ReturnType<typeof startSandbox>>;

beforeAll(async () => {
  sandbox = await startSandbox({ scenario: 'healthy', port: 0, speed: 1 });
  writeFileSync(kubeconfig, sandbox.kubeconfig);
  const connected = await connect({ kubeconfig });
  if (!connected.ok) throw new Error(connected.message);
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1' };
  const api = connected.value;
  await api.create({
    ...rbac,
    kind: 'ClusterRole',
    metadata: { name: 'pods' },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }],
  });
  await api.create({
    ...rbac,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'pods' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'pods' },
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'sees-pods' }],
  });
  await api.close();
});

afterAll(async () => {
  await sandbox.stop();
  rmSync(folder, { recursive: true, force: true });
});

function mayday(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = {
    ...process.env,
    XDG_STATE_HOME: folder,
    XDG_CONFIG_HOME: folder,
    KUBECONFIG: kubeconfig,
    LC_ALL: 'C.UTF-8',
    TERM: 'xterm',
  };
  return new Promise(resolve => {
    const child = execFile(process.execPath, [PROGRAM, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
    child.stdin?.end();
  });
}

const statuses = (stdout: string): string[] =>
  (JSON.parse(stdout) as { kinds: { status: string }[] }).kinds.map(({ status }) => status);

it.each([[['status']], [[]]])('with every row BLIND, `mayday %s` knows nothing: exit 8', async command => {
  const ended = await mayday(...command, '--as', 'nobody', '-o', 'json');
  expect(new Set(statuses(ended.stdout))).toEqual(new Set(['BLIND']));
  expect(ended.code).toBe(8);
});

it('with one row known it is a snapshot: exit 0', async () => {
  const ended = await mayday('status', '--as', 'sees-pods', '-o', 'json');
  expect(statuses(ended.stdout).filter(status => status !== 'BLIND')).toHaveLength(1);
  expect(ended.code).toBe(0);
});

it('is in ASCII where the configuration file says so, as with --ascii', async () => {
  const config = join(folder, 'ascii.yaml');
  writeFileSync(config, 'ascii: true\n');
  const [plain, asked, configured] = await Promise.all([
    mayday('status'),
    mayday('status', '--ascii'),
    mayday('status', '--config', config),
  ]);
  expect(isAscii(plain.stdout)).toBe(false);
  expect(isAscii(asked.stdout)).toBe(true);
  expect(isAscii(configured.stdout)).toBe(true);
  expect(configured.stdout).toContain('nodes');
});

const isAscii = (text: string): boolean => [...text].every(char => char <= '~');
