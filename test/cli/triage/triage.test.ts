import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PROGRAM, type ProgramOnSandbox, programOnSandbox } from '../../support/program-on-sandbox.ts';

let person: ProgramOnSandbox;
const mayday = (...args: string[]) => person.mayday(...args);

beforeAll(async () => {
  person = await programOnSandbox();
});
afterAll(() => person.close());

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
  const file = join(person.folder, 'incident.json');
  const first = await mayday('triage', '--save', file);
  expect(first.stderr).toBe(`mayday: kept in ${file}: mayday triage --from ${file}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const again = await mayday('triage', '--from', file, '--kubeconfig', '/nowhere');
  expect(again).toEqual({ ...first, stderr: '' });
  expect(await mayday('triage', '--save', file)).toMatchObject({ code: 2, stderr: expect.stringContaining('--force') });
  expect(await mayday('triage', '--from', join(person.folder, 'none'))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there is no such file'),
  });
});

it('--watch prints again when what is found changes, and ends with an interrupt', async () => {
  const child = spawn(process.execPath, [PROGRAM, 'triage', '--watch', '-o', 'jsonl'], { env: person.env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const roots = async (): Promise<string[]> => {
    const { value } = await lines.next();
    return JSON.parse(String(value)).roots.map(({ object }: { object: { name: string } }) => object.name);
  };
  expect(await roots()).not.toContain('lost');
  const { api } = person;
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
  while ((await roots()).includes('lost'));
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  expect([0, 8, 9]).toContain(code);
});
