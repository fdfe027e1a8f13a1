import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { ask } from '../../src/cli/confirm.ts';
import { forbiddenIn, HOSTILE } from './hostile.ts';
import { mayday } from './in-process.ts';

const FORMS = ['text', 'json', 'jsonl', 'yaml'] as const;
const names = Object.entries(HOSTILE);

const good = () => ({
  apiVersion: 'chaos.operatorchaos.io/v1alpha1',
  kind: 'ChaosExperiment',
  metadata: { name: 'kill', labels: {} },
  spec: {
    tier: 1,
    target: { operator: 'shop', component: 'web', resource: 'Deployment/web' },
    steadyState: {
      checks: [{ type: 'resourceExists', apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'shop' }],
    },
    injection: {
      type: 'PodKill',
      dangerLevel: 'low',
      parameters: { labelSelector: 'app=web' },
    },
    hypothesis: { description: 'comes back' },
    blastRadius: { maxPodsAffected: 1, allowedNamespaces: ['shop'], forbiddenResources: [] },
  },
});

/** The good experiment with one value put in one place. */
function having(place: readonly (string | number)[], value: unknown): string {
  const made = good();
  let holder = made as unknown as Record<string | number, unknown>;
  for (const step of place.slice(0, -1)) holder = holder[step] as Record<string | number, unknown>;
  holder[place.at(-1) ?? ''] = value;
  return JSON.stringify(made);
}

const PLACES: Record<string, (text: string) => string> = {
  name: text => having(['metadata', 'name'], text),
  'danger level': text => having(['spec', 'injection', 'dangerLevel'], text),
  'allowed namespace': text => having(['spec', 'blastRadius', 'allowedNamespaces'], [text]),
  'fault type': text => having(['spec', 'injection', 'type'], text),
  operator: text => having(['spec', 'target', 'operator'], text),
  'label selector': text => having(['spec', 'injection', 'parameters', 'labelSelector'], text),
  'parameter name': text => having(['spec', 'injection', 'parameters', text], 'x'),
  description: text => having(['spec', 'hypothesis', 'description'], text),
  'name of a check': text => having(['spec', 'steadyState', 'checks', 0, 'name'], text),
  'unknown field': text => having(['spec', text], 'x'),
  'broken YAML': text => `a: [${text}`,
};

// A program listens once; here it begins many times in one process.
for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0);

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

function folderWith(text: string): { folder: string; files: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'mayday-hostile-'));
  const files = Object.entries(PLACES).map(([place, make]) => {
    const file = join(folder, `${place.replaceAll(' ', '-')}.yaml`);
    writeFileSync(file, make(text));
    return file;
  });
  return { folder, files };
}

describe.each(names)('a text in a file that %s', (_, text) => {
  it.each(FORMS)('plays with nobody in the %s of validate and list', async form => {
    const { folder } = folderWith(text);
    for (const command of ['validate', 'list']) {
      const { stdout, stderr } = await mayday(command, folder, '-o', form);
      expect(forbiddenIn(stdout + stderr)).toBeUndefined();
      expect(stdout).not.toBe('');
    }
  });

  it('is no name of an experiment, of a namespace or of an object', async () => {
    const { files } = folderWith(text);
    const { stdout } = await mayday('validate', ...files, '-o', 'json');
    const report = JSON.parse(stdout) as { files: { path: string; valid: boolean }[] };
    const valid = report.files.filter(one => one.valid).map(one => one.path.replace(/.*\//, ''));
    // Half a character is no text at all.
    expect(valid).toEqual(text.isWellFormed() ? ['description.yaml'] : []);
  });

  it('is told harmlessly by plan and run, which begin nothing', async () => {
    const { files } = folderWith(text);
    for (const file of files.filter(one => !one.endsWith('description.yaml'))) {
      for (const command of ['plan', 'run']) {
        const { stdout, stderr, code } = await mayday(command, file);
        expect(forbiddenIn(stdout + stderr)).toBeUndefined();
        expect(stderr).toMatch(/^mayday: .*\n$/);
        expect(code).toBe(2);
      }
    }
  });

  it('is harmless as the name of a file, and exact in JSON and YAML', async () => {
    // What is no Unicode cannot be a file's name.
    const name = text.replaceAll('/', '').toWellFormed();
    const folder = mkdtempSync(join(tmpdir(), 'mayday-hostile-'));
    mkdirSync(join(folder, name));
    const file = join(folder, name, `${name}.yaml`);
    writeFileSync(file, JSON.stringify(good()));
    for (const form of FORMS) {
      const { stdout, stderr } = await mayday('validate', folder, '-o', form);
      expect(forbiddenIn(stdout + stderr)).toBeUndefined();
      if (form !== 'text') expect(parse(stdout).files[0].path).toBe(file);
    }
    const missing = await mayday('run', `${file}x`);
    expect(forbiddenIn(missing.stderr)).toBeUndefined();
  });

  it('is harmless as an argument, in the environment, and in a kubeconfig', async () => {
    const kubeconfig = join(mkdtempSync(join(tmpdir(), 'mayday-hostile-')), 'config');
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        kind: 'Config',
        'current-context': text,
        contexts: [{ name: text, context: { cluster: text, user: text, namespace: text } }],
        clusters: [{ name: text, cluster: { server: 'https://127.0.0.1:1' } }],
        users: [{ name: text, user: { token: 'abc' } }],
      }),
    );
    vi.stubEnv('XDG_STATE_HOME', `/tmp/${text}`);
    const lines = [
      ['scan', '--kubeconfig', kubeconfig],
      ['scan', '--kubeconfig', kubeconfig, '--context', `${text}x`],
      ['scan', '--kubeconfig', `/nowhere/${text}`],
      ['scan', '--config', `/nowhere/${text}`],
      ['sandbox', text],
      ['completion', text],
      [text],
      ['scan', `--${text}`],
      ['scan', '-o', text],
      ['scan', '--type', text],
      ['run', 'x.yaml', '--soak', text],
      ['run', 'x.yaml', '--max-tier', text],
      ['latch', text],
      ['info'],
      ['info', '-o', 'json'],
      ['info', '-o', 'yaml'],
    ];
    for (const line of lines) {
      const { stdout, stderr } = await mayday(...line);
      expect(forbiddenIn(stdout + stderr)).toBeUndefined();
      expect(stdout + stderr).not.toBe('');
    }
  });

  it('cannot rewrite a question', async () => {
    let asked = '';
    vi.spyOn(process.stderr, 'write').mockImplementation(chunk => {
      asked += String(chunk);
      return true;
    });
    await ask(`${text} injects PodKill, danger high. Inject? (yes/no)`, 'yes', AbortSignal.timeout(1));
    expect(asked).toContain('injects PodKill');
    // The line editor's own: its end of the line.
    expect(forbiddenIn(asked.replace(/\r\n$/, ''))).toBeUndefined();
  });
});
