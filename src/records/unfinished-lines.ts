import type { Receipt } from '../injection/write/receipt.ts';
import { sameName } from '../k8s/object-ref.ts';
import type { Leftover } from '../revert/scan/unmarked.ts';
import { age } from '../text/duration.ts';
import type { GuardianWork, Unfinished } from './unfinished.ts';

/** What guardians have done since the last run here, and what they are about to do, one line each. */
export function guardianLines(
  work: readonly GuardianWork[],
  unfinished: readonly Unfinished[],
  /** Server time, milliseconds since the epoch. */
  now: number,
): string[] {
  const done = work.map(
    ({ run, experiment, at, isCompared }) =>
      `run ${run} (${experiment}) died with its fault in; ${isCompared ? `its guardian reverted everything at ${clockOf(at)} and read it back` : `at ${clockOf(at)} its guardian found the fault gone without a record of what was there before: the values were not compared`}`,
  );
  const due = unfinished.flatMap(({ run, guardian, written }) =>
    guardian && written.length > 0
      ? [
          `run ${run} died; its guardian (pid ${guardian.pid}) ends the fault ${when(guardian.dueAt - now)}, log ${guardian.log}`,
        ]
      : [],
  );
  return [...done, ...due];
}

/** What a run whose process died left without marks. */
export interface LeftUnmarked extends Leftover {
  run: string;
}

const unmarkedOf = (unfinished: readonly Unfinished[]): LeftUnmarked[] =>
  unfinished.flatMap(({ run, unmarked = [] }) => unmarked.map(leftover => ({ run, ...leftover })));

/** The same as a line of text. */
export const unmarkedSays = ({ run, says }: LeftUnmarked): string => `run ${run} died: ${says}`;

/** What runs whose process died left without marks, a line each: a scan cannot find it. */
export const unmarkedLines = (unfinished: readonly Unfinished[]): string[] => unmarkedOf(unfinished).map(unmarkedSays);

/**
 * The same for one namespace, or for all if `namespace` is undefined. Runs are left out if a verified receipt of their
 * type names an object that they wrote: their injection was restored, or accepted as it is.
 */
export function unmarkedIn(
  unfinished: readonly Unfinished[],
  namespace: string | undefined,
  receipts: readonly Receipt[] = [],
): LeftUnmarked[] {
  const proven = receipts.filter(({ verified }) => verified);
  const isProven = ({ type, written }: Unfinished): boolean =>
    proven.some(receipt => receipt.type === type && written.some(ref => sameName(receipt.object, ref)));
  return unmarkedOf(
    unfinished
      .filter(({ written }) => namespace === undefined || written.some(ref => ref.namespace === namespace))
      .filter(one => !isProven(one)),
  );
}

const clockOf = (at: number): string => new Date(at).toTimeString().slice(0, 8);
const when = (leftMs: number): string => (leftMs > 0 ? `in ${age(leftMs)}` : 'as soon as the cluster lets it');
