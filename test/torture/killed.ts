import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { systemClock } from '../../src/kube/clock.ts';
import { kubeconfigFor } from '../../src/sandbox/http/kubeconfig.ts';
import type { Death } from './boundaries.ts';
import { type Meet, startProxy, type TroubleProxy } from './proxy.ts';
import { differences } from './shot.ts';
import type { Stage } from './world.ts';
import { openYard, type Yard } from './yard.ts';

const MAYDAY = join(import.meta.dirname, '../../src/bin/mayday.ts');
/** Recorded injections of one, two and three writes, by which processes are killed for real. */
export const KILLED = ['config-drift-secret', 'scale-zero', 'secret-deletion', 'rbac-revoke-role', 'network-partition'];

interface Field {
  yard: Yard;
  proxy: TroubleProxy;
  folder: string;
  kubeconfig: string;
  experiment: string;
  meet: { now: Meet };
}

/** Kills real processes with SIGKILL at every write of a run against the sandbox, before it arrives and before its answer does. */
export async function killedProcesses(stages: readonly Stage[], say: (line: string) => void): Promise<Death[]> {
  const yard = await openYard(systemClock);
  const meet: Field['meet'] = { now: passOn };
  const proxy = await startProxy(yard.url, (passing, doings) => meet.now(passing, doings));
  const all: Death[] = [];
  for (const stage of stages.filter(({ name }) => KILLED.includes(name))) {
    const field = await prepared(stage, yard, proxy, meet);
    const whole = await killedAt(stage, field, Number.POSITIVE_INFINITY);
    for (let moment = 1; moment <= whole.moments; moment += 1) {
      const { death } = await killedAt(stage, field, moment);
      all.push(death);
    }
    say(`${stage.name}: killed at ${whole.moments} boundaries`);
  }
  await proxy.close();
  await yard.close();
  return all;
}

const passOn: Meet = async (_passing, { forward, answer }) => answer(await forward());

async function prepared(stage: Stage, yard: Yard, proxy: TroubleProxy, meet: Field['meet']): Promise<Field> {
  const folder = await mkdtemp(join(tmpdir(), 'mayday-torture-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigFor(proxy.url, proxy.certificate, yard.token), { mode: 0o600 });
  // Whoever is killed here must find what it left just as it left it.
  await mkdir(join(folder, 'mayday'));
  await writeFile(join(folder, 'mayday/config.yaml'), 'guardian: off\n');
  const document = parse(
    await readFile(new URL(`../fixtures/stuck/${stage.name}.experiment.yaml`, import.meta.url), 'utf8'),
  );
  document.spec.hypothesis.recoveryTimeout = '1s';
  document.spec.steadyState.checks = [
    { type: 'resourceExists', apiVersion: 'v1', kind: 'ConfigMap', name: 'bystander', namespace: 'shop' },
  ];
  const experiment = join(folder, 'experiment.yaml');
  await writeFile(experiment, stringify(document));
  return { yard, proxy, folder, kubeconfig, experiment, meet };
}

/** One process, killed at this moment (each write is two), and a fresh one that reverts all. */
async function killedAt(stage: Stage, field: Field, last: number): Promise<{ moments: number; death: Death }> {
  const { yard, meet } = field;
  const refs = stage.objects.map(({ apiVersion, kind, metadata: { name, namespace } }) => ({
    apiVersion,
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  }));
  await yard.furnish(stage.objects);
  const before = await yard.shot(refs);
  const child = mayday(field, ['run', field.experiment, '--yes', '--soak', '1s', '-o', 'jsonl']);
  let moments = 0;
  const isLast = (isWrite: boolean) => {
    if (!isWrite) return false;
    moments += 1;
    if (moments === last) child.process.kill('SIGKILL');
    return moments === last;
  };
  meet.now = async ({ isWrite }, { forward, answer, reset }) => {
    if (isLast(isWrite)) return reset();
    const real = await forward();
    return isLast(isWrite) ? reset() : answer(real);
  };
  await child.ended;
  meet.now = passOn;
  const wasIn = differences(before, await yard.shot(refs)).length > 0;
  const reverted = await mayday(field, ['revert', '--all', '--yes', '-o', 'json']).ended;
  await mayday(field, ['latch', 'off']).ended;
  const lost = [...differences(before, await yard.shot(refs)), ...complaints(reverted)];
  return { moments, death: { stage: stage.name, during: 'run', moment: last, wasIn, lost } };
}

function complaints({ code, stdout, stderr }: Ended): string[] {
  if (code === 0) return [];
  return [`revert ended with ${code}: ${stderr.trim() || stdout.slice(0, 400)}`];
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function mayday(field: Field, args: string[]): { process: ChildProcess; ended: Promise<Ended> } {
  const env = { ...process.env, XDG_STATE_HOME: field.folder, XDG_CONFIG_HOME: field.folder };
  const child = spawn(process.execPath, [MAYDAY, ...args, '--kubeconfig', field.kubeconfig], { env });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  // Not `close`: a guardian that outlives the process may hold the pipes.
  const ended = new Promise<Ended>(resolve =>
    child.once('exit', code => setTimeout(() => resolve({ code, stdout, stderr }), 50)),
  );
  return { process: child, ended };
}
