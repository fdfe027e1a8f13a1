import { join } from 'node:path';
import type { AppendFile, Files } from '../../host/files.ts';
import { jsonText } from '../../text/json.ts';
import { messageOf } from '../../text/message-of.ts';
import type { DayEntry, Happened } from './record.ts';

export const daysFolder = (stateDir: string): string => join(stateDir, 'days');
export const dayJournalPath = (stateDir: string, day: string): string =>
  join(daysFolder(stateDir), day, 'journal.jsonl');

/** The journal of a day, open for writing. */
export interface DayJournal {
  readonly path: string;
  /** Resolves once the record would survive a crash. `at`: the server's time unless told, milliseconds since the epoch. */
  add(happened: Happened, at?: number): Promise<DayEntry>;
  close(): Promise<void>;
}

/** Opens the journal of a day, new or begun. One JSON object a line, appended and synced one by one; only its owner may read it. */
export async function openDayJournal(
  files: Files,
  path: string,
  serverNow: () => number,
  options: { isNew: boolean; session: string },
): Promise<DayJournal> {
  const file = await files.openAppend(path);
  // Whoever died may have torn its last line; a newline keeps ours whole.
  let torn = options.isNew ? '' : '\n';
  let isClosed = false;
  return {
    path,
    async add(happened, at) {
      const stamp = { v: 1, at: Math.round(at ?? serverNow()), session: options.session };
      const entry = { ...stamp, ...happened } as DayEntry;
      const text = `${torn}${jsonText(entry)}\n`;
      torn = '';
      // People also note what they think of once the day is over.
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

/** The disk refused a record of the day: nothing more is injected. */
export class DayUnwritable extends Error {
  constructor(cause: unknown) {
    super(`the journal of the day cannot be written: ${messageOf(cause)}`, {
      cause,
    });
  }
}
