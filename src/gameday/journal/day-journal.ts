import { join } from 'node:path';
import type { AppendFile, Files } from '../../host/files.ts';
import { jsonText } from '../../text/json.ts';
import { messageOf } from '../../text/message-of.ts';
import type { DayEntry, DayEvent } from './record.ts';

export const daysFolder = (stateDir: string): string => join(stateDir, 'days');
export const dayJournalPath = (stateDir: string, day: string): string =>
  join(daysFolder(stateDir), day, 'journal.jsonl');

/** The journal of a day, open for writing. */
export interface DayJournal {
  readonly path: string;
  /** Resolves once the record would survive a crash. `at`: milliseconds since the epoch; the server's time when left out. */
  add(event: DayEvent, at?: number): Promise<DayEntry>;
  close(): Promise<void>;
}

/** Opens the journal of a new day, or of one that has begun. One JSON object a line, each appended and synced; only its owner can read the file. */
export async function openDayJournal(
  files: Files,
  path: string,
  serverNow: () => number,
  options: { isNew: boolean; session: string },
): Promise<DayJournal> {
  const file = await files.openAppend(path);
  // A process that died may have left half a line; a newline separates ours from it.
  let torn = options.isNew ? '' : '\n';
  let isClosed = false;
  return {
    path,
    async add(event, at) {
      const stamp = { v: 1, at: Math.round(at ?? serverNow()), session: options.session };
      const entry = { ...stamp, ...event } as DayEntry;
      const text = `${torn}${jsonText(entry)}\n`;
      torn = '';
      // People also add notes after the end of the day, when the file is closed.
      if (isClosed) await appendOnce(files, path, text);
      else await append(file, text);
      return entry;
    },
    close() {
      isClosed = true;
      return file.close();
    },
  };
}

async function appendOnce(files: Files, path: string, text: string): Promise<void> {
  const file = await files.openAppend(path);
  try {
    await append(file, text);
  } finally {
    await file.close();
  }
}

async function append(file: AppendFile, text: string): Promise<void> {
  try {
    await file.append(text);
  } catch (error) {
    throw new DayUnwritable(error);
  }
}

/** A record of the day could not be written to the disk: nothing more is injected. */
class DayUnwritable extends Error {
  constructor(cause: unknown) {
    super(`the journal of the day cannot be written: ${messageOf(cause)}`, {
      cause,
    });
  }
}
