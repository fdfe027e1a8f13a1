import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../src/host/clock.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { connect } from '../../../src/kube/connection/connection.ts';
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
      async forgetHistory() {
        await line.cut();
        await fillHistory(own);
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

/** The sandbox remembers so many changes of each kind; one more makes the oldest unknown. */
const REMEMBERED = 10_000;
const CHURN: KubeObject = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'churn', namespace: 'default' },
};

/** Changes a Lease until every revision of Leases that a client may know is too old: a few seconds. */
async function fillHistory(kubeconfig: string): Promise<void> {
  const connected = await connect({ kubeconfig, clock: systemClock });
  if (!connected.ok) throw new Error(connected.message);
  const api = connected.value;
  await api.create({ ...CHURN, spec: {} });
  const ref = { apiVersion: CHURN.apiVersion, kind: CHURN.kind, ...CHURN.metadata };
  let changes = 0;
  const change = async (): Promise<void> => {
    while (changes <= REMEMBERED) {
      changes += 1;
      const changed = await api.patch(ref, 'merge', { metadata: { annotations: { changes: String(changes) } } });
      if (!changed.ok) throw new Error(changed.message);
    }
  };
  await Promise.all(Array.from({ length: 16 }, change));
  await api.remove(ref);
  await api.close();
}

async function firstLine(output: NodeJS.ReadableStream): Promise<{ url: string; kubeconfig: string }> {
  for await (const line of createInterface({ input: output })) return JSON.parse(line);
  throw new Error('the sandbox ended before it was ready');
}
