import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { NODE } from './program.ts';

/** A program beside this file, bundled like the product, so that its memory is what users see; run as often as wanted, each time in a process of its own. */
export async function bundled(
  name: string,
): Promise<{ run<Result>(...args: string[]): Promise<Result>; drop(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'mayday-bench-'));
  const program = join(folder, 'runner.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, name)],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    minify: true,
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  return {
    async run<Result>(...args: string[]) {
      const { stdout } = await promisify(execFile)(NODE, [program, ...args]);
      return JSON.parse(stdout) as Result;
    },
    drop: () => rmSync(folder, { recursive: true }),
  };
}
