import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { ObjectRef } from '../../src/k8s/object.ts';
import { LATCH } from '../../src/safety/latch.ts';
import { kubeconfigFor } from '../../src/sandbox/http/kubeconfig.ts';
import { program } from '../e2e/providers/program.ts';
import { outputOf } from '../support/output-of.ts';
import type { Death } from './boundaries.ts';
import type { Ground } from './ground.ts';
import { grounded } from './lane.ts';
import { type Meet, startProxy } from './proxy.ts';
import { differences, type Snapshot } from './snapshot.ts';
import { openTrialNamespace, type TrialNamespace } from './trial-namespace.ts';
import type { Stage } from './world.ts';

interface Field {
  ground: Ground;
  space: TrialNamespace;
  folder: string;
  kubeconfig: string;
  meet: { now: Meet };
}

/** What is to stand there after every death. */
interface Scene {
  stage: Stage;
  experiment: string;
  refs: readonly ObjectRef[];
  before: Snapshot;
}

/**
 * Kills real processes with SIGKILL at every write of a run, and of the revert of one that died, before it arrives and before its
 * answer does; a fresh one reverts all.
 */
export async function killedProcesses(
  ground: Ground,
  stages: readonly Stage[],
  tell: (line: string) => void,
): Promise<Death[]> {
  const space = await openTrialNamespace(ground, 'shop');
  const meet: Field['meet'] = { now: passOn };
  const proxy = await startProxy(ground.url, (passing, doings) => meet.now(passing, doings), ground.client);
  const folder = await mkdtemp(join(tmpdir(), 'mayday-torture-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigFor(proxy.url, proxy.certificate, ground.token), { mode: 0o600 });
  // Whoever is killed here must find what it left just as it left it.
  await mkdir(join(folder, 'mayday'), { mode: 0o700 });
  await writeFile(join(folder, 'mayday/config.yaml'), 'guardian: off\n');
  const all: Death[] = [];
  for (const stage of stages) {
    const died = await deathsOf(grounded(stage), { ground, space, folder, kubeconfig, meet });
    all.push(...died);
    tell(`${stage.name}: killed at ${died.length} boundaries`);
  }
  await proxy.close();
  await rm(folder, { recursive: true, force: true });
  return all;
}

const passOn: Meet = async (_passing, { forward, answer }) => answer(await forward());

async function deathsOf(stage: Stage, field: Field): Promise<Death[]> {
  const refs = await field.space.furnish(stage.objects);
  const before = await field.space.shot(refs);
  const scene = { stage, experiment: await written(stage, field.folder), refs, before };
  const runs = await untilItLives(moment => killedAt(scene, field, { run: moment }));
  // The last moment at which it leaves as much as it ever does.
  const deepest = runs.findLast(({ wasIn }) => wasIn)?.moment;
  const reverts =
    deepest === undefined ? [] : await untilItLives(moment => killedAt(scene, field, { run: deepest, revert: moment }));
  await field.space.clear(refs);
  return [...runs, ...reverts];
}

/** A death at each moment until there are no more. The one that lives counts only where it lost something. */
async function untilItLives(kill: (moment: number) => Promise<{ death: Death; isDead: boolean }>): Promise<Death[]> {
  const all: Death[] = [];
  for (let moment = 1; ; moment += 1) {
    const { death, isDead } = await kill(moment);
    if (death.lost.length > 0 || isDead) all.push(death);
    if (!isDead) return all;
  }
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

/** Which moments of the run, and of the revert after it, are the last; each write is two. */
interface Last {
  run: number;
  revert?: number;
}

/** A run that is killed, perhaps a revert that is killed too, and a fresh process that reverts all. */
async function killedAt(scene: Scene, field: Field, last: Last): Promise<{ death: Death; isDead: boolean }> {
  const { stage, refs, before, experiment } = scene;
  const changed = async () => differences(before, await field.space.shot(refs));
  let died = await killedProcess(field, ['run', experiment, '--yes', '--soak', '1s', '-o', 'jsonl'], last.run);
  let wasIn = (await changed()).length > 0;
  if (last.revert !== undefined) {
    died = await killedProcess(field, REVERT, last.revert);
    wasIn = (await changed()).length > 0;
  }
  const reverted = await mayday(field, REVERT).ended;
  // What is reverted all is latched, and the next one is to be injected.
  await field.ground.api.remove(LATCH);
  const nothing = died.moments === 0 ? [`nothing was written: ${died.stderr.trim()}`] : [];
  const lost = [...(await changed()), ...complaints(reverted), ...nothing];
  const during = last.revert === undefined ? 'run' : 'revert';
  const isDead = died.code === null;
  return { isDead, death: { stage: stage.name, during, moment: last.revert ?? last.run, wasIn, lost } };
}

const REVERT = ['revert', '--all', '--yes', '-o', 'json'];

/** A process that is killed at this moment; it lives where it does not come to it. */
async function killedProcess(field: Field, args: string[], last: number): Promise<Ended & { moments: number }> {
  const child = mayday(field, args);
  let moments = 0;
  const isLast = (isWrite: boolean) => {
    if (!isWrite || moments >= last) return false;
    moments += 1;
    if (moments === last) child.process.kill('SIGKILL');
    return moments === last;
  };
  field.meet.now = async ({ isWrite }, { forward, answer, reset }) => {
    if (isLast(isWrite)) return reset();
    const real = await forward();
    return isLast(isWrite) ? reset() : answer(real);
  };
  const ended = await child.ended;
  field.meet.now = passOn;
  return { ...ended, moments };
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
  const output = outputOf(child);
  // Not `close`: a guardian that outlives the process may hold the pipes.
  const ended = new Promise<Ended>(resolve =>
    child.once('exit', code => setTimeout(() => resolve({ code, ...output }), 50)),
  );
  return { process: child, ended };
}
