import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { dayJournalPath, daysFolder } from '../../gameday/journal/day-journal.ts';
import { readDay } from '../../gameday/journal/read-day.ts';
import type { EntryOf } from '../../gameday/journal/record.ts';
import { readRegular } from '../../host/disk/regular.ts';
import { type Files, filesUnder } from '../../host/files.ts';
import { CommandFailure } from '../failure.ts';

/** The journal of a day that has begun. */
export interface BegunDay {
  path: string;
  text: string;
  begin: EntryOf<'begin'>;
}

/** The limit in bytes. A journal is longer than a file that people write. */
const LONGEST = 256 * 1024 * 1024;

/** Reads a journal: the named file, else the newest day of this machine. */
export function readJournal(named: unknown, stateDir: string): BegunDay {
  const path = typeof named === 'string' ? resolve(named) : newestJournal(stateDir);
  const reading = readRegular(path, LONGEST);
  if (reading.is !== 'text') {
    const why = reading.is === 'missing' ? 'found nothing' : `found: ${reading.why}`;
    throw new CommandFailure(`expected the journal of a game-day at ${path}, ${why}`);
  }
  const { begin } = readDay(reading.text.split('\n'));
  if (begin === undefined)
    throw new CommandFailure(`expected the journal of a game-day at ${path}, found a file that does not begin as one`);
  return { path, text: reading.text, begin };
}

/** The journal of the newest day of this machine. */
export function newestJournal(stateDir: string): string {
  const folder = daysFolder(stateDir);
  const days = namesIn(folder).toSorted();
  const last = days.at(-1);
  if (last === undefined)
    throw new CommandFailure(`expected the journal of a game-day, found none in ${folder}: name the file`);
  return dayJournalPath(stateDir, last);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * Decides in which file a day goes on: its own where that is in our folder, else a copy there. If a copy with more entries is already there, that one is
 * used; one with different entries is a failure, since it is not known which of the two is true.
 */
export async function takeOver(day: BegunDay, stateDir: string): Promise<BegunDay & { files: Files }> {
  const files = filesUnder(stateDir);
  const home = dayJournalPath(stateDir, safeName(day.begin.day));
  if (resolve(day.path) === resolve(home)) return { ...day, files };
  const there = await files.read(home);
  if (there?.startsWith(day.text.trimEnd())) return { ...day, path: home, text: there, files };
  if (there !== undefined && !day.text.startsWith(there.trimEnd()))
    throw new CommandFailure(
      `expected one journal of the day ${day.begin.day}, found two that differ: ${day.path} and ${home}; move one of them away`,
    );
  await files.write(home, day.text);
  return { ...day, path: home, files };
}

/** Checks the name of a day. It comes from a file, and must not lead out of our folder. */
function safeName(day: string): string {
  if (/^[\w-]{1,64}$/.test(day)) return day;
  throw new CommandFailure(
    'expected the journal of a game-day, found one whose day has a name that mayday would not give',
  );
}
