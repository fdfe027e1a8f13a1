import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs';
import { isMissing } from './missing.ts';
import { problemOf, type Reading, readOpened, unreadable } from './regular.ts';

/** The limit for our own files; a journal of a long run is longer than files that people write. */
const LONGEST_OWN_FILE = 256 * 1024 * 1024;

/** Why an open file is not trusted as our own: it must be an ordinary file, owned by this user, and writable by nobody else. */
export function notOwnFile(found: Stats): string | undefined {
  const problem = unreadable(found, LONGEST_OWN_FILE);
  if (problem !== undefined) return problem;
  const own = process.getuid?.();
  if (own !== undefined && found.uid !== own) return 'it belongs to another user';
  return (found.mode & 0o022) === 0 ? undefined : 'other users may write it: chmod 600 it';
}

/** Opens a file of this user, never through a symbolic link and without blocking on a pipe. Throws the error of the system. */
export const openOwn = (path: string, flags: number): number =>
  openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY, 0o600);

/** Reads a file of this user, unless another user could have written it. */
export function readOwn(path: string): Reading {
  let file: number | undefined;
  try {
    file = openOwn(path, constants.O_RDONLY);
    const why = notOwnFile(fstatSync(file));
    return why === undefined ? readOpened(file, LONGEST_OWN_FILE) : { is: 'refused', why };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (isMissing(error)) return { is: 'missing' };
    return { is: 'refused', why: code === 'ELOOP' ? 'it is a symbolic link' : problemOf(error) };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
