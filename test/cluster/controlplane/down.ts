/** `npm run cluster:down`: stops the cluster started by hand, and says so when there is none. */
import { setTimeout as sleep } from 'node:timers/promises';
import { byHandCluster, byHandFolder } from './byhand.ts';
import { isAlive, recordedProcesses, sweep } from './folders.ts';

const running = byHandCluster();
if (running === undefined) {
  // A keeper that was killed leaves nothing running, but its data; a sweep removes that.
  sweep();
  process.stderr.write('no cluster is up\n');
} else {
  process.kill(running.keeper, 'SIGTERM');
  const deadline = Date.now() + 30_000;
  while (isAlive(running.keeper) && Date.now() < deadline) await sleep(50);
  const left = isAlive(running.keeper) ? recordedProcesses(byHandFolder()) : [];
  process.stderr.write(left.length === 0 ? 'the cluster is down\n' : `still running: ${left.join(', ')}\n`);
  process.exitCode = left.length === 0 ? 0 : 1;
}
