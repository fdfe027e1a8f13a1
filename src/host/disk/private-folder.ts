import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { makeFolder } from './make-folder.ts';
import { isMissing } from './missing.ts';
import { kindOf, problemOf } from './regular.ts';

const ELSEWHERE = 'name another folder with XDG_STATE_HOME';

/**
 * Why a folder must not be used or trusted: every folder from `root` down to it must be a real folder, owned by this user and
 * closed to all others, and the path to the root must not contain a symbolic link of another user. Undefined if the folder may be used, or
 * does not exist yet.
 */
export function notPrivate(root: string, folder: string = root): string | undefined {
  try {
    const foreign = foreignLink(dirname(root));
    if (foreign !== undefined) return foreign;
    for (const at of foldersBetween(root, folder)) {
      const found = lstatOrUndefined(at);
      if (found === undefined) return undefined;
      const problem = notOurs(at, found);
      if (problem !== undefined) return problem;
    }
    return undefined;
  } catch (error) {
    return `${folder} cannot be looked at: ${problemOf(error)}`;
  }
}

/** Creates a private folder, with those between it and the root. Returns why it may not be used; undefined if it may. */
export function makePrivate(root: string, folder: string = root): string | undefined {
  // Checked before anything is created: a link must not decide where.
  const problem = notPrivate(root, folder);
  if (problem !== undefined) return problem;
  try {
    makeFolder(folder, 0o700);
  } catch (error) {
    return `${folder} cannot be made: ${problemOf(error)}`;
  }
  return notPrivate(root, folder);
}

/** Undefined when nothing has this path. */
function lstatOrUndefined(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const currentUid = (): number | undefined => process.getuid?.();

function notOurs(path: string, found: Stats): string | undefined {
  if (!found.isDirectory()) return `expected a folder of yours at ${path}, found ${kindOf(found)}: ${ELSEWHERE}`;
  if (currentUid() !== undefined && found.uid !== currentUid()) return `${path} belongs to another user: ${ELSEWHERE}`;
  return (found.mode & 0o077) === 0 ? undefined : `${path} is open to other users: chmod 700 it`;
}

function foldersBetween(root: string, folder: string): string[] {
  const steps = relative(root, folder).split(sep).filter(Boolean);
  return [root, ...steps.map((_, index) => join(root, ...steps.slice(0, index + 1)))];
}

const MOST_LINKS = 40;

/** Follows a path step by step and returns why a link on it is not trusted: its owner decides where it leads. Links of root belong to the system. */
function foreignLink(path: string): string | undefined {
  const steps = path.split(sep).filter(Boolean);
  let at: string = sep;
  for (let links = 0; steps.length > 0; ) {
    const next = join(at, steps.shift() ?? '');
    const found = lstatOrUndefined(next);
    if (found === undefined) return undefined;
    if (!found.isSymbolicLink()) {
      at = next;
      continue;
    }
    if (found.uid !== 0 && found.uid !== currentUid())
      return `${next} is a symbolic link of another user: ${ELSEWHERE}`;
    links += 1;
    if (links > MOST_LINKS) return `the symbolic links on the way to ${path} lead in a circle: ${ELSEWHERE}`;
    const to = readlinkSync(next);
    if (to.startsWith(sep)) at = sep;
    steps.unshift(...to.split(sep).filter(Boolean));
  }
  return undefined;
}
