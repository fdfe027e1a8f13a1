import { randomBytes } from 'node:crypto';
import { closeSync, constants, fsyncSync, lstatSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { kindOf } from './regular.ts';

/** Why a file was not written, in a few words. */
export type WriteProblem = { is: 'taken' } | { is: 'refused'; why: string };

/**
 * Writes a new file that only its owner may read. An existing ordinary file is replaced as a whole, but only with `replace` or
 * where it is empty and owned by this user, as `mktemp` leaves it; anything else of that name is left alone. Throws the error of the system.
 */
export function writePrivate(path: string, text: string, { replace }: { replace: boolean }): WriteProblem | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    create(path, text);
    return undefined;
  }
  if (!found.isFile()) return { is: 'refused', why: `expected an ordinary file or none, found ${kindOf(found)}` };
  const isBlank = found.size === 0 && found.uid === process.getuid?.();
  if (!replace && !isBlank) return { is: 'taken' };
  // Other users cannot guess this name.
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}`);
  try {
    create(draft, text);
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
  return undefined;
}

/** Creates a file only where nothing has the name, not even a symbolic link. On a full disk the incomplete file is deleted. */
function create(path: string, text: string): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  let isWhole = false;
  try {
    writeFileSync(file, text);
    fsyncSync(file);
    isWhole = true;
  } finally {
    closeSync(file);
    if (!isWhole) rmSync(path, { force: true });
  }
}
