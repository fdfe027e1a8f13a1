import { performance } from 'node:perf_hooks';
import { start } from '../support/pty.ts';
import type { OpenCluster } from './clusters.ts';
import type { Figure } from './figure.ts';
import { listFloor } from './list-floor.ts';
import { cpuSeconds, mostResidentMb, residentMb } from './process-usage.ts';
import { cleanState, MAYDAY, NODE, sleep } from './program.ts';
import { median } from './statistics.ts';
import { wire } from './wire.ts';

/** Longer than the pause between two looks of triage, which are the most of what there is to do. */
const IDLE_SECONDS = 60;
const RUNS = 5;
const SIZE = { columns: 80, rows: 24 };
const FIRST_ROWS = /pods\s+(loading )?[1-9]/;
const ALL_ROWS = /✓ pods\s+1\d,?\d{3}\s+fine/;
/** So quiet, in percent of a core, for so many seconds one after the other: what the start set off is over. */
const QUIET = { percent: 2, seconds: 5 };
const LONGEST_SETTLING_SECONDS = 90;

/** The console in front of 10,000 pods: when the first rows stand there, when all do, and what it costs to keep them. */
export async function tenThousandPods(open: OpenCluster): Promise<Figure[]> {
  const cluster = await open('ten-thousand-pods');
  await sleep(2_000);
  const floors: number[] = [];
  const firsts: number[] = [];
  const alls: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const floor = await listFloor(cluster.kubeconfig);
    const session = begin(cluster.kubeconfig);
    const first = await session.waitFor(FIRST_ROWS);
    const all = await session.waitFor(ALL_ROWS);
    await session.kill();
    await sleep(2_000);
    // The first start reads the disk; the others are what people feel.
    if (run === 0) continue;
    floors.push(floor);
    firsts.push(first);
    alls.push(all);
  }
  const phases = await timeLine(cluster.kubeconfig);
  const kept = await keeping(cluster.kubeconfig);
  await cluster.stop();
  return [
    { what: `launch to first real pod rows, 10,000 pods, median of ${RUNS}`, measured: ms(firsts), budget: '400 ms' },
    { what: `launch to all 10,000 pods, median of ${RUNS}`, measured: ms(alls), budget: '1,500 ms' },
    { what: 'the same pages read and thrown away, by nothing but Node.js', measured: ms(floors), budget: 'the floor' },
    { what: 'of one start: first request asked, sent, answered, read', measured: phases, budget: 'told' },
    ...kept,
  ];
}

const begin = (kubeconfig: string, env: Record<string, string> = {}) =>
  start([NODE, MAYDAY, '--kubeconfig', kubeconfig], SIZE, { env: { ...cleanState(), ...env } });

const ms = (times: readonly number[]): string =>
  `${median(times).toFixed(0)} ms (${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)})`;

/** When the first request of a start was where, in milliseconds from the launch. */
async function timeLine(kubeconfig: string): Promise<string> {
  const log = wire();
  const launched = performance.timeOrigin + performance.now();
  const session = begin(kubeconfig, log.env);
  await session.waitFor(ALL_ROWS);
  await sleep(1_500);
  await session.kill();
  const events = log.events();
  const of = (what: string) => events.find(event => event.what === what && event.request === 1)?.at ?? Number.NaN;
  return `${['asked', 'sent', 'answered', 'ended'].map(what => (of(what) - launched).toFixed(0)).join(', ')} ms`;
}

/** What the console costs once everything has been read: after what the start set off is over, and what that took. */
async function keeping(kubeconfig: string): Promise<Figure[]> {
  const session = begin(kubeconfig);
  await session.waitFor(ALL_ROWS);
  const began = { at: performance.now(), cpu: cpuSeconds(session.pid) };
  let quietFor = 0;
  while (quietFor < QUIET.seconds && performance.now() - began.at < LONGEST_SETTLING_SECONDS * 1_000) {
    const before = cpuSeconds(session.pid);
    await sleep(1_000);
    quietFor = (cpuSeconds(session.pid) - before) * 100 <= QUIET.percent ? quietFor + 1 : 0;
  }
  const settled = { seconds: (performance.now() - began.at) / 1_000, cpu: cpuSeconds(session.pid) - began.cpu };
  const before = cpuSeconds(session.pid);
  await sleep(IDLE_SECONDS * 1_000);
  const idle = ((cpuSeconds(session.pid) - before) / IDLE_SECONDS) * 100;
  const memory = { now: residentMb(session.pid), most: mostResidentMb(session.pid) };
  await session.kill();
  return [
    {
      what: `settling: until ${QUIET.seconds} s at ${QUIET.percent} % or less, and its CPU time`,
      measured: `${settled.seconds.toFixed(0)} s, ${settled.cpu.toFixed(2)} s`,
      budget: 'told',
    },
    { what: `CPU after that, nothing happening, ${IDLE_SECONDS} s`, measured: `${idle.toFixed(2)} %`, budget: '1 %' },
    {
      what: 'memory, 10,000 pods, and the most while they were read',
      measured: `${memory.now.toFixed(0)} MB, ${memory.most.toFixed(0)} MB`,
      budget: '220 MB',
    },
  ];
}
