import { execFile, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startFleet } from '../support/fleet.ts';
import type { Figure } from './figure.ts';
import { childrenCpuMs, residentMb } from './process-usage.ts';
import { cleanState, MAYDAY, NODE } from './program.ts';
import { median } from './statistics.ts';

const CLUSTERS = 20;
const RUNS = 5;

interface Scan {
  ms: number;
  mb: number;
  /** CPU time of the program, and of the sandboxes, which run in this process. */
  cpuMs: number;
  sandboxesMs: number;
}

/**
 * A scan of one cluster beside one of twenty, in turns, so that a busy machine slows both alike. All clusters are sandboxes of this one
 * process, on one thread, and share the machine's cores with the program: the CPU time of either is told apart.
 */
export async function scanFleet(): Promise<Figure[]> {
  const names = Array.from({ length: CLUSTERS }, (_, index) => `c${index}`);
  const fleet = await startFleet(Object.fromEntries(names.map(name => [name, 'healthy'])));
  const ones: Scan[] = [];
  const alls: Scan[] = [];
  const floors: { one: number; all: number }[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const one = await scan(fleet.kubeconfig, ['--context', 'c0']);
    const all = await scan(fleet.kubeconfig, ['--contexts', names.join(',')]);
    // The first of each warms the sandboxes.
    if (run === 0) continue;
    floors.push({ one: await floor(fleet.kubeconfig, ['c0']), all: await floor(fleet.kubeconfig, names) });
    ones.push(one);
    alls.push(all);
  }
  await fleet.close();
  const of = (scans: readonly Scan[], pick: (one: Scan) => number) => median(scans.map(pick));
  const [oneMs, allMs] = [of(ones, ({ ms }) => ms), of(alls, ({ ms }) => ms)];
  const [oneCpu, allCpu] = [of(ones, ({ cpuMs }) => cpuMs), of(alls, ({ cpuMs }) => cpuMs)];
  const [oneMb, allMb] = [ones, alls].map(scans => Math.max(...scans.map(({ mb }) => mb))) as [number, number];
  const sandboxes = of(alls, ({ sandboxesMs }) => sandboxesMs);
  const times = (all: number, one: number) => `${all.toFixed(0)} ms, ${(all / one).toFixed(1)} times one`;
  return [
    {
      what: `scan of ${CLUSTERS} clusters, whole command, median of ${RUNS} (one cluster: ${oneMs.toFixed(0)} ms)`,
      measured: times(allMs, oneMs),
      budget: '2 times one',
    },
    {
      what: `the program's own CPU time of it (one: ${oneCpu.toFixed(0)} ms; the ${CLUSTERS} sandboxes took ${sandboxes.toFixed(0)} ms beside it, on ${availableParallelism()} cores in all)`,
      measured: times(allCpu, oneCpu),
      budget: 'no budget',
    },
    {
      what: `the same lists of ${CLUSTERS}, and of one, read and parsed by nothing but the HTTP library, without its start`,
      measured: `${median(floors.map(({ all }) => all)).toFixed(0)} ms, ${median(floors.map(({ one }) => one)).toFixed(0)} ms`,
      budget: 'the floor',
    },
    {
      what: `memory for each of ${CLUSTERS} clusters (one alone: ${oneMb.toFixed(0)} MB)`,
      measured: `${((allMb - oneMb) / (CLUSTERS - 1)).toFixed(1)} MB`,
      budget: '60 MB',
    },
  ];
}

/** Milliseconds to read what a scan reads, in a process of its own. */
async function floor(kubeconfig: string, names: readonly string[]): Promise<number> {
  const script = join(import.meta.dirname, 'fleet-floor.ts');
  const { stdout } = await promisify(execFile)(NODE, [script, kubeconfig, ...names]);
  return Number(stdout);
}

function scan(kubeconfig: string, words: readonly string[]): Promise<Scan> {
  const began = performance.now();
  const own = process.cpuUsage();
  const children = childrenCpuMs();
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
      const { user, system } = process.cpuUsage(own);
      const cpuMs = childrenCpuMs() - children;
      if (code === 0) resolve({ ms: performance.now() - began, mb, cpuMs, sandboxesMs: (user + system) / 1000 });
      else reject(new Error(`the scan ended with ${code}`));
    }),
  );
}
