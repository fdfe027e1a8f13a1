import type { Inspection } from '../../../health/inspect/inspection.ts';
import type { ObjectRef } from '../../../k8s/object.ts';
import type { Clean } from '../../../text/sanitise.ts';

/** Lines of a log that are kept; older ones are dropped, and counted. */
export const MOST_LOG_LINES = 5_000;

/** One log on the screen. */
export interface LogView {
  container: string;
  previous: boolean;
  lines: readonly Clean[];
  /** Lines that were read and are no longer kept. */
  dropped: number;
  /** Set where the server cut its answer: there are older lines that were never read. */
  isCut: boolean;
  message: string;
  /** At the newest line; scrolling back stops it. */
  follows: boolean;
}

/** The object that is looked at. */
export interface ObjectView {
  /** The last is shown; `esc` goes back to the one before. */
  trail: readonly ObjectRef[];
  phase: 'reading' | 'ready' | 'failed';
  inspection: Inspection | undefined;
  message: string;
  shows: 'about' | 'yaml' | 'log';
  top: number;
  log: LogView | undefined;
}

export const NO_OBJECT: ObjectView = {
  trail: [],
  phase: 'reading',
  inspection: undefined,
  message: '',
  shows: 'about',
  top: 0,
  log: undefined,
};

/** The log with these lines behind it, and no more than are kept. */
export function withLines(log: LogView, lines: readonly Clean[], isCut: boolean): LogView {
  const all = [...log.lines, ...lines];
  const dropped = Math.max(0, all.length - MOST_LOG_LINES);
  return { ...log, lines: all.slice(dropped), dropped: log.dropped + dropped, isCut: log.isCut || isCut, message: '' };
}
