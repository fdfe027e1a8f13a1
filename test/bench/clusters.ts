import { whyNoControlPlane } from '../cluster/controlplane/build.ts';
import { type Cluster as ControlPlane, start } from '../cluster/controlplane/start.ts';
import { type Cluster, sandbox, sleep } from './program.ts';

/** What a benchmark finds in its cluster: what a small team runs, or 10,000 pods. */
export type Contents = 'healthy' | 'ten-thousand-pods';
export type OpenCluster = (contents: Contents) => Promise<Cluster>;

/** Where benchmarks can run: the sandbox in a process of its own, or a real API server on this machine. */
export const CLUSTERS: Readonly<Record<'sandbox' | 'controlplane', OpenCluster>> = { sandbox, controlplane };

const PODS = 10_000;
const AT_ONCE = 24;

async function controlplane(contents: Contents): Promise<Cluster> {
  const why = whyNoControlPlane();
  if (why !== undefined) throw new Error(why);
  const cluster = await start();
  if (contents === 'ten-thousand-pods') await fill(cluster);
  return { kubeconfig: cluster.kubeconfig, stop: () => cluster.stop() };
}

/** 10,000 pods that run, straight onto the nodes: the scheduler is not what is measured. */
async function fill({ api }: ControlPlane): Promise<void> {
  process.stderr.write(`making ${PODS} pods on a real API server, which takes minutes…\n`);
  await api.must('POST', '/api/v1/namespaces', { metadata: { name: 'crowd' } });
  let next = 0;
  const make = async () => {
    while (next < PODS) {
      const number = next++;
      const app = `app-${number % 200}`;
      await api.must('POST', '/api/v1/namespaces/crowd/pods', {
        metadata: { name: `${app}-${number}`, labels: { app } },
        spec: {
          nodeName: `node-${1 + (number % 3)}`,
          containers: [{ name: 'main', image: 'registry.k8s.io/pause:3.10' }],
        },
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, make));
  for (;;) {
    const waiting = '/api/v1/namespaces/crowd/pods?fieldSelector=status.phase!=Running&limit=1';
    const { body } = await api.must('GET', waiting);
    if (body.items.length === 0) return;
    await sleep(1_000);
  }
}
