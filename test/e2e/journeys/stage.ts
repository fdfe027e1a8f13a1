import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test as base } from 'vitest';
import type { Ended } from '../providers/kubectl.ts';
import { kubectl } from '../providers/kubectl.ts';
import type { Provider } from '../providers/provider.ts';
import { type Running, startMayday } from './mayday.ts';
import { experiment, type FaultSpec, settings, type Thing, web } from './objects.ts';

/**
 * A namespace, a person's state folder, and the programs that the person has. No guardian, so that what dies stays as it
 * died, until a journey says otherwise.
 */
export interface Stage {
  readonly provider: Provider;
  readonly namespace: string;
  /** Holds the person's journals and whatever a journey writes. */
  readonly folder: string;
  kubectl(...words: string[]): Promise<string>;
  /** Applies objects; those without a namespace of their own go into the stage's. They go with the stage. */
  apply(...objects: Thing[]): Promise<void>;
  read(kind: string, name: string): Promise<Thing>;
  /** Asks each 100 ms until the object looks so; rejects after 60 s. */
  until(kind: string, name: string, looks: (object: Thing) => boolean): Promise<Thing>;
  /** Deployment `web` up, and ConfigMap `settings`. */
  set(): Promise<void>;
  /** Writes a file into the stage's folder, for the person alone, and returns its path. */
  write(name: string, text: string): string;
  /** Writes an experiment on `web` and returns its path. */
  faultSpec(faultSpec: FaultSpec): string;
  /** Starts mayday as this person; `kubeconfig` for somebody else. */
  start(words: readonly string[], kubeconfig?: string): Running;
  /** Runs mayday to its end. */
  mayday(words: readonly string[], kubeconfig?: string): Promise<Ended>;
  /** Reverts everything in the namespace; `more` words go to `revert --all`. */
  revertAll(...more: string[]): Promise<{ code: number | null; receipts: Thing[]; remaining: number | null }>;
  /** Runs an experiment with a short soak and yes to every question, one JSON line an event. */
  run(faultSpec: FaultSpec, ...more: string[]): Running;
  close(): Promise<void>;
}

const SOAK = '2s';

/** `test` with a stage of its own for each, closed afterwards. */
export const onStage = (given: () => Provider) =>
  base.extend<{ stage: Stage }>({
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs off this pattern
    stage: async ({}, use) => {
      const stage = await openStage(given());
      await use(stage);
      await stage.close();
    },
  });

export async function openStage(provider: Provider): Promise<Stage> {
  const namespace = provider.namespace ?? `e2e-${randomBytes(3).toString('hex')}`;
  const folder = mkdtempSync(join(tmpdir(), 'mayday-e2e-'));
  const admin = (words: readonly string[], input?: string) => kubectl(provider.kubeconfig, words, input);
  const here = (words: readonly string[], input?: string) => admin(['-n', namespace, ...words], input);
  const env = { XDG_STATE_HOME: join(folder, 'state'), XDG_CONFIG_HOME: join(folder, 'config') };
  const applied: string[] = [];
  if (provider.namespace === undefined) await admin(['create', 'namespace', namespace]);

  const stage: Stage = {
    provider,
    namespace,
    folder,
    kubectl: (...words) => here(words),
    async apply(...objects) {
      const documents = objects.map(object => JSON.stringify(object)).join('\n');
      applied.unshift(documents);
      await here(['apply', '--server-side', '-f', '-'], documents);
    },
    read: async (kind, name) => JSON.parse(await here(['get', kind, name, '-o', 'json'])),
    async until(kind, name, looks) {
      for (const deadline = performance.now() + 60_000; ; ) {
        const object = await stage.read(kind, name);
        if (looks(object)) return object;
        if (performance.now() > deadline)
          throw new Error(`${kind} ${name} did not come to look as expected: ${JSON.stringify(object.status)}`);
        await sleep(100);
      }
    },
    async set() {
      await stage.apply(web(), settings());
      await here(['rollout', 'status', 'deployment/web', '--timeout=60s']);
    },
    write(name, text) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    },
    faultSpec: faultSpec =>
      stage.write(
        `${faultSpec.type}-${randomBytes(2).toString('hex')}.yaml`,
        JSON.stringify(experiment(namespace, faultSpec)),
      ),
    start: (words, as = provider.kubeconfig) => startMayday(['--kubeconfig', as, ...words], env),
    mayday: (words, as) => stage.start(words, as).ended,
    async revertAll(...more) {
      const ended = await stage.mayday(['-o', 'json', '-n', namespace, 'revert', '--all', '--yes', ...more]);
      if (ended.stdout === '') throw new Error(ended.stderr);
      return { ...JSON.parse(ended.stdout), code: ended.code };
    },
    run: (faultSpec, ...more) =>
      stage.start(['-o', 'jsonl', 'run', stage.faultSpec(faultSpec), '--yes', '--soak', SOAK, ...more]),
    async close() {
      for (const documents of applied)
        await here(['delete', '--ignore-not-found', '--wait=false', '-f', '-'], documents);
      if (provider.namespace === undefined) await admin(['delete', 'namespace', namespace, '--wait=false']);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  stage.write('config/mayday/config.yaml', 'guardian: off\n');
  return stage;
}
