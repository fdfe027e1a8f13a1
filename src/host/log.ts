import { appendFileSync, closeSync, constants, fstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { jsonText } from '../text/json.ts';
import { makeFolder } from './disk/make-folder.ts';
import { notOwnFile, openOwn } from './disk/own-file.ts';
import { makePrivate } from './disk/private-folder.ts';

/**
 * Appends events as JSON lines, each with its time; private to the user. With `root`, the state folder, only where that folder
 * and the file are private. Errors of the log are ignored.
 */
export function openEventLog(path: string, root?: string): (facts: Record<string, unknown>) => void {
  const add = root === undefined ? addTo(path) : addBelow(root, path);
  return facts => {
    try {
      add(`${jsonText({ at: new Date().toISOString(), pid: process.pid, ...facts })}\n`);
    } catch {
      // There is nowhere to report this: the screen belongs to the console, and a guardian has none.
    }
  };
}

/** The user may name any path, such as a device, so its owner and mode are not checked. */
const addTo = (path: string) => (text: string) => {
  makeFolder(dirname(path), 0o700);
  appendFileSync(path, text, { mode: 0o600 });
};

const addBelow = (root: string, path: string) => (text: string) => {
  if (makePrivate(root, dirname(path)) !== undefined) return;
  const file = openOwn(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
  try {
    if (notOwnFile(fstatSync(file)) === undefined) appendFileSync(file, text);
  } finally {
    closeSync(file);
  }
};

/** A log for plain lines: the file that the user named, and the log in the state folder. */
export function openLog({
  named,
  log,
  state,
}: {
  named: string | undefined;
  log: string;
  state: string;
}): (line: string) => void {
  const write = named === undefined ? openEventLog(log, state) : openEventLog(named);
  return line => write({ line });
}
