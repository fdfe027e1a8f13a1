import { spawn } from 'node:child_process';
import { MUTANTS, type Mutant } from './mutants.ts';

/** Whether the torture notices the mistake, and what it says of it. */
export interface Noticed {
  mutant: Mutant;
  isNoticed: boolean;
  says: string;
}

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

/** Every mistake on the list. */
export async function allTortured(runs: number, tell: (noticed: Noticed) => void): Promise<Noticed[]> {
  const all: Noticed[] = [];
  for (const mutant of MUTANTS) {
    const noticed = await tortured(mutant, runs);
    tell(noticed);
    all.push(noticed);
  }
  return all;
}
