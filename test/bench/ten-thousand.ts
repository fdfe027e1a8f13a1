import { start } from '../support/pty.ts';
import type { OpenCluster } from './clusters.ts';
import type { Figure } from './figure.ts';
import { cpuSeconds, residentMb } from './process-usage.ts';
import { cleanState, MAYDAY, NODE, sleep } from './program.ts';

const IDLE_SECONDS = 20;
const SIZE = { columns: 80, rows: 24 };

/** The console in front of 10,000 pods: when the first rows stand there, when all do, and what it costs to keep them. */
export async function tenThousandPods(open: OpenCluster): Promise<Figure[]> {
  const cluster = await open('ten-thousand-pods');
  await sleep(2_000);
  const session = start([NODE, MAYDAY, '--kubeconfig', cluster.kubeconfig], SIZE, { env: cleanState() });
  const first = await session.waitFor(/pods\s+(loading )?[1-9]/);
  const all = await session.waitFor(/✓ pods\s+1\d,?\d{3}\s+fine/);
  await sleep(5_000);
  const before = cpuSeconds(session.pid);
  await sleep(IDLE_SECONDS * 1_000);
  const idle = ((cpuSeconds(session.pid) - before) / IDLE_SECONDS) * 100;
  const memory = residentMb(session.pid);
  await session.kill();
  await cluster.stop();
  return [
    { what: 'launch to first real pod rows, 10,000 pods', measured: `${first.toFixed(0)} ms`, budget: '400 ms' },
    { what: 'launch to all 10,000 pods', measured: `${all.toFixed(0)} ms`, budget: '1,500 ms' },
    { what: 'memory, 10,000 pods', measured: `${memory.toFixed(0)} MB`, budget: '150 MB' },
    { what: `CPU, 10,000 pods, nothing happening, ${IDLE_SECONDS} s`, measured: `${idle.toFixed(1)} %`, budget: '1 %' },
  ];
}
