import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileOfScript, SCRIPTS } from '../../src/cli/completion/scripts.ts';
import { makeExecutable } from './executable.ts';
import { krewManifest } from './krew.ts';
import { manualPage } from './manual.ts';
import { packNpm } from './npm-package.ts';

// Makes everything that a release consists of below release/ and prints what it made. Without a tag at HEAD it says so and goes on.
const FOLDER = 'release';
const git = (...args: string[]): string =>
  execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
const { version, description } = JSON.parse(readFileSync('package.json', 'utf8'));
const tags = git('tag', '--points-at', 'HEAD').split('\n');
if (!tags.includes(`v${version}`))
  process.stderr.write(`no tag v${version} at HEAD: this is no release, but made like one\n`);

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
execFileSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' });
const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

// Where sources and archives are published is decided by whoever publishes.
const { MAYDAY_REPOSITORY: repository, MAYDAY_RELEASE_URL: at } = process.env;
if (repository === undefined)
  process.stderr.write(
    'no repository in the npm package: expected MAYDAY_REPOSITORY, such as git+https://github.com/OWNER/mayday.git; npm publish --provenance needs it\n',
  );
const made = [packNpm(FOLDER, repository)];
const write = (name: string, text: string): void => {
  writeFileSync(join(FOLDER, name), text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  made.push(join(FOLDER, name));
};
for (const [shell, script] of Object.entries(SCRIPTS)) write(fileOfScript(shell), script);
write('mayday.1', manualPage(version, git('log', '-1', '--format=%cI')));
const executable = makeExecutable(FOLDER);
const archive = `${executable}.tar.gz`;
const archived = [basename(executable), fileOfScript('kubectl')];
// The index of krew wants the licence in the archive, too.
execFileSync('tar', ['-czf', archive, '-C', FOLDER, ...archived, '-C', process.cwd(), 'LICENSE']);
made.push(executable, archive);
// A manifest that names no real place would install nothing.
if (at === undefined)
  process.stderr.write(
    'no krew manifest: expected MAYDAY_RELEASE_URL, the address below which the archive will be found\n',
  );
else write('krew-mayday.yaml', krewManifest({ version, description, at, sha256: sha256(archive) }));
const sums = made.map(file => `${sha256(file)}  ${basename(file)}`);
writeFileSync(join(FOLDER, 'SHA256SUMS'), `${sums.join('\n')}\n`);
for (const file of [...made, join(FOLDER, 'SHA256SUMS')])
  process.stdout.write(`${file}  ${Math.ceil(statSync(file).size / 1024).toLocaleString('en')} KiB\n`);
