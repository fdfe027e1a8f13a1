import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isMissing } from './missing.ts';

/** The limit in bytes for files that people write. */
export const LONGEST_FILE = 16 * 1024 * 1024;

/** The content of a path: the text of an ordinary file, nothing at all, or why it is not read. */
export type Reading = { is: 'text'; text: string } | { is: 'missing' } | { is: 'refused'; why: string };

/**
 * Reads a text file. Only ordinary files are read, since a pipe or a device may never end. A file that cannot be read is distinguished from one that does
 * not exist. Never blocks, and never reads more than `longest` bytes.
 */
export function readRegular(path: string, longest = LONGEST_FILE): Reading {
  try {
    // Checked before it is opened, since opening a device or a pipe can have an effect.
    const problem = unreadable(statSync(path), longest);
    if (problem !== undefined) return refused(problem);
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      const swapped = unreadable(fstatSync(file), longest);
      return swapped === undefined ? readOpened(file, longest) : refused(swapped);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return whyNot(path, error);
  }
}

/** Why a file with these stats is not read; undefined if it is. */
export function unreadable(stats: Stats, longest: number): string | undefined {
  if (!stats.isFile()) return `expected an ordinary file, found ${kindOf(stats)}`;
  return stats.size > longest ? tooLong(stats.size, longest) : undefined;
}

/** Reads an open file. Its size is not trusted: it may grow, and files such as those of /proc report 0. */
export function readOpened(file: number, longest: number): Reading {
  const parts: Buffer[] = [];
  let size = 0;
  for (;;) {
    const part = Buffer.allocUnsafe(64 * 1024);
    const read = readSync(file, part);
    if (read === 0) return { is: 'text', text: Buffer.concat(parts, size).toString('utf8') };
    size += read;
    if (size > longest) return refused(tooLong(size, longest));
    parts.push(part.subarray(0, read));
  }
}

const refused = (why: string): Reading => ({ is: 'refused', why });
const MIB = 1024 * 1024;

/** The message about a text of this many bytes or more. */
export const tooLong = (size: number, longest: number): string =>
  `expected at most ${longest / MIB} MiB, found ${(size / MIB).toFixed(1)} MiB`;

/** The kind of thing at a path, for messages. */
export function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  if (stats.isSymbolicLink()) return 'a symbolic link';
  return stats.isFile() ? 'an ordinary file' : 'a device';
}

const ERROR_TEXTS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
  ENOENT: 'there is no such folder',
  EEXIST: 'something else has its name',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EISDIR: 'expected an ordinary file, found a folder',
};

function whyNot(path: string, error: unknown): Reading {
  if (!isMissing(error)) return refused(problemOf(error));
  return leadsNowhere(path) ? refused('a symbolic link on the way leads nowhere') : { is: 'missing' };
}

/** Whether a path is a broken symbolic link: a file was meant to be there, so it does not count as missing. */
function leadsNowhere(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    const link = statsOrUndefined(at, lstatSync);
    if (link !== undefined) return link.isSymbolicLink() && statsOrUndefined(at, statSync) === undefined;
    if (dirname(at) === at) return false;
  }
}

function statsOrUndefined(path: string, look: (path: string) => Stats): Stats | undefined {
  try {
    return look(path);
  } catch {
    return undefined;
  }
}

/** Why a file operation failed, in a few words. */
export function problemOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return ERROR_TEXTS[code ?? ''] ?? (code === undefined ? String(message) : `the system says ${code}`);
}
