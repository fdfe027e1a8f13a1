import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Pty, type Size, start } from '../../support/pty.ts';

export const ROOT = join(import.meta.dirname, '../../..');
/** The bundle, as users run it; `npm run e2e` builds it first. */
export const PROGRAM = join(ROOT, 'dist/mayday.js');

/** A person with a home folder that is empty at first, at a machine with terminals. */
export interface Home {
  folder: string;
  /** Starts mayday in a terminal. */
  start(words: readonly string[], size: Size, env?: Record<string, string | undefined>): Pty;
  /** The same for the test that is running: killed after it. */
  open(words: readonly string[], size: Size, env?: Record<string, string | undefined>): Pty;
  remove(): void;
}

/** Kills the program of a terminal after the test that is running. */
export function killedAfterwards(pty: Pty): Pty {
  onTestFinished(() => pty.kill());
  return pty;
}

export function makeHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'mayday-home-'));
  const own = {
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
    NODE_ENV: 'production',
  };
  const home: Home = {
    folder,
    start: (words, size, env = {}) => start([process.execPath, PROGRAM, ...words], size, { env: { ...own, ...env } }),
    open: (words, size, env) => killedAfterwards(home.start(words, size, env)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  return home;
}
