import { spawn } from 'node:child_process';

/** The result of running a program: its exit code and the beginning of its standard output; or why it did not end by itself. */
type ProgramEnd = { ok: true; exitCode: number; output: string } | { ok: false; why: string };

const LONGEST = 256 * 1024;

/** Runs a program without a shell, and kills it after `timeoutMs`. Its output is returned, never shown on the terminal. */
export function runProgram(
  [program = '', ...args]: readonly string[],
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
): Promise<ProgramEnd> {
  return new Promise(resolve => {
    const timeUp = AbortSignal.timeout(Math.max(1, Math.round(timeoutMs)));
    const stop = signal === undefined ? timeUp : AbortSignal.any([timeUp, signal]);
    let output = '';
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], signal: stop, killSignal: 'SIGKILL' });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output.length < LONGEST) output += text;
    });
    child.on('error', (error: NodeJS.ErrnoException) =>
      resolve({
        ok: false,
        why: timeUp.aborted
          ? `did not end within ${Math.round(timeoutMs)}ms`
          : error.code === 'ENOENT'
            ? `there is no program ${program}`
            : error.message,
      }),
    );
    child.on('close', (code, killedBy) =>
      resolve(code === null ? { ok: false, why: `ended by ${killedBy}` } : { ok: true, exitCode: code, output }),
    );
  });
}
