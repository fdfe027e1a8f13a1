import { spawn } from 'node:child_process';
import { outputOf } from '../../support/output-of.ts';
import type { Ended } from '../providers/kubectl.ts';
import { program } from '../providers/program.ts';

/** One line of `run -o jsonl`; only what these journeys look at. */
export interface Said {
  readonly event: string;
  readonly run: string;
  readonly [member: string]: unknown;
}

/** The last line of a run. */
export interface Verdict extends Said {
  readonly verdict: string;
  readonly reasons: readonly string[];
  readonly selfHealed: boolean;
  readonly restoredBy: string;
  readonly residue: number;
}

/** A mayday that runs as a process of its own. */
export interface Running {
  /** Resolves with the first line of standard output that is such an event; rejects when the process ends without it. */
  event(name: string, where?: (said: Said) => boolean): Promise<Said>;
  /** The same of any line. */
  line(where: (said: Said) => boolean): Promise<Said>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

/** Starts the product with these words. Nobody is there to be asked, and no colour. */
export function startMayday(words: readonly string[], env: Readonly<Record<string, string>>): Running {
  const [node, script] = program();
  const child = spawn(node, [script, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  const listeners = new Set<() => void>();
  const output = outputOf(child, () => {
    for (const listener of [...listeners]) listener();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code: code ?? (signal === 'SIGKILL' ? 137 : 1), ...output }));
  });
  const line = (where: (said: Said) => boolean, name = 'such a line'): Promise<Said> =>
    new Promise((resolve, reject) => {
      const look = (): boolean => {
        const found = eventsIn(output.stdout).find(where);
        if (found === undefined) return false;
        listeners.delete(look);
        resolve(found);
        return true;
      };
      listeners.add(look);
      look();
      void ended.then(({ code }) => {
        if (!look())
          reject(new Error(`mayday ended with ${code} and without ${name}:\n${output.stdout}${output.stderr}`));
      });
    });
  return {
    line,
    event: (name, where = () => true) => line(said => said.event === name && where(said), name),
    signal: name => child.kill(name),
    ended,
  };
}

/** The whole JSON lines of an output, in order. */
export function eventsIn(stdout: string): Said[] {
  const whole = stdout.slice(0, stdout.lastIndexOf('\n') + 1);
  return whole.split('\n').flatMap(line => (line.startsWith('{') ? [JSON.parse(line) as Said] : []));
}

/** The verdict that ends a run's output; throws with everything it said when there is none. */
export function verdictOf({ stdout, stderr }: Ended): Verdict {
  const last = eventsIn(stdout).at(-1);
  if (last?.event === 'verdict') return last as Verdict;
  throw new Error(`expected a verdict last, found:\n${stdout}${stderr}`);
}
