import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { packNpm } from './release/npm-package.ts';

// Packs the project as it would be published, installs it with the example in an empty folder, and runs the example's test there.
const folder = mkdtempSync(join(tmpdir(), 'mayday-example-'));
const run = (command: string, args: string[], cwd: string) => execFileSync(command, args, { cwd, stdio: 'inherit' });
try {
  const archive = packNpm(folder);
  const project = join(folder, 'project');
  cpSync('examples/controller-test', project, {
    recursive: true,
    filter: source => !source.includes('node_modules'),
  });
  const file = join(project, 'package.json');
  const described = JSON.parse(readFileSync(file, 'utf8'));
  described.devDependencies.mayday = `file:${resolve(archive)}`;
  writeFileSync(file, JSON.stringify(described, null, 2));
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--silent'], project);
  run('npm', ['test', '--silent'], project);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
