import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { dayJournalPath, daysFolder } from '../gameday/journal/day-journal.ts';
import { readDay } from '../gameday/journal/read-day.ts';
import type { EntryOf } from '../gameday/journal/record.ts';
import { readRegular } from '../host/disk/regular.ts';
import { type Files, filesUnder } from '../host/files.ts';
import { CommandFailure } from './failure.ts';

/** The journal of a day that began, and where it goes on. */
export interface BegunDay {
  path: string;
  text: string;
  begin: EntryOf<'begin'>;
}

/** A day's journal is longer than what people write. */
const LONGEST = 256 * 1024 * 1024;

/** Reads a journal: the file that is named, else the newest day of this machine. */
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
 * Where a day goes on: in its own file where that lies among ours, else in a copy there. A copy that is already there and knows more goes
 * on; one that knows something else is a failure, since nobody can say which of them happened.
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

/** The name of a day comes from a file: it must not lead out of our folder. */
function safeName(day: string): string {
  if (/^[\w-]{1,64}$/.test(day)) return day;
  throw new CommandFailure('expected the journal of a game-day, found one whose day has a name that is none of ours');
}
