/**
 * `npm run cluster:up`: builds what is missing, starts a control plane that stays, and prints the kubeconfig's path
 * (alone on stdout, for `export KUBECONFIG=$(…)`). Says the same again when the cluster is up already.
 * With `-- --operators`, also a real training-operator with two PyTorchJobs; that takes half a minute more.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureBuilt, whyNoControlPlane } from './build.ts';
import { byHandCluster, keeperLog, type Ready } from './byhand.ts';
import { clustersFolder } from './folders.ts';
import { controlPlaneModules, operatorModules } from './modules.ts';

async function up(): Promise<Ready> {
  const already = byHandCluster();
  if (already !== undefined) return already;
  mkdirSync(clustersFolder(), { recursive: true, mode: 0o700 });
  const log = openSync(keeperLog(), 'w');
  const keeperModule = fileURLToPath(new URL('./keeper.ts', import.meta.url));
  const keeper = spawn(process.execPath, [keeperModule, ...(operators ? ['--operators'] : [])], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  keeper.unref();
  let ended = false;
  keeper.once('exit', () => {
    ended = true;
  });
  for (;;) {
    const ready = byHandCluster();
    if (ready?.keeper === keeper.pid && ready !== undefined) return ready;
    if (ended) throw new Error(`the cluster did not start:\n${readFileSync(keeperLog(), 'utf8').trimEnd()}`);
    await sleep(50);
  }
}

const operators = process.argv.includes('--operators');
const modules = operators ? [...controlPlaneModules, ...operatorModules] : controlPlaneModules;
const reason = whyNoControlPlane(modules);
if (reason !== undefined) {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}
try {
  await ensureBuilt(modules);
  const began = performance.now();
  const ready = await up();
  process.stderr.write(`control plane at ${ready.server} after ${((performance.now() - began) / 1000).toFixed(1)} s, `);
  process.stderr.write(`logs in ${ready.logs}; stop it with npm run cluster:down\n`);
  process.stdout.write(`${ready.kubeconfig}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
