import { start } from '../support/pty.ts';
import type { OpenCluster } from './clusters.ts';
import type { Figure } from './figure.ts';
import { cleanState, MAYDAY, NODE, sleep } from './program.ts';
import { median, quantile } from './statistics.ts';

const RUNS = 9;
const SIZE = { columns: 80, rows: 24 };

/** From spawning the bundle to its first painted header; the sandbox it asks for is not there yet by then. */
export async function firstFrame(): Promise<Figure[]> {
  const times: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const session = start([NODE, MAYDAY, '--sandbox'], SIZE, { env: cleanState() });
    const at = await session.waitFor('MAYDAY');
    // The first start reads the disk; the others are what people feel.
    if (run > 0) times.push(at);
    await session.kill();
  }
  const measured = `${median(times).toFixed(0)} ms (${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)})`;
  return [{ what: `launch to first frame, median of ${RUNS}`, measured, budget: '150 ms' }];
}

/** From a key to the next painted bytes, on a deck that shows a live cluster. */
export async function keyToPaint(open: OpenCluster): Promise<Figure[]> {
  const cluster = await open('healthy');
  const session = start([NODE, MAYDAY, '--kubeconfig', cluster.kubeconfig], SIZE, { env: cleanState() });
  await session.waitFor(/pods\s+\d+/);
  await session.paint('e');
  await sleep(1_000);
  const times: number[] = [];
  for (let i = 0; i < 60; i++) {
    times.push(await session.paint(i % 8 < 4 ? 'j' : 'k'));
    await sleep(60);
  }
  await session.kill();
  await cluster.stop();
  const measured = `${quantile(times, 0.95).toFixed(1)} ms (median ${median(times).toFixed(1)})`;
  return [{ what: 'key to paint, p95 of 60', measured, budget: '16 ms' }];
}
