import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadExperiment } from '../../../src/experiment/load.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { mayday } from '../in-process.ts';

const MODELS = 'test/fixtures/knowledge';
const folder = mkdtempSync(join(tmpdir(), 'mayday-suggest-'));
const kubeconfig = join(folder, 'kubeconfig');
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
  writeFileSync(kubeconfig, sandbox.kubeconfig);
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

it('looks at what a model names, and writes an experiment for each fault that fits, of the model’s operator', async () => {
  const to = join(folder, 'made');
  const looked = await mayday('preflight', MODELS, '--kubeconfig', kubeconfig, '-o', 'json');
  expect(JSON.parse(looked.stdout).summary).toMatchObject({ healthy: 1, there: 1, missing: 1, blind: 0 });
  expect(looked.code).toBe(9);
  const words = ['suggest', '--knowledge', MODELS, '--to', to, '--kubeconfig', kubeconfig];
  const first = await mayday(...words, '-o', 'json');
  expect(first.code).toBe(0);
  const { objects, files } = JSON.parse(first.stdout);
  expect(objects.map((one: { why?: string; faults: string[] }) => one.why ?? one.faults.length > 2)).toEqual([
    true,
    true,
    'not there',
  ]);
  const texts = readdirSync(to).map(name => readFileSync(join(to, name), 'utf8'));
  expect(texts.length).toBe(files.length);
  expect(texts.length).toBe(objects.flatMap(({ faults }: { faults: string[] }) => faults).length);
  for (const text of texts)
    expect(loadExperiment(text, 'made')).toMatchObject({
      ok: true,
      loaded: { experiment: { spec: { target: { operator: 'kserve', component: 'kserve-controller-manager' } } } },
    });
  const again = await mayday(...words);
  expect(again.stderr).toContain('a file that is there already; nothing was written');
  expect(again.code).toBe(2);
});

it('writes a file for each experiment also where two models, or one twice, name the same object', async () => {
  const models = join(folder, 'models');
  mkdirSync(models);
  const resource = { apiVersion: 'v1', kind: 'ServiceAccount', name: 'kserve-controller-manager' };
  const component = (name: string) => ({ name, controller: 'x', managedResources: [resource] });
  const model = (name: string, ...names: string[]) =>
    writeFileSync(
      join(models, `${name}.yaml`),
      JSON.stringify({ operator: { name, namespace: 'kserve' }, components: names.map(component) }),
    );
  model('one', 'a', 'b');
  model('two', 'a');
  const to = join(folder, 'same');
  const { code, stdout } = await mayday(
    ...['suggest', '--knowledge', models, '--to', to, '--kubeconfig', kubeconfig, '-o', 'json'],
  );
  expect(code).toBe(0);
  const { objects, files } = JSON.parse(stdout);
  expect(files).toHaveLength(objects.flatMap(({ faults }: { faults: string[] }) => faults).length);
  const names = readdirSync(to);
  expect(names).toHaveLength(files.length);
  for (const [operator, count] of [
    ['one', 6],
    ['two', 3],
  ] as const)
    expect(names.filter(name => name.startsWith(`${operator}-serviceaccount-kserve-`))).toHaveLength(count);
  for (const name of names)
    expect(loadExperiment(readFileSync(join(to, name), 'utf8'), name)).toMatchObject({
      ok: true,
      loaded: { experiment: { metadata: { name: name.replace('.yaml', '') } } },
    });
});

it('wants an object or a model, not both', async () => {
  expect((await mayday('suggest', '--kubeconfig', kubeconfig)).stderr).toContain('found neither');
  const both = await mayday('suggest', 'deploy/web', '--knowledge', MODELS, '--kubeconfig', kubeconfig);
  expect(both.stderr).toContain('found both');
});
