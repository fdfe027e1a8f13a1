import { reflectedFeed } from '../../src/health/feed.ts';
import { followView } from '../../src/health/view/live.ts';
import { systemClock } from '../../src/host/clock.ts';
import { releaseMemory } from '../../src/host/memory.ts';
import { connect } from '../../src/kube/connection/connection.ts';
import { RULES } from '../../src/triage/rules/index.ts';
import { type Looked, lookOnce } from '../../src/triage/run/look.ts';
import { createNamedReader } from '../../src/triage/run/read-named.ts';
import { runGates } from '../../src/triage/run/run.ts';
import { watchTriage } from '../../src/triage/run/watch.ts';
import { cpuSeconds, residentMb } from './process-usage.ts';
import { sleep } from './program.ts';
import { STALE } from './stale-hook.ts';

/** What triage of a cluster took. */
export interface TriageCost {
  /** From nothing read to the result of G6, and to the last gate. */
  toG6Ms: number;
  allMs: number;
  requests: number;
  memoryMb: number;
  /** Of triage on a live view: each run of all gates, percent of a core while nothing happens, and from each write to its finding. */
  runsMs?: number[];
  idle?: number;
  foundMs?: number[];
}

const RUNS = 10;
const IDLE_MS = 20_000;
const WRITES = 40;

// Runs in a process of its own, so that the memory is that of triage: `cold` or `live`, and a kubeconfig; prints one TriageCost.
const [, , how = 'cold', kubeconfig = ''] = process.argv;
const connected = await connect({ kubeconfig });
if (!connected.ok) throw new Error(connected.message);
const api = connected.value;
await api.discovery();
const cost = how === 'live' ? await live() : await cold();
process.stdout.write(`${JSON.stringify(cost)}\n`);
await api.close();

async function cold(): Promise<TriageCost> {
  const began = performance.now();
  let toG6Ms = 0;
  await lookOnce(api, systemClock, RULES, ({ id }) => {
    if (id === 'G6') toG6Ms = performance.now() - began;
  });
  return { toG6Ms, allMs: performance.now() - began, requests: api.requests, memoryMb: residentMb(process.pid) };
}

async function live(): Promise<TriageCost> {
  const serverNow = () => api.serverTime().now;
  const began = performance.now();
  const followed = followView({
    feed: reflectedFeed(api, systemClock, Math.random, { release: releaseMemory }),
    clock: systemClock,
    discovery: refresh => api.discovery(refresh),
    serverNow,
  });
  await followed.settled();
  const allMs = performance.now() - began;
  const reader = createNamedReader(api, systemClock);
  const runsMs: number[] = [];
  let toG6Ms = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const started = performance.now();
    const gates = runGates({
      rules: RULES,
      view: followed.view,
      now: serverNow(),
      read: reader.read,
      monotonic: () => 0,
    });
    for await (const { id } of gates) if (id === 'G6') toG6Ms = performance.now() - started;
    runsMs.push(performance.now() - started);
  }
  const ended = new AbortController();
  const looks = watchTriage({
    live: followed,
    clock: systemClock,
    rules: RULES,
    reader: () => createNamedReader(api, systemClock),
    serverNow,
    signal: ended.signal,
  });
  await looks.next();
  const before = cpuSeconds(process.pid);
  await sleep(IDLE_MS);
  const idle = ((cpuSeconds(process.pid) - before) / (IDLE_MS / 1000)) * 100;
  const foundMs: number[] = [];
  for (let write = 0; write < WRITES; write += 1) {
    const isMade = write % 2 === 0;
    await sleep(1_500);
    const sentAt = performance.now();
    await (isMade ? api.create(STALE) : api.remove({ ...STALE, name: STALE.metadata.name }));
    for (;;) {
      const value: Looked | undefined = (await looks.next()).value ?? undefined;
      const isFound = value?.triage.roots.some(({ finding }) => finding.object.name === STALE.metadata.name) === true;
      if (isFound === isMade) break;
    }
    foundMs.push(performance.now() - sentAt);
  }
  const memoryMb = residentMb(process.pid);
  ended.abort();
  followed.stop();
  return { toG6Ms, allMs, requests: api.requests, memoryMb, runsMs, idle, foundMs };
}
