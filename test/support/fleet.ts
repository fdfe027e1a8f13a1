import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';

/** Several sandboxes in this process behind one kubeconfig, and `dead`, which nobody answers for. */
export interface Fleet {
  kubeconfig: string;
  /** A configuration in which the contexts `prod-*` are protected. */
  config: string;
  contexts: string[];
  close(): Promise<void>;
}

interface Named {
  name: string;
}
interface File {
  clusters: (Named & { cluster: unknown })[];
  users: (Named & { user: unknown })[];
}

/** Starts one sandbox for each context, with the scenario that it is given. */
export async function startFleet(scenarios: Readonly<Record<string, string>>): Promise<Fleet> {
  const folder = mkdtempSync(join(tmpdir(), 'mayday-fleet-'));
  const started: { name: string; sandbox: Sandbox }[] = [];
  for (const [name, scenario] of Object.entries(scenarios))
    started.push({ name, sandbox: await startSandbox({ scenario }) });
  const files = started.map(({ name, sandbox }) => ({ name, file: parse(sandbox.kubeconfig) as File }));
  // Nothing listens on the first port of the machine.
  const dead = { name: 'dead', cluster: { server: 'https://127.0.0.1:1' } };
  const contexts = [...started.map(({ name }) => name), 'dead'];
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [...files.map(({ name, file }) => ({ ...file.clusters[0], name })), dead],
      users: [...files.map(({ name, file }) => ({ ...file.users[0], name })), { name: 'dead', user: {} }],
      contexts: contexts.map(name => ({ name, context: { cluster: name, user: name } })),
      'current-context': contexts[0],
    }),
  );
  const config = join(folder, 'config.yaml');
  writeFileSync(config, 'protected: ["prod-*"]\n');
  return {
    kubeconfig,
    config,
    contexts,
    async close() {
      await Promise.all(started.map(({ sandbox }) => sandbox.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
