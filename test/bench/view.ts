import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { OpenCluster } from './clusters.ts';
import type { Figure } from './figure.ts';
import { NODE, sleep } from './program.ts';
import { quantile } from './statistics.ts';
import type { ViewCost } from './view-runner.ts';

/** The view that triage rests on, of 10,000 pods: read once, and followed. Bundled like the program, so that memory is what users see. */
export async function clusterView(open: OpenCluster): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mayday-bench-view-'));
  const program = join(folder, 'runner.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'view-runner.ts')],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    minify: true,
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  const cluster = await open('ten-thousand-pods');
  await sleep(2_000);
  const run = async (how: 'load' | 'live'): Promise<ViewCost> => {
    const { stdout } = await promisify(execFile)(NODE, [program, how, cluster.kubeconfig]);
    return JSON.parse(stdout) as ViewCost;
  };
  const load = await run('load');
  const live = await run('live');
  await cluster.stop();
  rmSync(folder, { recursive: true });
  const seen = live.seenMs ?? [];
  const size = `${load.pods.toLocaleString('en')} pods, ${load.nodes} nodes`;
  const all = load.blind.length === 0 ? '' : ` (blind: ${load.blind.join(', ')})`;
  return [
    { what: `view read once, ${size}${all}`, measured: `${load.ms.toFixed(0)} ms`, budget: '3,000 ms' },
    { what: 'requests for it', measured: String(load.requests), budget: 'counted' },
    { what: 'memory with it', measured: `${load.memoryMb.toFixed(0)} MB`, budget: '220 MB' },
    { what: 'live view complete', measured: `${live.ms.toFixed(0)} ms`, budget: '3,000 ms' },
    { what: 'memory with it', measured: `${live.memoryMb.toFixed(0)} MB`, budget: '220 MB' },
    { what: 'CPU of it, nothing happening', measured: `${(live.idle ?? 0).toFixed(1)} %`, budget: '1 %' },
    {
      what: 'write sent to row changed, p50 / p99',
      measured: `${quantile(seen, 0.5).toFixed(0)} / ${quantile(seen, 0.99).toFixed(0)} ms`,
      budget: '150 ms',
    },
  ];
}
