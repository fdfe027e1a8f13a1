import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

// Packs the project as it would be published, installs it with the example in an empty folder, and runs the example's test there.
const folder = mkdtempSync(join(tmpdir(), 'mayday-example-'));
const run = (command: string, args: string[], cwd: string) => execFileSync(command, args, { cwd, stdio: 'inherit' });
try {
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], '.');
  const archive = readdirSync(folder).find(name => name.endsWith('.tgz'));
  if (archive === undefined) throw new Error(`expected npm pack to leave an archive in ${folder}, found none`);
  const project = join(folder, 'project');
  cpSync('examples/controller-test', project, {
    recursive: true,
    filter: source => !source.includes('node_modules'),
  });
  const file = join(project, 'package.json');
  const described = JSON.parse(readFileSync(file, 'utf8'));
  described.devDependencies.mayday = `file:${resolve(folder, archive)}`;
  writeFileSync(file, JSON.stringify(described, null, 2));
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--silent'], project);
  run('npm', ['test', '--silent'], project);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
