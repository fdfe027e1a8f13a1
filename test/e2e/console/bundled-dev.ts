import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The console on a scripted cluster as a program of its own; node itself reads no JSX, so it is bundled. */
export function bundledDev(): { path: string; build(): Promise<unknown>; remove(): void } {
  // Beside the dependencies, which are not bundled.
  const folder = mkdtempSync(join(ROOT, 'node_modules', '.mayday-console-'));
  const path = join(folder, 'dev.mjs');
  return {
    path,
    build: () =>
      build({
        entryPoints: [fileURLToPath(new URL('dev.ts', import.meta.url))],
        outfile: path,
        bundle: true,
        packages: 'external',
        format: 'esm',
        platform: 'node',
        jsx: 'automatic',
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
