import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kubectl, runProgram } from './kubectl.ts';
import type { Provider, ProviderKind } from './provider.ts';

/** The cluster that docs/kind.md makes: one control plane and two workers, so that a pod has somewhere else to go. */
const CONFIG = readFileSync(new URL('../../../deploy/kind.yaml', import.meta.url), 'utf8');
const READY_SECONDS = 180;

/** What plays the machines: the engine kind is told to use, else the first that answers. */
function engine(): string | undefined {
  const wanted = process.env.KIND_EXPERIMENTAL_PROVIDER;
  const candidates = wanted === undefined ? ['docker', 'podman', 'nerdctl'] : [wanted];
  return candidates.find(name => spawnSync(name, ['info'], { timeout: 10_000 }).status === 0);
}

/** The user's own kind and container engine. */
export const kind: ProviderKind = {
  name: 'kind',
  whyNot() {
    if (spawnSync('kind', ['version']).status !== 0)
      return 'no kind cluster here: expected kind on the PATH (https://kind.sigs.k8s.io)';
    if (engine() === undefined)
      return 'no kind cluster here: expected a container engine that answers (docker, podman or nerdctl info)';
    return undefined;
  },
  async open(): Promise<Provider> {
    const name = `mayday-e2e-${process.pid}`;
    const folder = mkdtempSync(join(tmpdir(), 'mayday-e2e-kind-'));
    const kubeconfig = join(folder, 'kubeconfig');
    const close = async (): Promise<void> => {
      await runProgram('kind', ['delete', 'cluster', '--name', name, '--kubeconfig', kubeconfig]);
      rmSync(folder, { recursive: true, force: true });
    };
    const how = ['--name', name, '--kubeconfig', kubeconfig, '--config', '-', '--wait', `${READY_SECONDS}s`];
    const made = await runProgram('kind', ['create', 'cluster', ...how], CONFIG);
    if (made.code !== 0) {
      await close();
      throw new Error(`kind create cluster ended with ${made.code}: ${made.stderr.trim()}`);
    }
    const inNode = (...words: string[]) =>
      runProgram(engine() ?? 'docker', ['exec', `${name}-control-plane`, ...words]);
    return {
      name: 'kind',
      kubeconfig,
      async restartApiServer() {
        // Its kubelet starts it again, some seconds later.
        await inNode('pkill', '-KILL', 'kube-apiserver');
        await answers(kubeconfig);
      },
      close,
    };
  },
};

async function answers(kubeconfig: string): Promise<void> {
  for (let left = READY_SECONDS; left > 0; left -= 1) {
    await sleep(1000);
    const ready = await kubectl(kubeconfig, ['get', '--raw', '/readyz', '--request-timeout=2s']).catch(() => '');
    if (ready === 'ok') return;
  }
  throw new Error(`the API server was not back within ${READY_SECONDS} s`);
}
