import { fuzz } from '../hostile/fuzz.ts';
import { type Death, deaths } from './boundaries.ts';
import { onControlPlane, onSandbox } from './ground.ts';
import { killedProcesses } from './killed.ts';
import { allTortured } from './mutation.ts';
import { type Options, options } from './options.ts';
import { deathFigures, type Figures, tableOf, trialFigures } from './report.ts';
import { broken, type Trial, trial } from './trial.ts';
import { wireTrials } from './wire.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const progress = (line: string) => void process.stderr.write(`${line}\n`);
/** Enough to notice each mistake on the list, with room. */
const MUTANT_RUNS = 5_000;

async function inMemory({ runs, seed, stages, isShort }: Options): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (let run = 0; run < runs; run += 1) {
    const stage = stages[run % stages.length];
    if (stage === undefined) break;
    const done = await trial(stage, seed + run).catch(broken(stage, seed + run));
    trials.push(done);
    if (isShort && done.lost.length + done.falselyVerified.length > 0) break;
    if (run > 0 && run % 2500 === 0) progress(`${run} runs…`);
  }
  return trials;
}

async function killedInMemory({ stages, isShort }: Options): Promise<Death[]> {
  const died: Death[] = [];
  for (const stage of stages) {
    died.push(...(await deaths(stage)));
    if (isShort && died.some(({ lost }) => lost.length > 0)) break;
  }
  return died;
}

async function overHttp({ stages, wire, seed, onControlPlane: isReal }: Options): Promise<Figures> {
  const ground = await (isReal ? onControlPlane() : onSandbox());
  const tell = (done: number) => {
    if (done % 25 === 0) progress(`${done} runs over HTTP…`);
  };
  const trials = await wireTrials(ground, stages, { runs: wire, seed, tell });
  await ground.stop();
  return trialFigures(`over HTTP, ${ground.name}`, trials);
}

async function killed({ killed: stages, onControlPlane: isReal }: Options): Promise<Figures> {
  const ground = await (isReal ? onControlPlane() : onSandbox(1));
  const died = await killedProcesses(ground, stages, progress);
  await ground.stop();
  return deathFigures(`SIGKILL at each write, ${ground.name}`, died);
}

async function torture(asked: Options): Promise<boolean> {
  const all: Figures[] = [];
  const isOver = () => asked.isShort && all.some(({ failures }) => failures.length > 0);
  if (asked.runs > 0) {
    all.push(trialFigures('in memory', await inMemory(asked)));
    if (!isOver()) all.push(deathFigures('killed at each record and write', await killedInMemory(asked)));
  }
  if (asked.wire > 0 && !isOver()) all.push(await overHttp(asked));
  if (asked.killed.length > 0 && !isOver()) all.push(await killed(asked));
  const fuzzed = asked.fuzz > 0 && !isOver() ? await fuzz(asked.fuzz, asked.seed) : undefined;
  const failures = [...all.flatMap(figures => figures.failures), ...(fuzzed?.failures ?? [])];
  for (const line of failures.slice(0, 20)) say(`✗ ${line}`);
  for (const line of tableOf(all, new Set(asked.stages.map(({ type }) => type)).size)) say(line);
  if (fuzzed !== undefined)
    say(`hostile inputs ${fuzzed.inputs}   readers broken ${fuzzed.failures.length}   must be 0`);
  return failures.length === 0;
}

async function mutants(): Promise<boolean> {
  const all = await allTortured(MUTANT_RUNS, ({ mutant, isNoticed, says }) =>
    say(`${isNoticed ? 'noticed' : 'MISSED '}  ${mutant.name}: ${says.slice(0, 100)}`),
  );
  const missed = all.filter(({ isNoticed }) => !isNoticed).length;
  say(`mistakes ${all.length}   missed ${missed}   must be 0`);
  return missed === 0;
}

const asked = options();
process.exit((await (asked.isOnMutants ? mutants() : torture(asked))) ? 0 : 1);
