import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { imageOf } from './release/image-files.ts';

// Installs what `npm run release` made in empty folders, each way on its own, and has it find an incident of the sandbox. Says how each went.
const folder = mkdtempSync(join(tmpdir(), 'mayday-install-'));
const LOOK = ['triage', '--sandbox=stale-webhook', '-o', 'json'];

function looks(way: string, command: string, args: readonly string[], cwd: string, path: string): boolean {
  const env = { PATH: path, HOME: cwd, TERM: 'dumb' };
  const began = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, [...args, ...LOOK], { cwd, env, encoding: 'utf8' });
  const isRight = status === 9 && stdout.includes('"ingress-nginx-admission"');
  const how = isRight
    ? `finds the incident in ${Math.round(performance.now() - began)} ms`
    : `FAILED: ${error ?? status} ${stderr}`;
  process.stdout.write(`${way}: ${how}\n`);
  return isRight;
}

function npm(): boolean {
  const place = join(folder, 'npm');
  mkdirSync(place);
  const archive = resolve(globSync('release/*.tgz')[0] ?? 'release/none.tgz');
  const made = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--silent', '--prefix', place, archive], {
    encoding: 'utf8',
  });
  if (made.status !== 0) process.stderr.write(made.stderr);
  // The system's own PATH: whatever Node.js is there starts the program.
  const path = (process.env.PATH ?? '')
    .split(':')
    .filter(part => !part.includes('node_modules'))
    .join(':');
  return looks('npm install', join(place, 'node_modules/.bin/mayday'), [], place, path);
}

function executable(): boolean {
  const place = join(folder, 'executable');
  mkdirSync(place);
  const file = globSync('release/mayday-*').find(name => !/gz$/.test(name)) ?? 'release/none';
  const copy = join(place, basename(file));
  copyFileSync(file, copy);
  return looks('single executable, nothing on the PATH', copy, [], place, '/nowhere');
}

/** What the image holds, laid out and started as its entry point does, with the pinned Node.js alone on the PATH. */
function image(): boolean {
  const place = join(folder, 'image');
  const { copied, entry } = imageOf(readFileSync('deploy/Dockerfile', 'utf8'));
  for (const { from, to } of copied) cpSync(from, join(place, to), { recursive: true });
  const words = entry.map(word => word.replace(/^\/mayday\//, `${place}/`));
  return looks("the image's files", words[0] ?? '', words.slice(1), place, resolve('node_modules/node/bin'));
}

try {
  const went = [npm(), executable(), image()];
  process.exitCode = went.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
