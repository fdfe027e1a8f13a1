import { execFile } from 'node:child_process';
import type { KubeObject } from '../../src/k8s/object.ts';
import { refOf } from '../../src/k8s/object-ref.ts';
import type { Api } from '../../src/kube/client/api.ts';
import { connect } from '../../src/kube/connection/connection.ts';
import { textOf } from '../torture/snapshot.ts';
import type { Contents, OpenCluster } from './clusters.ts';
import { injectMixed, NAMESPACE } from './faults.ts';
import type { Figure } from './figure.ts';
import { cleanState, MAYDAY, NODE, sleep } from './program.ts';
import { median, quantile } from './statistics.ts';
import { counted, wire } from './wire.ts';
import type { WireEvent } from './wire-log.ts';

const FAULTS = 100;
const RUNS = 5;

interface Scanned {
  injections: unknown[];
  scanned: { objects: number; requests: number; ms: number };
}
interface Reverted {
  receipts: { verified: boolean; requests: number; type: string }[];
  remaining: number | null;
  ms: number;
}
interface Ended<T> {
  result: T;
  /** The whole command, from its start to its end. */
  ms: number;
}

/** Looking through 10,000 objects, fast and deep, and putting back 100 faults of mixed types. */
export async function scanAndRevert(open: OpenCluster): Promise<Figure[]> {
  const scanned = await among(open, 'ten-thousand-pods', async kubeconfig => [
    ...(await scans(kubeconfig, 'fast', ['--fast'], '500 ms')),
    ...(await scans(kubeconfig, 'deep', [], '2,000 ms')),
  ]);
  const reverted = await among(open, 'healthy', async (kubeconfig, api, before) => {
    const all: Trial[] = [];
    // The first compiles the program, and is not counted.
    for (let run = 0; run <= REVERTS; run += 1) {
      if (run > 0) {
        await forget(api);
        await injectMixed(api, FAULTS);
      }
      const ended = await mayday<Reverted>(kubeconfig, REVERT);
      if (run > 0) all.push({ ...ended, wrong: await differing(api, before) });
    }
    await forget(api);
    await injectMixed(api, FAULTS);
    const log = wire();
    const last = await mayday<Reverted>(kubeconfig, REVERT, log.env);
    all.push({ ...last, wrong: await differing(api, before), isUntimed: true });
    return [...revertFigures(all), wireFigure(log.events())];
  });
  return [...scanned, ...reverted];
}

/** One revert of everything. */
interface Trial extends Ended<Reverted> {
  /** Objects that are not as they were. */
  wrong: number;
  /** Its requests were written down, which takes time. */
  isUntimed?: boolean;
}

const REVERT = ['revert', '--all', '--yes', '--trust-records'];
const REVERTS = 3;

/** Takes away what the faults were injected into. */
async function forget(api: Api): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', name: NAMESPACE };
  await api.remove(namespace);
  while ((await api.get(namespace)).ok) await sleep(500);
}

/** Does `work` on a cluster with faults in it; `before`: what they were injected into. */
async function among<T>(
  open: OpenCluster,
  contents: Contents,
  work: (kubeconfig: string, api: Api, before: readonly KubeObject[]) => Promise<T>,
): Promise<T> {
  const cluster = await open(contents);
  await sleep(2_000);
  const connected = await connect({ kubeconfig: cluster.kubeconfig });
  if (!connected.ok) throw new Error(connected.message);
  const before = await injectMixed(connected.value, FAULTS);
  const done = await work(cluster.kubeconfig, connected.value, before);
  await connected.value.close();
  await cluster.stop();
  return done;
}

function revertFigures(trials: readonly Trial[]): Figure[] {
  const timed = trials.filter(({ isUntimed }) => !isUntimed);
  const receipts = trials.flatMap(({ result }) => result.receipts);
  const requests = receipts.map(receipt => receipt.requests);
  const types = new Set(receipts.map(({ type }) => type)).size;
  const each = (pick: (trial: Trial) => number | null) => trials.map(pick).join(' ');
  return [
    {
      what: `revert --all, ${FAULTS} faults of ${types} types, whole command (reverting itself), median of ${REVERTS}`,
      measured: `${median(timed.map(({ ms }) => ms)).toFixed(0)} ms (${median(timed.map(({ result }) => result.ms))} ms)`,
      budget: '1,000 ms',
    },
    {
      what: 'verified; remaining; not as they were, of each run',
      measured: `${each(({ result }) => result.receipts.filter(one => one.verified).length)}; ${each(({ result }) => result.remaining)}; ${each(({ wrong }) => wrong)}`,
      budget: `${FAULTS}; 0; 0`,
    },
    {
      what: 'reads and writes of one restore, shared lists counted for each: median, p90 and most',
      measured: `${median(requests)}, ${quantile(requests, 0.9)}, ${Math.max(...requests)}`,
      budget: '3',
    },
  ];
}

/** What really went over the wire. Lists of a whole kind are the two scans'; everything in the faults' own namespace is about the faults. */
function wireFigure(events: readonly WireEvent[]): Figure {
  const all = counted(events);
  const own = counted(events.filter(({ path }) => path?.includes(`/namespaces/${NAMESPACE}/`)));
  const perFault = ((own.reads + own.writes) / FAULTS).toFixed(2);
  return {
    what: 'HTTP requests of the whole command; in the namespace of the faults: reads and writes, for each fault',
    measured: `${all.reads + all.writes}; ${own.reads} and ${own.writes}, ${perFault}`,
    budget: '3 for each',
  };
}

async function scans(kubeconfig: string, how: string, options: string[], budget: string): Promise<Figure[]> {
  const runs: Ended<Scanned>[] = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await mayday<Scanned>(kubeconfig, ['scan', ...options]));
  const first = runs[0]?.result;
  return [
    {
      what: `scan ${how}, ${first?.scanned.objects} objects looked at, ${first?.scanned.requests} requests, ${first?.injections.length} found, median of ${RUNS} (whole command)`,
      measured: `${median(runs.map(({ result }) => result.scanned.ms)).toFixed(0)} ms (${median(runs.map(({ ms }) => ms)).toFixed(0)} ms)`,
      budget,
    },
  ];
}

function mayday<T>(kubeconfig: string, args: string[], env: Record<string, string> = {}): Promise<Ended<T>> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...cleanState(), ...env }, maxBuffer: 64 * 1024 * 1024 };
    execFile(NODE, [MAYDAY, ...args, '-o', 'json', '--kubeconfig', kubeconfig], options, (_error, stdout, stderr) => {
      const ms = performance.now() - began;
      try {
        resolve({ result: JSON.parse(stdout) as T, ms });
      } catch {
        reject(new Error(`mayday ${args.join(' ')}: ${stderr.trim()}`));
      }
    });
  });
}

/** How many of the objects are not as they were. */
async function differing(api: Api, before: readonly KubeObject[]): Promise<number> {
  let wrong = 0;
  for (const object of before) {
    const { uid: _uid, ...ref } = refOf(object);
    const got = await api.get(ref);
    if (!got.ok || textOf(got.value) !== textOf(object)) wrong += 1;
  }
  return wrong;
}
