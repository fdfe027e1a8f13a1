/** Holds the cluster started by hand until it is told to stop. Started by up.ts; not meant to be run by a person. */
import { writeFileSync } from 'node:fs';
import { byHandFolder, type Ready, readyFile } from './byhand.ts';
import { start } from './start.ts';

const cluster = await start({ folder: byHandFolder() });
const ready: Ready = {
  keeper: process.pid,
  kubeconfig: cluster.kubeconfig,
  server: cluster.server,
  logs: cluster.logs,
};
writeFileSync(readyFile(), JSON.stringify(ready));

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void cluster.stop().then(() => process.exit(0));
  });
}
// Nothing else keeps this process alive for certain.
setInterval(() => {}, 3_600_000);
