import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { OpenCluster } from './clusters.ts';
import type { Figure } from './figure.ts';
import { idleTimers } from './machine.ts';
import { cleanState, NODE, sleep } from './program.ts';
import { quantile } from './statistics.ts';

const FAULTS = 100;
const TTL_MS = 20_000;
const BUDGET = '250 ms p99';

/** From the end of each TTL to the first write that reverts the fault: by the process that injected, and by the guardian once that was killed. */
export async function ttlOvershoot(open: OpenCluster): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const killed of [false, true]) {
    const { sent, answered, timers } = await overshoots(open, killed);
    const who = killed ? 'killed' : 'alive';
    figures.push({
      what: `TTL overshoot to the first revert write, ${sent.length} faults, console ${who}, p50 and p99`,
      measured: both(sent),
      budget: BUDGET,
    });
    figures.push({ what: '  to the answer of that write', measured: both(answered), budget: 'none' });
    figures.push({
      what: '  a timer of an idle process meanwhile, p50 and p99',
      measured: `${timers.p50.toFixed(0)} ms, ${timers.p99.toFixed(0)} ms`,
      budget: 'none',
    });
  }
  return figures;
}

const both = (late: readonly number[]) => `${quantile(late, 0.5).toFixed(0)} ms, ${quantile(late, 0.99).toFixed(0)} ms`;

interface Overshoots {
  /** Milliseconds from the end of each TTL. */
  sent: number[];
  answered: number[];
  timers: { p50: number; p99: number };
}

async function overshoots(open: OpenCluster, killed: boolean): Promise<Overshoots> {
  const cluster = await open('healthy');
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
  const timers = idleTimers();
  const runs = join(state.XDG_STATE_HOME ?? '', 'mayday/runs');
  let reverted = firstWrites(runs);
  for (let tries = 0; reverted.size < FAULTS && tries < 300; tries += 1) {
    await sleep(500);
    reverted = firstWrites(runs);
  }
  const lateTimers = timers();
  runner.kill('SIGKILL');
  await sleep(1_000);
  await cluster.stop();
  const late = [...reverted].map(([run, moments]) => {
    const due = (startedAt.get(run) ?? Number.NaN) + TTL_MS;
    return { sent: moments.sent - due, answered: moments.answered - due };
  });
  return { sent: late.map(one => one.sent), answered: late.map(one => one.answered), timers: lateTimers };
}

type Note = { entry: string; purpose?: string; at: number };

/** When the first write that reverts was about to be sent, and answered, by run, out of the journals; this machine's clock, as for the start. */
function firstWrites(runs: string): Map<string, { sent: number; answered: number }> {
  const found = new Map<string, { sent: number; answered: number }>();
  for (const run of readdirSync(runs)) {
    const journal = readFileSync(join(runs, run, 'journal.jsonl'), 'utf8');
    const reverts = journal
      .split('\n')
      .filter(line => line.includes('"purpose":"revert"') && line.endsWith('}'))
      .map(line => JSON.parse(line) as Note);
    const at = (entry: string) => reverts.find(note => note.entry === entry)?.at;
    const [sent, answered] = [at('intent'), at('result')];
    if (sent !== undefined && answered !== undefined) found.set(run, { sent, answered });
  }
  return found;
}
