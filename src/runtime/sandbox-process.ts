import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How an embedded cluster is reached. `ca` in PEM where it serves TLS. */
interface SandboxAccess {
  url: string;
  token: string;
  ca?: string;
  /** What the cluster is called on the screen. */
  name: string;
  kubeconfig: string;
}

export interface SandboxProcess extends SandboxAccess {
  stop(): Promise<void>;
}

/** The command line that runs this program again. */
export const thisProgram = (): [node: string, script: string] => [process.execPath, process.argv[1] ?? ''];

/**
 * Starts the embedded cluster as a process of its own: its work never delays a frame, and it is met over HTTP like any
 * cluster. It is in a session of its own, so that ctrl-c here does not take the cluster away before the revert; it ends
 * when the pipe to it closes, however this process ends. Throws one line when it cannot start.
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
  letGo(child);
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
  let complaint = '';
  child.stderr?.on('data', (text: Buffer) => {
    complaint += text.toString();
  });
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream }))
    return JSON.parse(line) as SandboxAccess;
  throw new Error(
    complaint
      .trim()
      .split('\n')[0]
      ?.replace(/^mayday: /, '') || 'the sandbox ended before it was ready',
  );
}

/** The sandbox never keeps this process alive, and what it prints later is read away so that it cannot block. */
function letGo(child: ChildProcess): void {
  child.stdout?.resume();
  child.stderr?.resume();
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as { unref?: () => void } | null)?.unref?.();
}
