import type { FaultType } from '../faults/types.ts';
import type { Phase } from '../run/event.ts';
import type { EntryEnd, Left, SuiteEvent } from './event.ts';
import type { JournalEntry } from './journal.ts';

/** One row of the table of a suite. Times in milliseconds since the epoch, server time. */
export interface SuiteRow {
  key: string;
  operator: string;
  type: FaultType;
  tier: number;
  state: 'waiting' | 'gate' | 'running' | 'done' | 'not-run';
  since?: number;
  /** Why it waits or was not run. */
  says?: string;
  phase?: Phase;
  injectedAt?: number;
  ttlDeadline?: number;
  recoveryDeadline?: number;
  isReverted?: boolean;
  end?: EntryEnd;
}

/** What the table shows of a run before it begins. */
export type SuiteLabel = Pick<JournalEntry, 'key' | 'operator' | 'type' | 'tier'>;

/** The state of a suite, for display. */
export interface SuiteView {
  rows: SuiteRow[];
  left: Left & { /** When that was so. */ at: number };
  end?: { exitCode: number; says: string };
}

/** The state of a suite before its first event; `done` has the results from an earlier process. */
export function viewOf(entries: readonly SuiteLabel[], done: ReadonlyMap<string, EntryEnd>): SuiteView {
  return {
    rows: entries.map(({ key, operator, type, tier }) => {
      const end = done.get(key);
      return { key, operator, type, tier, ...(end === undefined ? { state: 'waiting' } : { state: 'done', end }) };
    }),
    left: { waiting: entries.length, running: 0, longestMs: 0, at: 0 },
  };
}

/** The state of the suite after one more event. */
export function viewAfter(view: SuiteView, event: SuiteEvent): SuiteView {
  const next = 'left' in event ? { ...view, left: { ...event.left, at: event.at } } : view;
  if (event.event === 'end') return { ...next, end: { exitCode: event.exitCode, says: event.says } };
  if (!('key' in event)) return next;
  return { ...next, rows: next.rows.map(row => (row.key === event.key ? { ...row, ...changeBy(event, row) } : row)) };
}

function changeBy(event: Extract<SuiteEvent, { key: string }>, row: SuiteRow): Partial<SuiteRow> {
  switch (event.event) {
    case 'started':
      return { state: 'gate', since: event.at };
    case 'waiting':
      return { says: event.says };
    case 'not-run':
      return { state: 'not-run', says: event.says };
    case 'finished': {
      const { event: _event, at: _at, suite: _suite, key: _key, left: _left, ...end } = event;
      return { state: 'done', end };
    }
    case 'run': {
      const { of } = event;
      if (of.event === 'phase') return { state: 'running', phase: of.phase };
      if (of.event === 'injected') {
        const { ttlDeadline, recoveryDeadline } = of;
        return { injectedAt: of.at, recoveryDeadline, ...(ttlDeadline === undefined ? {} : { ttlDeadline }) };
      }
      if (of.event === 'reverted') return { isReverted: of.remaining === 0 };
      return row.state === 'gate' ? { state: 'running' } : {};
    }
  }
}
