import { parseArgs } from 'node:util';
import { type Stage, stages } from './world.ts';

export interface Options {
  runs: number;
  seed: number;
  stages: readonly Stage[];
  wire: number;
  /** Inputs for each reader of cluster data. */
  fuzz: number;
  /** Stages whose runs are killed as real processes. */
  killed: readonly Stage[];
  onControlPlane: boolean;
  isShort: boolean;
  isOnMutants: boolean;
}

/** Injections of one, two and three writes. */
const FEW = ['config-drift-secret', 'scale-zero', 'secret-deletion', 'rbac-revoke-role', 'network-partition'];

const USAGE = `usage: npm run torture -- [--runs N] [--seed N] [--stage NAME] [--wire N] [--fuzz N] [--no-kill] [--controlplane] [--first] [--mutants]
  --runs N        runs of inject and revert in memory (10000; with --controlplane 0)
  --seed N        the first seed (1); a run is told by its stage and seed
  --stage NAME    only this stage
  --wire N        runs over HTTP, through a proxy that makes the bad weather (50; with --controlplane 300)
  --fuzz N        hostile inputs for the readers of cluster data, all together (100000; with --stage or --controlplane 0)
  --no-kill       leave out the real processes that are killed with SIGKILL: on the sandbox those of a few stages, on a control
                  plane, or with --stage, all
  --controlplane  in front of a real API server rather than the sandbox
  --first         stop at the first failure
  --mutants       put mistakes into the product, one at a time, and see that each is noticed
`;

/** What was asked for; where that is nothing that can be done, the usage, and exit code 2. */
export function options(): Options {
  const refuse = (line = ''): never => {
    process.stderr.write(`${line}${USAGE}`);
    process.exit(2);
  };
  const { values } = given(refuse);
  const isReal = values.controlplane;
  const runs = Number(values.runs ?? (isReal ? 0 : 10_000));
  const wire = Number(values.wire ?? (isReal ? 300 : 50));
  const fuzz = Number(values.fuzz ?? (isReal || values.stage !== undefined ? 0 : 100_000));
  const seed = Number(values.seed);
  if (![runs, wire, fuzz, seed].every(number => Number.isInteger(number) && number >= 0)) refuse();
  const all = stages();
  const chosen = all.filter(({ name }) => values.stage === undefined || name === values.stage);
  if (chosen.length === 0)
    refuse(`expected a stage of ${all.map(({ name }) => name).join(', ')}; found ${values.stage}\n`);
  return {
    runs,
    seed,
    wire,
    fuzz,
    stages: chosen,
    killed: values['no-kill']
      ? []
      : chosen.filter(({ name }) => isReal || values.stage !== undefined || FEW.includes(name)),
    onControlPlane: isReal,
    isShort: values.first,
    isOnMutants: values.mutants,
  };
}

function given(refuse: () => never) {
  try {
    return parseArgs({
      options: {
        runs: { type: 'string' },
        seed: { type: 'string', default: '1' },
        stage: { type: 'string' },
        wire: { type: 'string' },
        fuzz: { type: 'string' },
        'no-kill': { type: 'boolean', default: false },
        controlplane: { type: 'boolean', default: false },
        first: { type: 'boolean', default: false },
        mutants: { type: 'boolean', default: false },
      },
    });
  } catch {
    return refuse();
  }
}
