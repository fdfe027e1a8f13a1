import type { RunEvent, Verdict } from '../run/event.ts';

/** How one run of a suite ended. */
export interface EntryEnd {
  run: string;
  verdict: Verdict;
  reasons: string[];
  /** The exit code of this run alone. */
  exitCode: number;
  residue: number;
  restoredBy: string;
  recoveryMs?: number;
  /** Whether it was interrupted; then a resumed suite runs it again. */
  interrupted?: string;
  recordPath?: string;
}

/** What is left to do at the time of an event. */
export interface Left {
  waiting: number;
  running: number;
  /** The longest time that it can take, milliseconds of the suite's clock. */
  longestMs: number;
}

/** An event of a suite. Events of its runs are inside `run`. */
export type SuiteEventBody =
  | { event: 'begin'; entries: string[]; done: string[]; parallel: number; left: Left }
  /** Waits because it is not steady or locked; sent again whenever the reason changes. */
  | { event: 'waiting'; key: string; says: string; limitMs: number }
  | { event: 'started'; key: string; left: Left }
  | { event: 'run'; key: string; of: RunEvent }
  | ({ event: 'finished'; key: string; left: Left } & EntryEnd)
  | { event: 'not-run'; key: string; says: string }
  | { event: 'note'; says: string }
  | { event: 'end'; exitCode: number; says: string };

/** `at` in milliseconds since the epoch, server time. */
export type SuiteEvent = SuiteEventBody & { at: number; suite: string };
