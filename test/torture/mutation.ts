import { execFile, spawn } from 'node:child_process';
import { MUTANTS, type Mutant } from './mutants.ts';

/** Whether the torture notices the mistake, and what it says of it. */
export interface Noticed {
  mutant: Mutant;
  isNoticed: boolean;
  says: string;
}

/** Puts the mistake in and sees whether what must notice it does: the tests that it names, else the torture for so many runs. */
const tried = (mutant: Mutant, runs: number): Promise<Noticed> =>
  mutant.test === undefined ? tortured(mutant, runs) : tested(mutant, mutant.test);

const path = (name: string): string => `${import.meta.dirname}/${name}`;

/** Tortures the product with this mistake in it, in a process of its own, until the first failure or for so many runs. */
export function tortured(mutant: Mutant, runs: number): Promise<Noticed> {
  const stage = mutant.stage === undefined ? [] : ['--stage', mutant.stage];
  const args = ['--import', path('mutate.ts'), path('main.ts'), '--runs', `${runs}`, '--wire', '0', '--no-kill'];
  const env = { ...process.env, MAYDAY_MUTANT: mutant.name };
  const child = spawn(process.execPath, [...args, ...stage, '--first'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  return new Promise(resolve =>
    child.once('close', code => {
      const failure = said.split('\n').find(line => line.startsWith('✗'));
      // Any other end says that the mistake could not be put in, or that it breaks everything.
      resolve({ mutant, isNoticed: code === 1 && failure !== undefined, says: failure ?? said });
    }),
  );
}

/** Runs the tests of that file with this mistake in the product. */
function tested(mutant: Mutant, file: string): Promise<Noticed> {
  const vitest = path('../../node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--config', path('mutants.config.ts'), '--reporter=tap-flat', `test/${file}`];
  const env = { ...process.env, MAYDAY_MUTANT: mutant.name };
  return new Promise(resolve =>
    execFile(process.execPath, args, { env, maxBuffer: 64 * 1024 * 1024 }, (_failure, stdout, stderr) => {
      const failed = failedIn(stdout);
      // No test that failed: the mistake was missed, or could not be put in.
      resolve({ mutant, isNoticed: failed.length > 0, says: failed[0] ?? `${stderr}${stdout}` });
    }),
  );
}

/** The names of the tests that failed. A file that could not be loaded has none. */
const failedIn = (report: string): string[] =>
  [...report.matchAll(/^not ok \d+ - .* > (.+?)(?: # time=.*)?$/gm)].map(([, name = '']) => `fails: ${name}`);

/** Every mistake on the list. */
export async function allTortured(runs: number, tell: (noticed: Noticed) => void): Promise<Noticed[]> {
  const all: Noticed[] = [];
  for (const mutant of MUTANTS) {
    const noticed = await tried(mutant, runs);
    tell(noticed);
    all.push(noticed);
  }
  return all;
}
