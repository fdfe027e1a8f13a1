import { execFileSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';

/** Before any test: the bundle that some of them run is that of the sources as they are. */
export function setup(): void {
  const built = statSync('dist/mayday.js', { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const changed = globSync(['src/**/*.{ts,tsx,json}', 'scripts/*.ts', 'package.json']).some(
    file => statSync(file).mtimeMs > built,
  );
  if (changed) execFileSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' });
}
