import { parseArgs } from 'node:util';
import { type Death, deaths } from './boundaries.ts';
import { killedProcesses } from './killed.ts';
import { deathFigures, type Figures, trialFigures } from './report.ts';
import { type Trial, trial } from './trial.ts';
import { wireTrials } from './wire.ts';
import { type Stage, stages } from './world.ts';

const USAGE = `usage: npm run torture -- [--runs N] [--seed N] [--stage NAME] [--wire N] [--no-kill]
  --runs N      runs of inject and revert in memory (10000)
  --seed N      the first seed (1); a run is told by its stage and seed
  --stage NAME  only this stage
  --wire N      runs over HTTP, through a proxy before the sandbox (25)
  --no-kill     leave out the real processes that are killed with SIGKILL
`;

function options() {
  try {
    const { values } = parseArgs({
      options: {
        runs: { type: 'string', default: '10000' },
        seed: { type: 'string', default: '1' },
        stage: { type: 'string' },
        wire: { type: 'string', default: '25' },
        'no-kill': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const numbers = { runs: Number(values.runs), seed: Number(values.seed), wire: Number(values.wire) };
    if (!values.help && Object.values(numbers).every(number => Number.isInteger(number) && number >= 0))
      return { ...numbers, stage: values.stage, isKilling: !values['no-kill'] };
  } catch {
    // What was asked for is no option of this; the usage says which are.
  }
  process.stderr.write(USAGE);
  process.exit(2);
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** A run that breaks is a failure like any other, and its seed shows it again. */
function broken({ name, type }: Stage, seed: number, error: unknown): Trial {
  const lost = [`it broke: ${error instanceof Error ? error.message : String(error)}`];
  return { seed, stage: name, type, injected: false, lost, falselyVerified: [], struck: new Map() };
}

async function inMemory(all: readonly Stage[], runs: number, seed: number): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (let run = 0; run < runs; run += 1) {
    const stage = all[run % all.length];
    if (stage !== undefined)
      trials.push(await trial(stage, seed + run).catch(error => broken(stage, seed + run, error)));
    if (run > 0 && run % 2500 === 0) process.stderr.write(`${run} runs…\n`);
  }
  return trials;
}

async function killed(all: readonly Stage[]): Promise<Death[]> {
  const died: Death[] = [];
  for (const stage of all) died.push(...(await deaths(stage)));
  return died;
}

const { runs, seed, stage, wire, isKilling } = options();
const all = stages().filter(({ name }) => stage === undefined || name === stage);
if (all.length === 0) {
  process.stderr.write(
    `expected a stage of ${stages()
      .map(({ name }) => name)
      .join(', ')}; found ${stage}\n`,
  );
  process.exit(2);
}
let failed = 0;
const tell = (title: string, { lines, failures }: Figures) => {
  say(`\n${title}`);
  for (const line of lines) say(`  ${line}`);
  for (const line of failures.slice(0, 20)) say(`  ✗ ${line}`);
  failed += failures.length;
};
if (runs > 0) tell(`in memory, seeds from ${seed}`, trialFigures(await inMemory(all, runs, seed)));
if (runs > 0) tell('killed at each record and write', deathFigures(await killed(all), 'tried'));
if (wire > 0) tell('over HTTP through a proxy', trialFigures(await wireTrials(all, wire, seed)));
if (isKilling)
  tell(
    'real processes, SIGKILL at each write',
    deathFigures(await killedProcesses(all, line => process.stderr.write(`${line}\n`)), 'tried'),
  );
process.exit(failed === 0 ? 0 : 1);
