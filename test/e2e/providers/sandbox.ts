import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLine } from './line.ts';
import { program } from './program.ts';
import type { Provider, ProviderKind } from './provider.ts';

/** The embedded cluster in a process of its own, behind a line that can be cut. */
export const sandbox: ProviderKind = {
  name: 'sandbox',
  whyNot: () => undefined,
  async open(): Promise<Provider> {
    const [command, ...start] = program();
    const args = [...start, 'sandbox', 'healthy', '--attached', '--output', 'jsonl'];
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
    const { url, kubeconfig: own } = await firstLine(child.stdout);
    const line = await openLine(Number(new URL(url).port));
    const folder = mkdtempSync(join(tmpdir(), 'mayday-e2e-sandbox-'));
    const kubeconfig = join(folder, 'kubeconfig');
    const text = readFileSync(own, 'utf8').replaceAll(url, `https://127.0.0.1:${line.port}`);
    writeFileSync(kubeconfig, text, { mode: 0o600 });
    return {
      name: 'sandbox',
      kubeconfig,
      async restartApiServer(downMs) {
        await line.cut();
        await sleep(downMs);
        await line.restore();
      },
      async close() {
        await line.close();
        child.stdin.end();
        await ended;
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};

async function firstLine(output: NodeJS.ReadableStream): Promise<{ url: string; kubeconfig: string }> {
  for await (const line of createInterface({ input: output })) return JSON.parse(line);
  throw new Error('the sandbox ended before it was ready');
}
