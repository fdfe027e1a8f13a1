import { spawn } from 'node:child_process';
import { outputOf } from '../../support/output-of.ts';

/** How a program ended, and what it said. `code` is 128 + n after signal n, as shells have it. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, with `input` as its standard input. Never blocks this process: a cluster may live in it. */
export function runProgram(command: string, args: readonly string[], input = ''): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'pipe' });
    const output = outputOf(child);
    child.once('error', reject);
    child.once('close', code => resolve({ code: code ?? 1, ...output }));
    // A program that has ended already reads nothing.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** kubectl with this kubeconfig; rejects with its words when it fails. */
export async function kubectl(kubeconfig: string, args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await runProgram('kubectl', ['--kubeconfig', kubeconfig, ...args], input);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
  return stdout;
}
