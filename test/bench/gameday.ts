import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dayJournalPath, openDayJournal } from '../../src/gameday/journal/day-journal.ts';
import { filesUnder } from '../../src/host/files.ts';
import type { Figure } from './figure.ts';
import { median, quantile } from './statistics.ts';

const RECORDS = 2_000;

/** One record after the other into the journal of a game-day, each synced to the disk before the next. */
export async function appendToDay(): Promise<Figure[]> {
  const state = join(mkdtempSync(join(tmpdir(), 'mayday-bench-')), 'state');
  const options = { isNew: true, session: 's' };
  const journal = await openDayJournal(filesUnder(state), dayJournalPath(state, 'day'), () => Date.now(), options);
  const times: number[] = [];
  for (let i = 0; i < RECORDS; i += 1) {
    const began = performance.now();
    await journal.add({ kind: 'note', text: `note ${i}`, by: { name: 'Ana', role: 'owner' } });
    times.push(performance.now() - began);
  }
  await journal.close();
  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  return [
    {
      what: `append to a game-day's journal, p99 of ${RECORDS}, each synced`,
      measured: `${ms(quantile(times, 0.99))} (median ${ms(median(times))})`,
      budget: 'none',
    },
  ];
}
