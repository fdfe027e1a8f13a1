import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SandboxServer, startSandboxServer } from '../../../src/sandbox/server.ts';

/** What a kubectl command wrote and how it ended. */
interface Ran {
  code: number;
  out: string;
  err: string;
}

export interface Kubectl {
  sandbox: SandboxServer;
  /** Runs kubectl with arguments split at spaces; `input` goes to its standard input. */
  run(command: string, input?: string): Promise<Ran>;
  /** Runs kubectl, and stops it once it has written `lines` lines. */
  until(command: string, lines: number): Promise<string[]>;
  stop(): Promise<void>;
}

export const hasKubectl = (): boolean => spawnSync('kubectl', ['version', '--client']).status === 0;

/** A command line in words; single quotes hold words with spaces together. */
const words = (command: string): string[] => [...command.matchAll(/'([^']*)'|(\S+)/g)].map(m => m[1] ?? m[2] ?? '');

/** Starts a sandbox with a kubeconfig and a home of its own, so that nothing of the user's is read or written. */
export async function startKubectl(speed: number): Promise<Kubectl> {
  const sandbox = await startSandboxServer({ seed: 3, speed });
  const home = mkdtempSync(join(tmpdir(), 'sandbox-kubectl-'));
  const config = join(home, 'config');
  writeFileSync(config, sandbox.kubeconfig);
  // A process this short is done before it is worth collecting its garbage: a quarter less work.
  const env = { PATH: process.env.PATH ?? '', HOME: home, KUBECONFIG: config, GOGC: 'off' };
  return {
    sandbox,
    run: (command, input) =>
      new Promise(resolve => {
        const child = execFile('kubectl', words(command), { env }, (error, out, err) =>
          resolve({ code: error ? Number(error.code ?? 1) : 0, out, err }),
        );
        child.stdin?.end(input ?? '');
      }),
    until: (command, lines) =>
      new Promise(resolve => {
        const child = spawn('kubectl', words(command), { env });
        let text = '';
        child.stdout.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          if (text.split('\n').length > lines) child.kill();
        });
        child.on('close', () => resolve(text.trim().split('\n')));
      }),
    async stop() {
      await sandbox.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
