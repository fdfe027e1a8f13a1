import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ConsoleDeps } from '../../console/deps.ts';
import { problemOf } from '../../host/disk/regular.ts';
import { filesUnder } from '../../host/files.ts';

/** The folder for what is saved from the console; only its owner may read it. */
export const savedFolder = (state: string): string => join(state, 'saved');

type Env = Readonly<Record<string, string | undefined>>;
const isOnPath = (program: string, { PATH = '' }: Env): boolean =>
  PATH.split(delimiter).some(folder => folder !== '' && existsSync(join(folder, program)));

/** The program from VISUAL, EDITOR or PAGER, else vi or less; undefined where it is not on the PATH. */
function programFor(by: 'editor' | 'pager', env: Env): string | undefined {
  const [wanted, usual] = by === 'editor' ? [env.VISUAL || env.EDITOR, 'vi'] : [env.PAGER, 'less'];
  return wanted || (isOnPath(usual, env) ? usual : undefined);
}

/** Saves texts of the console to files, and opens them in the user's editor or pager. */
export function keepUnder(
  state: string,
  env: Env,
  files: Pick<ReturnType<typeof filesUnder>, 'write'> = filesUnder(state),
): NonNullable<ConsoleDeps['keep']> {
  return {
    async save(name, text) {
      const path = join(savedFolder(state), name);
      await files.write(path, text).catch(error => {
        throw new Error(problemOf(error), { cause: error });
      });
      return path;
    },
    program: by => programFor(by, env),
    open: (by, path) => run(programFor(by, env) ?? '', path),
  };
}

/** The exit code of a shell that found no program of that name. */
const NOT_FOUND = 127;

/** Runs a program on a file, on the terminal of this process. The command can contain arguments, as EDITOR often does. */
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
