import { spawn } from 'node:child_process';
import { startFleet } from '../support/fleet.ts';
import type { Figure } from './figure.ts';
import { residentMb } from './process-usage.ts';
import { cleanState, MAYDAY, NODE } from './program.ts';
import { median } from './statistics.ts';

const CLUSTERS = 20;
const RUNS = 5;

/** A scan of one cluster beside one of twenty. All are sandboxes of one process, which shares the machine with the program. */
export async function scanFleet(): Promise<Figure[]> {
  const names = Array.from({ length: CLUSTERS }, (_, index) => `c${index}`);
  const fleet = await startFleet(Object.fromEntries(names.map(name => [name, 'healthy'])));
  const measured = async (...words: string[]) => {
    const runs = [];
    for (let run = 0; run <= RUNS; run++) runs.push(await scan(fleet.kubeconfig, words));
    return { ms: median(runs.slice(1).map(({ ms }) => ms)), mb: Math.max(...runs.map(({ mb }) => mb)) };
  };
  const one = await measured('--context', 'c0');
  const all = await measured('--contexts', names.join(','));
  await fleet.close();
  return [
    {
      what: `scan of ${CLUSTERS} clusters, whole command, median of ${RUNS} (one cluster: ${one.ms.toFixed(0)} ms)`,
      measured: `${all.ms.toFixed(0)} ms, ${(all.ms / one.ms).toFixed(1)} times one`,
      budget: '2 times one',
    },
    {
      what: `memory for each of ${CLUSTERS} clusters (one alone: ${one.mb.toFixed(0)} MB)`,
      measured: `${((all.mb - one.mb) / (CLUSTERS - 1)).toFixed(1)} MB`,
      budget: '60 MB',
    },
  ];
}

function scan(kubeconfig: string, words: readonly string[]): Promise<{ ms: number; mb: number }> {
  const began = performance.now();
  const child = spawn(NODE, [MAYDAY, 'scan', '--kubeconfig', kubeconfig, '-o', 'json', ...words], {
    stdio: 'ignore',
    env: { ...process.env, ...cleanState() },
  });
  let mb = 0;
  const sampling = setInterval(() => {
    if (child.pid !== undefined && child.exitCode === null) mb = Math.max(mb, residentMb(child.pid));
  }, 20);
  return new Promise((resolve, reject) =>
    child.once('exit', code => {
      clearInterval(sampling);
      if (code === 0) resolve({ ms: performance.now() - began, mb });
      else reject(new Error(`the scan ended with ${code}`));
    }),
  );
}
