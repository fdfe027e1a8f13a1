import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { start } from '../test/support/pty.ts';
import { imageOf } from './release/image-files.ts';

// Installs what `npm run release` made in empty folders, each way on its own, and has it find an incident of the sandbox. Says how each went.
const folder = mkdtempSync(join(tmpdir(), 'mayday-install-'));
const LOOK = ['triage', '--sandbox=stale-webhook', '-o', 'json'];
const NOWHERE = '/nowhere';
// The system's own PATH: whatever Node.js is there starts the program.
const SYSTEM = (process.env.PATH ?? '')
  .split(':')
  .filter(part => !part.includes('node_modules'))
  .join(':');

const place = (name: string): string => {
  const made = join(folder, name);
  mkdirSync(made);
  return made;
};
const envOf = (cwd: string, path: string) => ({ PATH: path, HOME: cwd, TERM: 'dumb' });

function says(way: string, isRight: boolean, how: string): boolean {
  process.stdout.write(`${way}: ${isRight ? '' : 'FAILED: '}${how}\n`);
  return isRight;
}

function looks(way: string, command: string, args: readonly string[], cwd: string, path: string): boolean {
  const began = performance.now();
  const words = [...args, ...LOOK];
  const { status, stdout, stderr, error } = spawnSync(command, words, { cwd, env: envOf(cwd, path), encoding: 'utf8' });
  const isRight = status === 9 && stdout.includes('"ingress-nginx-admission"');
  const took = `finds the incident in ${Math.round(performance.now() - began)} ms`;
  return says(way, isRight, isRight ? took : `${error ?? status} ${stderr}`);
}

function npm(): string {
  const at = place('npm');
  const archive = resolve(globSync('release/*.tgz')[0] ?? 'release/none.tgz');
  const words = ['install', '--no-audit', '--no-fund', '--silent', '--prefix', at, archive];
  const made = spawnSync('npm', words, { encoding: 'utf8' });
  if (made.status !== 0) process.stderr.write(made.stderr);
  return at;
}

/** `npx mayday --sandbox` where a person types it: in a terminal. */
async function screen(at: string): Promise<boolean> {
  const env = { ...envOf(at, SYSTEM), TERM: 'xterm-256color' };
  const pty = start(['npx', 'mayday', '--sandbox'], { columns: 80, rows: 24 }, { cwd: at, env });
  try {
    await pty.waitFor('data LIVE', 120_000);
    pty.send('q');
    const { code } = await pty.exit;
    return says(
      'npx mayday --sandbox, in a terminal',
      code === 0,
      `shows the sandbox, and ends with exit code ${code}`,
    );
  } catch (error) {
    return says('npx mayday --sandbox, in a terminal', false, `${error}`);
  } finally {
    await pty.kill();
  }
}

/** What a strict TypeScript project sees of `mayday/sandbox`, which brings its own types. */
function types(at: string): boolean {
  const options = { strict: true, module: 'nodenext', target: 'es2022', noEmit: true, types: [], lib: ['es2022'] };
  writeFileSync(join(at, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['use.mts'] }));
  const use = `import { type Sandbox, startSandbox } from 'mayday/sandbox';
const cluster: Sandbox = await startSandbox({ scenario: 'healthy', seed: 1 });
const text: string = cluster.kubeconfig;
// @ts-expect-error a scenario is a name
await startSandbox({ scenario: 1 });
await cluster.close();
export { text };
`;
  writeFileSync(join(at, 'use.mts'), use);
  const compiler = resolve('node_modules/typescript-native/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', at], { encoding: 'utf8' });
  return says('mayday/sandbox in a strict TypeScript project', status === 0, status === 0 ? 'compiles' : stdout);
}

/** Every file of the release by its line in SHA256SUMS. */
function sums(): boolean {
  const lines = readFileSync('release/SHA256SUMS', 'utf8').trimEnd().split('\n');
  const wrong = lines.filter(line => {
    const [sum, name = ''] = line.split('  ');
    return (
      createHash('sha256')
        .update(readFileSync(join('release', name)))
        .digest('hex') !== sum
    );
  });
  return says('SHA256SUMS', wrong.length === 0, wrong.length === 0 ? `${lines.length} files as it says` : wrong.join());
}

function executable(): boolean {
  const at = place('executable');
  const file = globSync('release/mayday-*').find(name => !/gz$/.test(name)) ?? 'release/none';
  const copy = join(at, basename(file));
  copyFileSync(file, copy);
  return looks('single executable, nothing on the PATH', copy, [], at, NOWHERE);
}

/** As krew installs a plugin: the archive in a folder of its own, and a link to what the manifest names in a folder on the PATH. */
function plugin(): boolean {
  const kubectl = spawnSync('sh', ['-c', 'command -v kubectl'], { encoding: 'utf8' }).stdout.trim();
  if (kubectl === '') return says('kubectl plugin', true, 'skipped: no kubectl here');
  const at = place('plugin');
  const archive = globSync('release/mayday-*.tar.gz')[0] ?? 'release/none';
  spawnSync('tar', ['-xzf', resolve(archive), '-C', at]);
  symlinkSync(join(at, basename(archive, '.tar.gz')), join(at, 'kubectl-mayday'));
  const listed = globSync(join(at, 'LICENSE')).length === 1;
  const path = `${at}:${dirname(kubectl)}`;
  const isRight = looks('kubectl mayday, from the archive', kubectl, ['mayday'], at, path);
  // What the script of `kubectl completion` asks at the cursor.
  const completed = spawnSync(kubectl, ['__complete', 'mayday', 'latch', 'o'], {
    encoding: 'utf8',
    env: { PATH: `${path}:/usr/bin:/bin`, HOME: at },
  });
  const offered = completed.stdout.split('\n').map(line => line.split('\t')[0]);
  const isOffered = says('kubectl mayday latch o<tab>', offered.includes('off'), offered.join(' '));
  return isRight && isOffered && (listed || says('the archive', false, 'has no LICENSE'));
}

/** What the image holds, laid out and started as its entry point does, with the pinned Node.js alone on the PATH. */
function image(): boolean {
  const at = place('image');
  const { copied, entry } = imageOf(readFileSync('deploy/Dockerfile', 'utf8'));
  for (const { from, to } of copied) cpSync(from, join(at, to), { recursive: true });
  const words = entry.map(word => word.replace(/^\/mayday\//, `${at}/`));
  return looks("the image's files", words[0] ?? '', words.slice(1), at, resolve('node_modules/node/bin'));
}

try {
  const installed = npm();
  const went = [
    sums(),
    looks('npm install', join(installed, 'node_modules/.bin/mayday'), [], installed, SYSTEM),
    await screen(installed),
    types(installed),
    executable(),
    plugin(),
    image(),
  ];
  process.exitCode = went.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
