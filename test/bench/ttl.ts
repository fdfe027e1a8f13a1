import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Figure } from './figure.ts';
import { cleanState, NODE, sandbox, sleep } from './program.ts';
import { quantile } from './statistics.ts';

const FAULTS = 100;
const TTL_MS = 20_000;
const BUDGET = '250 ms p99';

/** From the end of each TTL to the first write that lifts the fault: by the process that injected, and by the guardian once that was killed. */
export async function ttlOvershoot(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const killed of [false, true]) {
    const late = await overshoots(killed);
    const who = killed ? 'killed' : 'alive';
    figures.push({
      what: `TTL overshoot to the first revert write, ${late.length} faults, console ${who}, p50 and p99`,
      measured: `${quantile(late, 0.5).toFixed(0)} ms, ${quantile(late, 0.99).toFixed(0)} ms`,
      budget: BUDGET,
    });
  }
  return figures;
}

async function overshoots(killed: boolean): Promise<number[]> {
  const cluster = await sandbox('healthy');
  const state = cleanState();
  const runner = spawn(
    NODE,
    [join(import.meta.dirname, 'ttl-runner.ts'), cluster.kubeconfig, String(FAULTS), String(TTL_MS)],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...state } },
  );
  const startedAt = new Map<string, number>();
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: runner.stdout }).on('line', line => {
      const { run, at } = JSON.parse(line) as { run: string; at: number };
      startedAt.set(run, at);
      if (startedAt.size === FAULTS) resolve();
    });
    runner.once('exit', () => reject(new Error(`the runner ended after ${startedAt.size} of ${FAULTS} injections`)));
  });
  if (killed) runner.kill('SIGKILL');
  const runs = join(state.XDG_STATE_HOME ?? '', 'mayday/runs');
  let lifted = firstWrites(runs);
  for (let tries = 0; lifted.size < FAULTS && tries < 300; tries += 1) {
    await sleep(500);
    lifted = firstWrites(runs);
  }
  runner.kill('SIGKILL');
  await sleep(1_000);
  await cluster.stop();
  return [...lifted].map(([run, at]) => at - (startedAt.get(run) ?? Number.NaN) - TTL_MS);
}

/** When the first write that lifts was about to be sent, by run, out of the journals; this machine's clock, as for the start. */
function firstWrites(runs: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const run of readdirSync(runs)) {
    const journal = readFileSync(join(runs, run, 'journal.jsonl'), 'utf8');
    const intent = journal
      .split('\n')
      .find(line => line.includes('"entry":"intent"') && line.includes('"purpose":"revert"'));
    if (intent?.endsWith('}')) found.set(run, (JSON.parse(intent) as { at: number }).at);
  }
  return found;
}
