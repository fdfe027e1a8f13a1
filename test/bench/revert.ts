import { execFile } from 'node:child_process';
import type { KubeObject } from '../../src/k8s/object.ts';
import { refOf } from '../../src/k8s/object-ref.ts';
import type { Api } from '../../src/kube/client/api.ts';
import { connect } from '../../src/kube/connection/connection.ts';
import { textOf } from '../torture/snapshot.ts';
import type { Contents, OpenCluster } from './clusters.ts';
import { injectMixed } from './faults.ts';
import type { Figure } from './figure.ts';
import { cleanState, MAYDAY, NODE, sleep } from './program.ts';
import { median, quantile } from './statistics.ts';

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
    const { result, ms } = await mayday<Reverted>(kubeconfig, ['revert', '--all', '--yes', '--trust-records']);
    return revertFigures(result, ms, await differing(api, before));
  });
  return [...scanned, ...reverted];
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

function revertFigures({ receipts, remaining, ms: inside }: Reverted, ms: number, wrong: number): Figure[] {
  const requests = receipts.map(receipt => receipt.requests);
  const types = new Set(receipts.map(({ type }) => type)).size;
  const verified = receipts.filter(receipt => receipt.verified).length;
  return [
    {
      what: `revert --all, ${FAULTS} faults of ${types} types, whole command (reverting itself)`,
      measured: `${ms.toFixed(0)} ms (${inside} ms)`,
      budget: '1,000 ms',
    },
    {
      what: 'verified, remaining, not as they were',
      measured: `${verified}, ${remaining}, ${wrong}`,
      budget: `${FAULTS}, 0, 0`,
    },
    {
      what: 'requests per fault, median, p90 and most',
      measured: `${median(requests)}, ${quantile(requests, 0.9)}, ${Math.max(...requests)}`,
      budget: '3',
    },
  ];
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

function mayday<T>(kubeconfig: string, args: string[]): Promise<Ended<T>> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...cleanState() }, maxBuffer: 64 * 1024 * 1024 };
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
