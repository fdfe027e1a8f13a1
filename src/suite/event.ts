import type { RunEvent, Verdict } from '../run/event.ts';

/** How one run of a suite ended. */
export interface EntryEnd {
  run: string;
  verdict: Verdict;
  reasons: string[];
  /** What the command line exits with after this run alone. */
  exitCode: number;
  residue: number;
  restoredBy: string;
  recoveryMs?: number;
  /** It was cut short: a resumed suite runs it again. */
  interrupted?: string;
  recordPath?: string;
}

/** What is left to do, at the moment of an event. */
export interface Left {
  waiting: number;
  running: number;
  /** The longest that it can take, milliseconds of the suite's clock. */
  longestMs: number;
}

/** One thing that a suite tells. Its runs' own events come inside `run`. */
export type SuiteHappening =
  | { event: 'begin'; entries: string[]; done: string[]; parallel: number; left: Left }
  /** Not steady yet, or locked: what it waits for, told again whenever that changes. */
  | { event: 'waiting'; key: string; says: string; limitMs: number }
  | { event: 'started'; key: string; left: Left }
  | { event: 'run'; key: string; of: RunEvent }
  | ({ event: 'finished'; key: string; left: Left } & EntryEnd)
  | { event: 'not-run'; key: string; says: string }
  | { event: 'note'; says: string }
  | { event: 'end'; exitCode: number; says: string };

/** `at` in milliseconds since the epoch, server time. */
export type SuiteEvent = SuiteHappening & { at: number; suite: string };
