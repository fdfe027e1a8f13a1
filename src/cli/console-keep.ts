import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ConsoleDeps } from '../console/deps.ts';
import { filesUnder } from '../host/files.ts';

/** Where what is saved from the screen lies, private to its owner. */
export const savedFolder = (state: string): string => join(state, 'saved');

type Env = Readonly<Record<string, string | undefined>>;
const isOnPath = (program: string, { PATH = '' }: Env): boolean =>
  PATH.split(delimiter).some(folder => folder !== '' && existsSync(join(folder, program)));

/** What a person works with: VISUAL, EDITOR, PAGER, else what nearly every machine has. */
export function programFor(by: 'editor' | 'pager', env: Env): string | undefined {
  const [wanted, usual] = by === 'editor' ? [env.VISUAL || env.EDITOR, 'vi'] : [env.PAGER, 'less'];
  return wanted || (isOnPath(usual, env) ? usual : undefined);
}

/** Saves what the console shows, and opens it in the programs of the person. */
export function keepUnder(state: string, env: Env): NonNullable<ConsoleDeps['keep']> {
  const files = filesUnder(state);
  return {
    async save(name, text) {
      const path = join(savedFolder(state), name);
      await files.write(path, text);
      return path;
    },
    program: by => programFor(by, env),
    open: (by, path) => run(programFor(by, env) ?? '', path),
  };
}

/** What a shell says when it found no program of that name. */
const NOT_FOUND = 127;

/** Runs a program on a file, on the terminal of this process. The command may have words of its own, as EDITOR often has. */
function run(command: string, path: string): Promise<string | undefined> {
  return new Promise(resolve => {
    // ctrl-c reaches the shell, too, which would end with it although the program went on.
    const script = `trap : INT QUIT; ${command} "$1"`;
    const child = spawn('/bin/sh', ['-c', script, 'sh', path], { stdio: 'inherit' });
    child.once('error', error => resolve(error.message));
    child.once('exit', (code, signal) => {
      if (code === NOT_FOUND) resolve('there is no such program');
      else resolve(code === 0 ? undefined : `ended with ${signal ?? `code ${code}`}`);
    });
  });
}
