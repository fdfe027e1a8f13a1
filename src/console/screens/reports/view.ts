import type { Comparison, Report } from '../../../report/model.ts';
import type { PastRun } from '../../../report/past.ts';
import type { ConsoleState } from '../../store/state.ts';

/** What is shown in full. */
export type Opened =
  | { is: 'reading'; what: string }
  | { is: 'failed'; what: string; message: string }
  | { is: 'report'; report: Report }
  | { is: 'comparison'; before: Report; now: Report; comparison: Comparison };

/** What was run on this machine, as far as its records are read. */
export interface ReportsView {
  phase: 'none' | 'reading' | 'done' | 'failed';
  runs: readonly PastRun[];
  /** How many there are, read or not. */
  total: number;
  message: string;
  /** The key of the row that the cursor is on. */
  cursor: string | undefined;
  /** Keys of the rows that are marked, two at most. */
  marked: readonly string[];
  opened: Opened | undefined;
  /** Rows by which what is open is scrolled. */
  top: number;
}

export const NO_REPORTS: ReportsView = {
  phase: 'none',
  runs: [],
  total: 0,
  message: '',
  cursor: undefined,
  marked: [],
  opened: undefined,
  top: 0,
};

/** What names a row, whatever is read or run in between. */
export const pastKey = ({ kind, id }: Pick<PastRun, 'kind' | 'id'>): string => `${kind} ${id}`;

/** The row under the cursor, else the newest. */
export const chosenPast = ({ reports: { runs, cursor } }: Pick<ConsoleState, 'reports'>): PastRun | undefined =>
  runs.find(run => pastKey(run) === cursor) ?? runs[0];

/** The two marked rows, the older first; undefined while there are fewer. */
export function markedPair({
  reports: { runs, marked },
}: Pick<ConsoleState, 'reports'>): { before: PastRun; now: PastRun } | undefined {
  const [before, now] = runs
    .filter(run => marked.includes(pastKey(run)))
    .toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  return before && now ? { before, now } : undefined;
}
