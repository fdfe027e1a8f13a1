import type { Receipt } from '../injection/write/receipt.ts';
import { sameName } from '../k8s/object-ref.ts';
import { age } from '../text/duration.ts';
import type { GuardianWork, Unfinished } from './unfinished.ts';

/** What guardians have done since the last run here, and what they are about to do, one line each. */
export function guardianLines(
  work: readonly GuardianWork[],
  dead: readonly Unfinished[],
  /** Server time, milliseconds since the epoch. */
  now: number,
): string[] {
  const done = work.map(
    ({ run, experiment, at }) =>
      `run ${run} (${experiment}) died with its fault in; its guardian put everything back at ${clockOf(at)} and read it again`,
  );
  const due = dead.flatMap(({ run, guardian, written }) =>
    guardian && written.length > 0
      ? [
          `run ${run} died; its guardian (pid ${guardian.pid}) ends the fault ${when(guardian.dueAt - now)}, log ${guardian.log}`,
        ]
      : [],
  );
  return [...done, ...due];
}

/** What dead runs have left without marks, a line each: a scan cannot find it. */
export const unmarkedLines = (dead: readonly Unfinished[]): string[] =>
  dead.flatMap(({ run, unmarked = [] }) => unmarked.map(line => `run ${run} died: ${line}`));

/**
 * The same, of one namespace or of all, and without runs whose injection was just proven restored (its receipt names one of the objects that it wrote): a scan finds no mark of theirs, and
 * only this machine's journals know of them.
 */
export function unmarkedIn(
  dead: readonly Unfinished[],
  namespace: string | undefined,
  receipts: readonly Receipt[] = [],
): string[] {
  const proven = receipts.filter(({ verified }) => verified).map(({ object }) => object);
  return unmarkedLines(
    dead
      .filter(({ written }) => namespace === undefined || written.some(ref => ref.namespace === namespace))
      .filter(({ written }) => !written.some(ref => proven.some(object => sameName(object, ref)))),
  );
}

const clockOf = (at: number): string => new Date(at).toTimeString().slice(0, 8);
const when = (leftMs: number): string => (leftMs > 0 ? `in ${age(leftMs)}` : 'as soon as the cluster lets it');
