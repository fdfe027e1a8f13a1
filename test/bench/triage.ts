import { bundled } from './bundled.ts';
import type { OpenCluster } from './clusters.ts';
import type { Figure } from './figure.ts';
import { sleep } from './program.ts';
import { median, quantile } from './statistics.ts';
import type { TriageCost } from './triage-runner.ts';

/** Triage of 10,000 pods: from nothing, and on a live view. */
export async function triageGates(open: OpenCluster): Promise<Figure[]> {
  const runner = await bundled('triage-runner.ts');
  const cluster = await open('ten-thousand-pods');
  await sleep(2_000);
  const cold = await runner.run<TriageCost>('cold', cluster.kubeconfig);
  const live = await runner.run<TriageCost>('live', cluster.kubeconfig);
  await cluster.stop();
  runner.drop();
  const found = live.foundMs ?? [];
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return [
    { what: 'triage from nothing, gates G0 to G6', measured: ms(cold.toG6Ms), budget: '3,000 ms' },
    { what: 'all gates', measured: ms(cold.allMs), budget: 'told' },
    { what: 'requests for it', measured: String(cold.requests), budget: 'counted' },
    { what: 'memory with it', measured: `${cold.memoryMb.toFixed(0)} MB`, budget: '220 MB' },
    { what: 'gates G0 to G6 from the live view', measured: ms(live.toG6Ms), budget: '100 ms' },
    { what: 'all gates, p50', measured: ms(median(live.runsMs ?? [])), budget: 'told' },
    { what: 'CPU of watching, nothing happening', measured: `${(live.idle ?? 0).toFixed(1)} %`, budget: '1 %' },
    {
      what: 'write sent to finding, p50 / p99',
      measured: `${quantile(found, 0.5).toFixed(0)} / ${quantile(found, 0.99).toFixed(0)} ms`,
      budget: '150 ms',
    },
    { what: 'memory with the live view', measured: `${live.memoryMb.toFixed(0)} MB`, budget: '220 MB' },
  ];
}
