import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMissing } from './disk/missing.ts';
import { notOwnFile, readOwn } from './disk/own-file.ts';
import { makePrivate, notPrivate } from './disk/private-folder.ts';

/** A file that only grows. */
export interface AppendFile {
  /** Resolves when the text would survive a crash of the machine. */
  append(text: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * The file operations that mayday needs; passed in. Everything is private to its owner: 0700 folders, 0600 files. Files and folders that
 * another user owns or could have written are refused, for writing and for reading: every method rejects with the reason.
 */
export interface Files {
  /** Opens a new or existing file for appending, making its folder. */
  openAppend(path: string): Promise<AppendFile>;
  /** Undefined when there is none. */
  read(path: string): Promise<string | undefined>;
  /** Names in a folder; none when there is no such folder. */
  list(path: string): Promise<string[]>;
  /** All or nothing: readers see the old text or the new. */
  write(path: string, text: string): Promise<void>;
}

/** The name of a new file survives a crash only when its folder was synced too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    // Some file systems cannot sync a folder; then its entries are as durable as they get.
    if (!(error instanceof Error && 'code' in error && (error.code === 'EINVAL' || error.code === 'EPERM')))
      throw error;
  } finally {
    await folder.close();
  }
}

/** A file exists but is refused, because another user owns it or could write it. The message says what to do. */
export class UntrustedFileError extends Error {
  // The same members as an error of the system.
  readonly code = 'EPERM';
  readonly syscall = 'open';
}

const refused = (why: string) => new UntrustedFileError(why);

const throwIf = (problem: string | undefined): void => {
  if (problem !== undefined) throw refused(problem);
};

/** Opens a file of this user for writing, new or existing; never through a link, and without waiting for a reader of a pipe. */
async function openOwn(path: string, flags: number): Promise<FileHandle> {
  const file = await open(
    path,
    flags | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    0o600,
  );
  const problem = notOwnFile(await file.stat());
  if (problem === undefined) return file;
  await file.close();
  throw refused(`${path} is not written: ${problem}`);
}

async function writeDurably(file: FileHandle, text: string): Promise<void> {
  await file.appendFile(text, 'utf8');
  await file.sync();
}

/**
 * Appends one write after the other: records must not interleave, and a later one must not be durable before an earlier one. Texts that
 * arrive while the disk is busy are written together in the next write, so that no caller waits for more than two writes. After an error
 * nothing more is written, because the file may hold half a record.
 */
export function batchedAppends(write: (text: string) => Promise<void>, end: () => Promise<void>): AppendFile {
  let batch = '';
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return {
    append(text) {
      batch += text;
      next ??= last.then(() => {
        const all = batch;
        batch = '';
        next = undefined;
        return write(all);
      });
      last = next;
      return next;
    },
    async close() {
      await last.catch(() => undefined);
      await end();
    },
  };
}

/** The machine's own file system, below one private folder. */
export const filesUnder = (root: string): Files => ({
  async openAppend(path) {
    throwIf(makePrivate(root, dirname(path)));
    const file = await openOwn(path, constants.O_APPEND);
    await syncFolder(dirname(path));
    return batchedAppends(
      text => writeDurably(file, text),
      () => file.close(),
    );
  },
  async read(path) {
    throwIf(notPrivate(root, dirname(path)));
    const reading = readOwn(path);
    if (reading.is === 'refused') throw refused(`${path}: ${reading.why}`);
    return reading.is === 'text' ? reading.text : undefined;
  },
  async list(path) {
    throwIf(notPrivate(root, path));
    return readdir(path).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
  },
  async write(path, text) {
    throwIf(makePrivate(root, dirname(path)));
    const draft = `${path}.new`;
    const file = await openOwn(draft, constants.O_TRUNC);
    try {
      await writeDurably(file, text);
    } finally {
      await file.close();
    }
    await rename(draft, path);
    await syncFolder(dirname(path));
  },
});
