import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How to reach an embedded cluster. `ca` in PEM where it serves TLS. */
interface SandboxAccess {
  url: string;
  token: string;
  ca?: string;
  /** The name of the cluster on the screen. */
  name: string;
  kubeconfig: string;
}

export interface SandboxProcess extends SandboxAccess {
  stop(): Promise<void>;
}

/** The command line that runs this program again. */
export const thisProgram = (): [node: string, script: string] => [process.execPath, process.argv[1] ?? ''];

/**
 * Starts the embedded cluster as a separate process, so that its work does not delay a frame, and so that it is used over HTTP like any
 * cluster. It has its own session, so that ctrl-c does not end it before the revert. It ends when the pipe to it closes, however this
 * process ends. Throws an error with a one-line message when it cannot start.
 */
export async function startSandboxProcess(options: { scenario: string; speed?: number }): Promise<SandboxProcess> {
  const [node, script] = thisProgram();
  const speed = options.speed === undefined ? [] : ['--speed', String(options.speed)];
  const child = spawn(node, [script, 'sandbox', options.scenario, '--attached', '--output', 'jsonl', ...speed], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const ready = await firstLine(child);
  detach(child);
  return {
    ...ready,
    stop: async () => {
      child.ref();
      child.stdin?.end();
      await ended;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<SandboxAccess> {
  let stderrText = '';
  child.stderr?.on('data', (text: Buffer) => {
    stderrText += text.toString();
  });
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream }))
    return JSON.parse(line) as SandboxAccess;
  throw new Error(
    stderrText
      .trim()
      .split('\n')[0]
      ?.replace(/^mayday: /, '') || 'the sandbox ended before it was ready',
  );
}

/** The sandbox does not keep this process alive, and its later output is read and discarded so that it cannot block. */
function detach(child: ChildProcess): void {
  child.stdout?.resume();
  child.stderr?.resume();
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as { unref?: () => void } | null)?.unref?.();
}
