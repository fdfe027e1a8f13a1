import { reflectedFeed } from '../../src/health/feed.ts';
import { followView } from '../../src/health/view/live.ts';
import { loadView } from '../../src/health/view/load.ts';
import { systemClock } from '../../src/host/clock.ts';
import { releaseMemory } from '../../src/host/memory.ts';
import { connect } from '../../src/kube/connection/connection.ts';
import { cpuSeconds, residentMb } from './process-usage.ts';
import { sleep } from './program.ts';

/** What a view of a cluster took. */
export interface ViewCost {
  ms: number;
  requests: number;
  pods: number;
  nodes: number;
  blind: string[];
  memoryMb: number;
  /** Of a live view: percent of a core while nothing happens, and milliseconds from each write to the changed row. */
  idle?: number;
  seenMs?: number[];
}

const IDLE_MS = 20_000;
const WRITES = 60;

// Runs in a process of its own, so that the memory is that of the view: `load` or `live`, and a kubeconfig; prints one ViewCost.
const [, , how = 'load', kubeconfig = ''] = process.argv;
const connected = await connect({ kubeconfig });
if (!connected.ok) throw new Error(connected.message);
const api = connected.value;
const started = performance.now();
const live =
  how === 'live'
    ? followView({
        feed: reflectedFeed(api, systemClock, Math.random, { release: releaseMemory }),
        clock: systemClock,
        discovery: refresh => api.discovery(refresh),
        serverNow: () => api.serverTime().now,
      })
    : undefined;
const loading = live ?? loadView(api, systemClock);
await loading.settled();
const ms = performance.now() - started;
const { view } = loading;
const cost: ViewCost = {
  ms,
  requests: api.requests,
  pods: view.count('Pod'),
  nodes: view.count('Node'),
  blind: (['Pod', 'Node', 'Event', 'EndpointSlice', 'CustomResourceDefinition'] as const).filter(
    kind => view.sync(kind).state !== 'live',
  ),
  memoryMb: residentMb(process.pid),
};
if (live) {
  await sleep(5_000);
  const before = cpuSeconds(process.pid);
  await sleep(IDLE_MS);
  cost.idle = ((cpuSeconds(process.pid) - before) / (IDLE_MS / 1000)) * 100;
  cost.seenMs = await changesSeen();
  cost.memoryMb = residentMb(process.pid);
}
process.stdout.write(`${JSON.stringify(cost)}\n`);
live?.stop();
await api.close();

/** From sending a write to the row that shows it. */
async function changesSeen(): Promise<number[]> {
  const [pod] = view.all('Pod');
  if (pod === undefined) return [];
  const { name, namespace = '', uid } = pod.metadata;
  const times: number[] = [];
  for (let value = 0; value < WRITES; value += 1) {
    const sentAt = performance.now();
    const seen = new Promise<number>(resolve => {
      const stop = live?.subscribe(() => {
        if (view.byUid(uid)?.metadata.annotations.bench !== String(value)) return;
        stop?.();
        resolve(performance.now() - sentAt);
      });
    });
    const patch = { metadata: { annotations: { bench: String(value) } } };
    await api.patch({ apiVersion: 'v1', kind: 'Pod', namespace, name }, 'merge', patch);
    times.push(await seen);
    await sleep(250);
  }
  return times;
}
