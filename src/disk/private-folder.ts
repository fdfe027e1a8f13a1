import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { kindOf } from './regular.ts';

/**
 * Why nothing may be kept in a folder, undefined where it may: it must be a real folder, ours and closed to everybody else, and nobody
 * else's symbolic link may stand on the way to it.
 */
export async function notPrivate(folder: string): Promise<string | undefined> {
  const own = process.getuid?.();
  const found = await lstat(folder);
  if (!found.isDirectory()) return `expected a folder of yours at ${folder}, found ${kindOf(found)}`;
  if (own !== undefined && found.uid !== own)
    return `${folder} belongs to another user: name another with XDG_STATE_HOME`;
  if ((found.mode & 0o077) !== 0) return `${folder} is open to other users: chmod 700 it`;
  for (let at = dirname(folder); at !== dirname(at); at = dirname(at)) {
    const above = await lstat(at);
    if (above.isSymbolicLink() && above.uid !== 0 && above.uid !== own)
      return `${at} is a symbolic link of another user: name another folder with XDG_STATE_HOME`;
  }
  return undefined;
}
