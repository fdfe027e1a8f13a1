import { type ChildProcess, spawn } from 'node:child_process';

export interface CommandResult {
  /** Exit code; absent when the command could not be started or was killed. */
  code?: number;
  stdout: string;
  stderr: string;
  /**
   * Why it did not run to its end: a Node.js error code, `deadline`, or `too-much` for more output than a credential
   * can have.
   */
  error?: string;
}

export type RunCommand = (
  command: string,
  args: string[],
  env: Record<string, string | undefined>,
  deadlineMs: number,
) => Promise<CommandResult>;

/** A credential with its certificates is a few KiB. */
const MOST_BYTES = 1024 * 1024;
/** A process that the command left behind may keep its pipes open: the wait for remaining output, milliseconds. */
const OUTPUT_WAIT_MS = 1_000;

/**
 * Runs a command without input and collects what it prints. At the deadline, or when it prints too much, it is killed
 * with everything that it started.
 */
export const runCommand: RunCommand = (command, args, env, deadlineMs) =>
  new Promise(resolve => {
    // Its own process group, so that what it starts can be killed with it.
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const out = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    let bytes = 0;
    let error: string | undefined;
    let code: number | null = null;
    let linger: NodeJS.Timeout | undefined;
    const finish = () => {
      clearTimeout(timer);
      clearTimeout(linger);
      child.stdout.destroy();
      child.stderr.destroy();
      const output = { stdout: textOf(out.stdout), stderr: textOf(out.stderr) };
      resolve({ ...output, ...(code !== null && code >= 0 && { code }), ...(error && { error }) });
    };
    const end = (why: string) => {
      error ??= why;
      killGroup(child);
      finish();
    };
    const timer = setTimeout(() => end('deadline'), deadlineMs);
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MOST_BYTES) end('too-much');
        else out[name].push(chunk);
      });
    }
    child.on('error', (failed: NodeJS.ErrnoException) => {
      error ??= failed.code ?? failed.message;
      finish();
    });
    child.on('exit', ended => {
      code = ended;
      linger = setTimeout(finish, OUTPUT_WAIT_MS);
    });
    child.on('close', finish);
  });

const textOf = (chunks: Buffer[]): string => Buffer.concat(chunks).toString('utf8');

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
