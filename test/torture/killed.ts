import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { ObjectRef } from '../../src/kube/object.ts';
import { LATCH } from '../../src/safety/latch.ts';
import { kubeconfigFor } from '../../src/sandbox/http/kubeconfig.ts';
import { program } from '../e2e/providers/program.ts';
import type { Death } from './boundaries.ts';
import type { Ground } from './ground.ts';
import { grounded } from './lane.ts';
import { type Meet, startProxy } from './proxy.ts';
import { differences, type Shot } from './shot.ts';
import type { Stage } from './world.ts';
import { openYard, type Yard } from './yard.ts';

interface Field {
  ground: Ground;
  yard: Yard;
  folder: string;
  kubeconfig: string;
  meet: { now: Meet };
}

/** What is to stand there after every death. */
interface Scene {
  stage: Stage;
  experiment: string;
  refs: readonly ObjectRef[];
  before: Shot;
}

/** Kills real processes with SIGKILL at every write of a run, before it arrives and before its answer does; a fresh one reverts all. */
export async function killedProcesses(
  ground: Ground,
  stages: readonly Stage[],
  tell: (line: string) => void,
): Promise<Death[]> {
  const yard = await openYard(ground, 'shop');
  const meet: Field['meet'] = { now: passOn };
  const proxy = await startProxy(ground.url, (passing, doings) => meet.now(passing, doings), ground.client);
  const folder = await mkdtemp(join(tmpdir(), 'mayday-torture-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigFor(proxy.url, proxy.certificate, ground.token), { mode: 0o600 });
  // Whoever is killed here must find what it left just as it left it.
  await mkdir(join(folder, 'mayday'));
  await writeFile(join(folder, 'mayday/config.yaml'), 'guardian: off\n');
  const all: Death[] = [];
  for (const stage of stages) {
    const died = await deathsOf(grounded(stage), { ground, yard, folder, kubeconfig, meet });
    all.push(...died);
    tell(`${stage.name}: killed at ${died.length} boundaries`);
  }
  await proxy.close();
  await rm(folder, { recursive: true, force: true });
  return all;
}

const passOn: Meet = async (_passing, { forward, answer }) => answer(await forward());

async function deathsOf(stage: Stage, field: Field): Promise<Death[]> {
  const refs = await field.yard.furnish(stage.objects);
  const before = await field.yard.shot(refs);
  const scene = { stage, experiment: await written(stage, field.folder), refs, before };
  const all: Death[] = [];
  // It may write less before it dies than when it lives, never more.
  for (let moment = 1; ; moment += 1) {
    const { death, isDead } = await killedAt(scene, field, moment);
    if (death.lost.length > 0 || isDead) all.push(death);
    if (!isDead) break;
  }
  await field.yard.clear(refs);
  return all;
}

/** The stage's experiment, short, and with a steady state that holds whatever the fault does. */
async function written(stage: Stage, folder: string): Promise<string> {
  const document = parse(await readFile(stage.file, 'utf8'));
  document.spec.hypothesis.recoveryTimeout = '1s';
  document.spec.blastRadius.maxPodsAffected = 50;
  document.spec.steadyState.checks = [
    { type: 'resourceExists', apiVersion: 'v1', kind: 'ConfigMap', name: 'bystander', namespace: 'shop' },
  ];
  const path = join(folder, `${stage.name}.yaml`);
  await writeFile(path, stringify(document));
  return path;
}

/** One process, killed at this moment (each write is two), and a fresh one that reverts all. */
async function killedAt(scene: Scene, field: Field, last: number): Promise<{ death: Death; isDead: boolean }> {
  const { yard, ground, meet } = field;
  const { stage, refs, before } = scene;
  const child = mayday(field, ['run', scene.experiment, '--yes', '--soak', '1s', '-o', 'jsonl']);
  let moments = 0;
  const isLast = (isWrite: boolean) => {
    if (!isWrite || moments >= last) return false;
    moments += 1;
    if (moments === last) child.process.kill('SIGKILL');
    return moments === last;
  };
  meet.now = async ({ isWrite }, { forward, answer, reset }) => {
    if (isLast(isWrite)) return reset();
    const real = await forward();
    return isLast(isWrite) ? reset() : answer(real);
  };
  const { code, stdout, stderr } = await child.ended;
  meet.now = passOn;
  const isDead = code === null;
  const wasIn = differences(before, await yard.shot(refs)).length > 0;
  const reverted = await mayday(field, ['revert', '--all', '--yes', '-o', 'json']).ended;
  // What is reverted all is latched, and the next one is to be injected.
  await ground.api.remove(LATCH);
  const lost = [...differences(before, await yard.shot(refs)), ...complaints(reverted)];
  if (!isDead && moments === 0) lost.push(`nothing was written: ${stderr.trim() || stdout.slice(-600)}`);
  return { isDead, death: { stage: stage.name, during: 'run', moment: last, wasIn, lost } };
}

function complaints({ code, stdout, stderr }: Ended): string[] {
  if (code === 0) return [];
  return [`revert ended with ${code}: ${stderr.trim() || stdout.slice(0, 400)}`];
}

interface Ended {
  /** Null where it was killed. */
  code: number | null;
  stdout: string;
  stderr: string;
}

function mayday(field: Field, args: string[]): { process: ChildProcess; ended: Promise<Ended> } {
  const env = { ...process.env, XDG_STATE_HOME: field.folder, XDG_CONFIG_HOME: field.folder };
  const [node, script] = program();
  const child = spawn(node, [script, ...args, '--kubeconfig', field.kubeconfig], { env });
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
