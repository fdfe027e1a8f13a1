import type { EngineDeps } from '../../src/engine/deps.ts';
import type { KubeObject } from '../../src/k8s/object.ts';

/** By whose uid a run knows its cluster. */
export const kubeSystem: KubeObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'kube-system', uid: 'cluster-1' },
};

const KEY = new Uint8Array(32).fill(1);

/** An engine on one laptop, on which no other process lives and every gate is open; the cluster, time and disk are the test's. */
export const engineDeps = (own: Pick<EngineDeps, 'api' | 'clock' | 'files'> & Partial<EngineDeps>): EngineDeps => ({
  random: () => 0.5,
  stateDir: '/state',
  host: 'laptop',
  pid: 1,
  version: 'test',
  isAlive: () => false,
  gates: () => Promise.resolve([]),
  recordKey: { read: () => Promise.resolve({ key: KEY }), make: () => Promise.resolve({ key: KEY }) },
  ...own,
});
