import type { Restore } from '../../faults/contract.ts';
import type { Execution } from '../../injection/write/executor.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { shownBy } from '../read-back/not-held.ts';

/** For what a person, or a namespace that is going, may clear up soon; milliseconds. */
const SHORT_MS = 5_000;

/** Why waiting does not help after the server refused a write, and what a person can do. */
export interface Refusal {
  /** For how long another attempt makes sense, milliseconds; 0: not at all. */
  retryForMs: number;
  /** With the values that tell what is to be done. */
  message: string;
  notHeld?: { original: string; live: string };
}

/** A refusal that will last; undefined where another attempt may well succeed. */
export function lastingRefusal({ steps, message }: Execution, restore: Restore): Refusal | undefined {
  const last = steps.at(-1);
  if (last?.outcome !== 'failed' || last.failure === undefined) return undefined;
  const name = nameOf(last.write.on);
  const found = REFUSALS.find(({ says }) => says.test(last.failure?.message ?? ''));
  if (found === undefined) return undefined;
  const { original, live } = shownBy(restore);
  const values = original === undefined ? restore.says : `original ${original}, now ${live}`;
  return {
    retryForMs: found.retryForMs,
    message: `${message}; ${values}; ${found.remedy(name)}`,
    ...(original === undefined || live === undefined ? {} : { notHeld: { original, live } }),
  };
}

interface Known {
  says: RegExp;
  retryForMs: number;
  remedy(name: string): string;
}

const REFUSALS: readonly Known[] = [
  {
    says: /field is immutable/i,
    retryForMs: 0,
    remedy: name =>
      `waiting does not help: save ${name} as YAML, put the original into it, and make it again with kubectl replace --force; then revert again, which takes the marks off`,
  },
  {
    says: /exceeded quota/,
    retryForMs: SHORT_MS,
    remedy: () => 'make room: raise that quota, or delete what is not needed and counts in it; then revert again',
  },
  {
    says: /because it is being terminated/,
    retryForMs: SHORT_MS,
    remedy: name =>
      `its namespace is Terminating and takes nothing new: once that is gone, make the namespace again, then revert again to put ${name} back`,
  },
];
