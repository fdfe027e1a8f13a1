import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { experiment, type FaultSpec } from '../e2e/journeys/objects.ts';
import type { Attack, Scene } from './attack.ts';
import { HUNG, maydayOf, type Outcome, together } from './person.ts';
import { marking } from './planted.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
/** The admin changes the Secret. */
const patchSecret = (scene: Scene, patch: string): Promise<string> =>
  scene.admin(['-n', scene.namespace, 'patch', 'secret', 'db', '--type=merge', '-p', patch]);

/** Long enough to be told from anything else that is said. */
const [ORIGINAL, INJECTED, THIRD, EXPECTED] = [
  'the-original-password',
  'the-injected-password',
  'a-third-password',
  'an-expected-password',
];
const FORMS = ['text', 'json', 'jsonl', 'yaml'];

/** Everything in a folder, as one text. */
const kept = (folder: string): string =>
  (existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [])
    .map(name => join(folder, name))
    .filter(path => statSync(path).isFile())
    .map(path => readFileSync(path, 'utf8'))
    .join('\n');

function learned(scene: Scene, said: string, words: readonly string[]): string | undefined {
  const all = `${said}\n${kept(join(scene.folder, 'state'))}`;
  const found = words.find(word => [word, base64(word), encodeURIComponent(word)].some(form => all.includes(form)));
  if (found === undefined) return undefined;
  const at = all.indexOf([found, base64(found), encodeURIComponent(found)].find(form => all.includes(form)) ?? '');
  return `${found}, by: ${all.slice(Math.max(0, at - 120), at + 60)}`;
}

const db = () => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'db',
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
        kind: 'Secret',
        stringData: { password: ORIGINAL },
        data: { password: base64(ORIGINAL) },
      }),
    },
  },
  data: { password: base64(ORIGINAL) },
});

/** An experiment on the Secret, which also looks at its value, to the end; in between somebody changes it. */
const run = (what: string, faultSpec: FaultSpec): Attack => ({
  name: `learn the values of a Secret from ${what}`,
  async prepare(scene) {
    await scene.set();
    await scene.apply(db());
  },
  async plant(scene) {
    const made = structuredClone(experiment(scene.namespace, faultSpec));
    made.spec.steadyState.checks.push({
      type: 'fieldEquals',
      apiVersion: 'v1',
      kind: 'Secret',
      name: 'db',
      namespace: scene.namespace,
      fieldPath: 'data.password',
      expectedValue: base64(EXPECTED ?? ''),
    });
    writeFileSync(join(scene.folder, 'looks.yaml'), JSON.stringify(made));
  },
  async act(scene) {
    const file = scene.faultSpec(faultSpec);
    const ends: Outcome[] = [];
    const mayday = async (...words: string[]) => ends.push(await maydayOf(scene, words));
    // Another attack's emergency stop may have left the latch on.
    await mayday('latch', 'off');
    for (const form of FORMS) await mayday('-o', form, 'plan', file);
    await mayday('-o', 'jsonl', 'run', join(scene.folder, 'looks.yaml'), '--yes', '--soak', '1s');
    const running = scene.start(['-o', 'jsonl', 'run', file, '--yes', '--soak', '20s']);
    await running.event('injected');
    await patchSecret(scene, JSON.stringify({ data: { password: base64(THIRD ?? '') } })).catch(() => undefined);
    running.signal('SIGKILL');
    ends.push({ ...(await running.ended), hung: false });
    for (const form of FORMS) await mayday('-o', form, 'scan');
    for (const form of FORMS) await mayday('-o', form, 'revert', '--all', '--dry-run', '-n', scene.namespace);
    await mayday('revert', '--all', '--yes', '-n', scene.namespace);
    await mayday('revert', '--all', '--yes', '--force-diverged', '--trust-records', '-n', scene.namespace);
    await mayday('latch', 'off');
    return together(ends);
  },
  gained: async (scene, { stdout, stderr }) =>
    HUNG.test(stderr)
      ? 'a command that hangs'
      : learned(scene, stdout + stderr, [ORIGINAL, INJECTED, THIRD, EXPECTED].map(String)),
});

/** A kubeconfig whose address says who and with which password. */
const address = (what: string, cluster: object): Attack => ({
  name: `learn a password from ${what}`,
  async plant(scene) {
    const config = {
      kind: 'Config',
      'current-context': 'x',
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user: {} }],
    };
    writeFileSync(join(scene.folder, 'address'), JSON.stringify(config));
    await scene.set();
  },
  async act(scene) {
    const as = join(scene.folder, 'address');
    const file = scene.faultSpec({ type: 'ConfigDrift', parameters: { name: 'settings', key: 'mode', value: 'x' } });
    const lines = [
      ...['text', 'json', 'yaml'].map(form => ['-o', form, 'info']),
      ['-o', 'json', 'status'],
      ['scan'],
      ['plan', file],
      ['-o', 'jsonl', 'run', file, '--yes'],
      ['-o', 'json', 'revert', '--all', '--yes'],
      ['latch', 'on'],
    ];
    return together(await Promise.all(lines.map(line => maydayOf(scene, line, { as }))));
  },
  gained: async (scene, { stdout, stderr }) =>
    HUNG.test(stderr) ? 'a command that hangs' : learned(scene, stdout + stderr, ['hunter2-hunter2']),
});

export const attacks: Attack[] = [
  run('a drift of it', {
    type: 'ConfigDrift',
    parameters: { name: 'db', key: 'password', value: String(INJECTED), resourceType: 'Secret' },
    danger: 'high',
  }),
  run('its deletion', { type: 'SecretDeletion', parameters: { name: 'db' }, danger: 'high' }),
  {
    name: 'learn the values of a Secret from a mutation of it that somebody changed',
    prepare: scene => scene.apply(db()),
    async plant(scene) {
      const data = { path: 'data.password', originalValue: base64(String(ORIGINAL)), apiVersion: 'v1', kind: 'Secret' };
      await patchSecret(scene, marking('CRDMutation', data));
    },
    async act(scene) {
      const ends: Outcome[] = [];
      for (const form of FORMS) ends.push(await maydayOf(scene, ['-o', form, 'scan']));
      for (const more of [['--dry-run'], ['--yes'], ['--yes', '--force-diverged', '--trust-records']])
        for (const form of FORMS)
          ends.push(await maydayOf(scene, ['-o', form, 'revert', '--all', '-n', scene.namespace, ...more]));
      return together(ends);
    },
    gained: async (scene, { stdout, stderr }) => learned(scene, stdout + stderr, [String(ORIGINAL)]),
  },
  address('the address of a server', { server: 'https://user:hunter2-hunter2@127.0.0.1:1/x' }),
  address('the address of a proxy', {
    server: 'https://127.0.0.1:1',
    'proxy-url': 'http://user:hunter2-hunter2@127.0.0.1:1',
  }),
];
