import { bundled } from './bundled.ts';
import type { OpenCluster } from './clusters.ts';
import type { Figure } from './figure.ts';
import { sleep } from './program.ts';
import { quantile } from './statistics.ts';
import type { ViewCost } from './view-runner.ts';

/** The view that triage rests on, of 10,000 pods: read once, and followed. Bundled like the program, so that memory is what users see. */
export async function clusterView(open: OpenCluster): Promise<Figure[]> {
  const runner = await bundled('view-runner.ts');
  const cluster = await open('ten-thousand-pods');
  await sleep(2_000);
  const run = (how: 'load' | 'live') => runner.run<ViewCost>(how, cluster.kubeconfig);
  const load = await run('load');
  const live = await run('live');
  await cluster.stop();
  runner.drop();
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
