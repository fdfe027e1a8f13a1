/**
 * The processes of one cluster. Each is the leader of its own process group, logs to its own file, and is known to a
 * reaper: a shell that reads a pipe of ours and, when we are gone for whatever reason, kills every group it was told of.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly log: string;
  /** Resolves with the exit code or signal name once the process is gone. */
  readonly exited: Promise<number | string>;
  readonly running: boolean;
  /** SIGTERM, then after `graceMs` SIGKILL, to the whole group. Resolves when it is gone. */
  stop(graceMs?: number): Promise<void>;
  kill(): Promise<void>;
}

export interface Children {
  start(name: string, binary: string, args: readonly string[], options?: StartOptions): Child;
  /** Stops all, the last started first, and lets the reaper go. */
  stopAll(graceMs?: number): Promise<void>;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Milliseconds between the wish to stop and SIGKILL, for `stopAll`. */
  readonly graceMs?: number;
}

// One line per process group on stdin: "+123" to know it, "-123" to forget it. End of input means that the writer
// is gone; what is still known then is ended. Plain POSIX sh: a second Node for this would cost 50 MB per cluster.
const reaperScript = `known=" "
while read -r line; do
  id=\${line#?}
  case $line in
    +*) known="$known$id " ;;
    -*) known="\${known%% $id *} \${known#* $id }" ;;
  esac
done
[ "$known" = " " ] && exit
for id in $known; do kill -s TERM -- "-$id" 2>/dev/null; done
sleep 3
for id in $known; do kill -s KILL -- "-$id" 2>/dev/null; done
`;

/** A family of processes whose logs go to `logs`, a folder that exists. */
export function createChildren(logs: string): Children {
  // detached: a ctrl-c in the terminal reaches us but must not reach the reaper, whose work is only beginning then.
  const reaper = spawn('/bin/sh', ['-c', reaperScript], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  reaper.stdin.on('error', () => {});
  reaper.unref();
  (reaper.stdin as unknown as { unref?: () => void }).unref?.();
  const all: { child: Child; graceMs: number | undefined }[] = [];

  return {
    start(name, binary, args, options = {}) {
      const log = join(logs, `${name}.log`);
      mkdirSync(dirname(log), { recursive: true });
      const output = openSync(log, 'a');
      const process_ = spawn(binary, args, {
        detached: true,
        stdio: ['ignore', output, output],
        ...(options.cwd !== undefined && { cwd: options.cwd }),
        // Not all of ours: a proxy or a KUBECONFIG set for the person's shell is no business of the cluster's.
        env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', ...options.env },
      });
      closeSync(output);
      const child = asChild(name, log, process_);
      reaper.stdin.write(`+${child.pid}\n`);
      void child.exited.then(() => reaper.stdin.write(`-${child.pid}\n`));
      const entry = { child, graceMs: options.graceMs };
      all.push(entry);
      void child.exited.then(() => all.splice(all.indexOf(entry), 1));
      return child;
    },
    async stopAll(graceMs = 3000) {
      for (const { child, graceMs: own } of [...all].reverse()) await child.stop(own ?? graceMs);
      reaper.stdin.end();
    },
  };
}

function asChild(name: string, log: string, process_: ChildProcess): Child {
  const pid = process_.pid ?? -1;
  let running = true;
  const exited = new Promise<number | string>(resolve => {
    process_.once('error', error => resolve(error.message));
    process_.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  }).then(how => {
    running = false;
    return how;
  });
  const signalGroup = (signal: NodeJS.Signals): void => {
    try {
      if (running && pid > 0) process.kill(-pid, signal);
    } catch {
      // Already gone: what we wanted.
    }
  };
  const kill = async (): Promise<void> => {
    signalGroup('SIGKILL');
    await exited;
  };
  return {
    name,
    pid,
    log,
    exited,
    get running() {
      return running;
    },
    kill,
    async stop(graceMs = 3000) {
      signalGroup('SIGTERM');
      const timer = setTimeout(() => signalGroup('SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** The last `count` lines of a log, for messages that must say why something did not come up. */
export function lastLines(path: string, count: number): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}
