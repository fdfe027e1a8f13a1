import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { notPrivate } from '../disk/private-folder.ts';

/** A file that only grows. */
export interface AppendFile {
  /** Resolves when the text would survive a crash of the machine. */
  append(text: string): Promise<void>;
  close(): Promise<void>;
}

/** The little that is needed of a file system; passed in. Everything is private to its owner: 0700 folders, 0600 files. */
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

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** A file's name only survives a crash when its folder was synced too. */
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

/** Makes a folder that is ours alone; rejects, as the system would, where it is not. */
async function privateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const problem = await notPrivate(path);
  if (problem !== undefined) throw Object.assign(new Error(problem), { code: 'EPERM', syscall: 'open' });
}

async function writeDurably(file: FileHandle, text: string): Promise<void> {
  await file.appendFile(text, 'utf8');
  await file.sync();
}

/**
 * One write after the other: records must not interleave, and a later one must not be durable before an earlier one. What comes while
 * the disk is busy goes down together with the next write, so that nobody waits for more than two of them. A disk that failed once is
 * not trusted again: what it tore may be the middle of a record.
 */
export function gathering(write: (text: string) => Promise<void>, end: () => Promise<void>): AppendFile {
  let gathered = '';
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return {
    append(text) {
      gathered += text;
      next ??= last.then(() => {
        const all = gathered;
        gathered = '';
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

/** The machine's own file system. */
export const nodeFiles: Files = {
  async openAppend(path) {
    await privateFolder(dirname(path));
    const file = await open(
      path,
      constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW,
      0o600,
    );
    await syncFolder(dirname(path));
    return gathering(
      text => writeDurably(file, text),
      () => file.close(),
    );
  },
  read: path =>
    readFile(path, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    }),
  list: path =>
    readdir(path).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    }),
  async write(path, text) {
    await privateFolder(dirname(path));
    const draft = `${path}.new`;
    const file = await open(draft, 'w', 0o600);
    try {
      await writeDurably(file, text);
    } finally {
      await file.close();
    }
    await rename(draft, path);
    await syncFolder(dirname(path));
  },
};
