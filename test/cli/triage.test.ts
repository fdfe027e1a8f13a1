import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from '../../src/kube/connection/connection.ts';
import { startSandbox } from '../../src/sandbox/server.ts';

// The bundle, as users run it; `npm test` builds it first.
const PROGRAM = join(import.meta.dirname, '../../dist/mayday.js');
const folder = mkdtempSync(join(tmpdir(), 'mayday-triage-'));
const kubeconfig = join(folder, 'kubeconfig');
let sandbox: Awaited<ReturnType<typeof startSandbox>>;

beforeAll(async () => {
  sandbox = await startSandbox({ scenario: 'healthy', port: 0, speed: 1 });
  writeFileSync(kubeconfig, sandbox.kubeconfig);
});

afterAll(async () => {
  await sandbox.stop();
  rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({
  ...process.env,
  XDG_STATE_HOME: folder,
  XDG_CONFIG_HOME: folder,
  KUBECONFIG: kubeconfig,
  LC_ALL: 'C.UTF-8',
  TERM: 'xterm',
});

function mayday(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise(resolve => {
    const child = execFile(process.execPath, [PROGRAM, ...args], { env: environment() }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
    child.stdin?.end();
  });
}

it('a user who may read nothing is told that triage is blind, gate by gate, and never that all is well', async () => {
  const { code, stdout } = await mayday('triage', '--as', 'nobody', '-o', 'json');
  expect(code).toBe(8);
  const { gates, roots } = JSON.parse(stdout);
  expect(roots).toEqual([]);
  expect(gates.find(({ id }: { id: string }) => id === 'G2')).toMatchObject({
    status: 'BLIND',
    blind: expect.arrayContaining([{ what: 'Node', reason: 'forbidden' }]),
  });
  const text = await mayday('triage', '--as', 'nobody');
  expect(text.stdout).toContain('nothing broken in what could be read; BLIND in G');
  expect(text.stdout).not.toContain('nothing is broken');
});

it('an object that is not there is one line that says what is', async () => {
  expect(await mayday('triage', 'deploy/wbe', '-n', 'kserve')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^mayday: expected Deployment wbe in namespace kserve, found none: .*\n$/),
  });
  expect(await mayday('triage', 'deploy/web', '-n', 'kserve', '--as', 'nobody')).toMatchObject({
    code: 8,
    stderr: expect.stringContaining('expected to read Deployment objects, found: forbidden'),
  });
});

it('only triage writes Markdown', async () => {
  expect((await mayday('triage', '-o', 'md')).stdout).toMatch(/^# Triage of /);
  expect(await mayday('scan', '-o', 'md')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('found md'),
  });
});

it('gates come as lines of JSON, in order, and the result last', async () => {
  const { stdout } = await mayday('triage', '-o', 'jsonl');
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  expect(lines.map(({ event, id }) => id ?? event)).toEqual([
    'G0',
    'G1',
    'G2',
    'G3',
    'G4',
    'G5',
    'G6',
    'G7',
    'G8',
    'G9',
    'end',
  ]);
});

it('what may be wrong is refused in one line', async () => {
  expect(await mayday('triage', '--since', 'yesterday')).toMatchObject({
    code: 2,
    stderr: 'mayday: expected a duration after --since, such as 30m, found yesterday\n',
  });
});

it('what was seen is kept in a file for its owner alone, and opened without a cluster', async () => {
  const file = join(folder, 'incident.json');
  const first = await mayday('triage', '--save', file);
  expect(first.stderr).toBe(`mayday: kept in ${file}: mayday triage --from ${file}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const again = await mayday('triage', '--from', file, '--kubeconfig', '/nowhere');
  expect(again).toEqual({ ...first, stderr: '' });
  expect(await mayday('triage', '--save', file)).toMatchObject({ code: 2, stderr: expect.stringContaining('--force') });
  expect(await mayday('triage', '--from', join(folder, 'none'))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there is no such file'),
  });
});

it('--watch prints again when what is found changes, and ends with an interrupt', async () => {
  const child = spawn(process.execPath, [PROGRAM, 'triage', '--watch', '-o', 'jsonl'], { env: environment() });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const roots = async (): Promise<string[]> => {
    const { value } = await lines.next();
    return JSON.parse(String(value)).roots.map(({ object }: { object: { name: string } }) => object.name);
  };
  expect(await roots()).not.toContain('lost');
  const connected = await connect({ kubeconfig });
  if (!connected.ok) throw new Error(connected.message);
  const api = connected.value;
  const kind = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' };
  await api.create({
    ...kind,
    metadata: { name: 'lost' },
    webhooks: [
      {
        name: 'lost.example.com',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        clientConfig: { service: { namespace: 'default', name: 'nowhere' } },
        rules: [{ apiGroups: ['batch'], apiVersions: ['v1'], resources: ['cronjobs'], operations: ['CREATE'] }],
      },
    ],
  });
  while (!(await roots()).includes('lost'));
  await api.remove({ ...kind, name: 'lost' });
  await api.close();
  while ((await roots()).includes('lost'));
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  expect([0, 8, 9]).toContain(code);
});
