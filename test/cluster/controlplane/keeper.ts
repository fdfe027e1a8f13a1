/**
 * Holds the cluster started by hand until it is told to stop. Started by up.ts; not meant to be run by a person.
 * With `--operators` also the process kubelet and the real training-operator with its two jobs.
 */
import { writeFileSync } from 'node:fs';
import { type ProcessKubelet, startKubelet } from '../kubelet/kubelet.ts';
import { installTrainingOperator, trainingOperatorImage } from '../operators/training-operator.ts';
import { byHandFolder, type Ready, readyFile } from './byhand.ts';
import { start } from './start.ts';

const cluster = await start({ folder: byHandFolder() });
let kubelet: ProcessKubelet | undefined;
if (process.argv.includes('--operators')) {
  kubelet = await startKubelet(cluster, { images: [trainingOperatorImage] });
  await installTrainingOperator(cluster.api);
}
const ready: Ready = {
  keeper: process.pid,
  kubeconfig: cluster.kubeconfig,
  server: cluster.server,
  logs: cluster.logs,
};
writeFileSync(readyFile(), JSON.stringify(ready));

const stop = async (): Promise<void> => {
  await kubelet?.stop();
  await cluster.stop();
};
let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void stop().then(() => process.exit(0));
  });
}
// Nothing else keeps this process alive for certain.
setInterval(() => {}, 3_600_000);
