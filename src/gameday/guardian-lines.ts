import { age } from '../text/duration.ts';
import type { GuardianWork, Unfinished } from './sweep.ts';

/** What guardians have done since the last run here, and what they are about to do; one line each, none where there is nothing to tell. */
export function guardianLines(
  work: GuardianWork | undefined,
  dead: readonly Unfinished[],
  /** Server time, milliseconds since the epoch. */
  now: number,
): string[] {
  const done =
    work &&
    `the last run here (${work.run}, ${work.experiment}) died with its fault in; its guardian put everything back at ${clockOf(work.at)} and read it again`;
  const due = dead.flatMap(({ run, guardian, written }) =>
    guardian && written.length > 0
      ? [
          `run ${run} died; its guardian (pid ${guardian.pid}) ends the fault ${when(guardian.dueAt - now)}, log ${guardian.log}`,
        ]
      : [],
  );
  return done === undefined ? due : [done, ...due];
}

const clockOf = (at: number): string => new Date(at).toTimeString().slice(0, 8);
const when = (leftMs: number): string => (leftMs > 0 ? `in ${age(leftMs)}` : 'as soon as the cluster lets it');
