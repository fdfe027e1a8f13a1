import type { JournalRecord } from '../../../src/injection/write/journal.ts';
import type { RunJournal } from '../../../src/run/deps.ts';
import type { RunEvent } from '../../../src/run/event.ts';

/** A journal in memory. */
export function recordingJournal(): RunJournal & {
  records: JournalRecord[];
  events: RunEvent[];
  ended: { verdict: string; residue: number }[];
} {
  const records: JournalRecord[] = [];
  const events: RunEvent[] = [];
  const ended: { verdict: string; residue: number }[] = [];
  return {
    records,
    events,
    ended,
    append: async record => void records.push(record),
    event: async event => void events.push(event),
    reverted: async () => undefined,
    end: async verdict => void ended.push(verdict),
  };
}
