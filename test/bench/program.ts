import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The bundle as users run it, with the Node.js that runs the benchmark. */
export const NODE = process.execPath;
export const MAYDAY = join(import.meta.dirname, '../../dist/mayday.js');

/** State of its own, so that no earlier run is found. */
export const cleanState = (): Record<string, string> => ({
  XDG_STATE_HOME: mkdtempSync(join(tmpdir(), 'mayday-bench-')),
});

export interface Cluster {
  kubeconfig: string;
  stop(): Promise<void>;
}

/** A sandbox in a process of its own. */
export async function sandbox(scenario: string): Promise<Cluster> {
  const child = spawn(NODE, [MAYDAY, 'sandbox', scenario, '--attached', '-o', 'jsonl'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout });
  const first = await new Promise<string>(resolve => lines.once('line', resolve));
  const { kubeconfig } = JSON.parse(first) as { kubeconfig: string };
  return {
    kubeconfig,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

export const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
