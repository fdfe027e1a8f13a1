import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '../../../src/engine/engine.ts';
import type { Experiment, LoadedExperiment } from '../../../src/experiment/types.ts';
import { type Clock, systemClock } from '../../../src/host/clock.ts';
import { filesUnder } from '../../../src/host/files.ts';
import { isAlive } from '../../../src/host/process.ts';
import type { KubeObject, ObjectRef } from '../../../src/k8s/object.ts';
import type { Api } from '../../../src/kube/client/api.ts';
import { connect } from '../../../src/kube/connection/connection.ts';
import { loadedExperiment, WEB_IS_AVAILABLE } from '../../support/loaded-experiment.ts';

/** A cluster that the journeys run against. */
export interface Provider {
  name: string;
  kubeconfig: string;
  /** Runs as fast as the cluster's own time. */
  clock?: Clock;
  close?: () => Promise<void>;
}

export interface Bench {
  api: Api;
  engine: Engine;
  clock: Clock;
  namespace: string;
  stateDir: string;
  must(object: KubeObject): Promise<KubeObject>;
  get(ref: ObjectRef): Promise<KubeObject>;
  /** Waits until the object looks so; fails after 60 s of cluster time. */
  until(ref: ObjectRef, looks: (object: KubeObject) => boolean): Promise<KubeObject>;
  close(): Promise<void>;
}

/** A connection, an engine with a state folder of its own, and a namespace that is deleted again. */
export async function openBench(provider: Provider): Promise<Bench> {
  const clock = provider.clock ?? systemClock;
  const connected = await connect({ kubeconfig: provider.kubeconfig, clock });
  if (!connected.ok) throw new Error(connected.message);
  const api = connected.value;
  const namespace = `mayday-e2e-${randomBytes(3).toString('hex')}`;
  const stateDir = await mkdtemp(join(tmpdir(), 'mayday-e2e-'));
  const engine = createEngine({
    api,
    clock,
    random: Math.random,
    files: filesUnder(stateDir),
    stateDir,
    host: 'bench',
    pid: process.pid,
    version: 'test',
    isAlive,
    gates: () => Promise.resolve([]),
  });
  const must = async (object: KubeObject) => {
    const made = await api.create(object);
    if (!made.ok) throw new Error(`create ${object.kind} ${object.metadata.name}: ${made.message}`);
    return made.value;
  };
  const get = async (ref: ObjectRef) => {
    const got = await api.get(ref);
    if (!got.ok) throw new Error(`get ${ref.kind} ${ref.name}: ${got.message}`);
    return got.value;
  };
  await must({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  return {
    api,
    engine,
    clock,
    namespace,
    stateDir,
    must,
    get,
    async until(ref, looks) {
      const end = clock.monotonic() + 60_000;
      for (;;) {
        const object = await get(ref);
        if (looks(object)) return object;
        if (clock.monotonic() > end)
          throw new Error(`${ref.kind} ${ref.name} did not come to look as expected: ${JSON.stringify(object.status)}`);
        await clock.sleep(200);
      }
    },
    async close() {
      await api.remove({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
      await api.close();
      await provider.close?.();
    },
  };
}

/** Deployment `web`, one replica. */
export const web = (namespace: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace, labels: { app: 'web' } },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'example.com/web:1' }] },
    },
  },
});

export const isAvailable = (object: KubeObject): boolean => {
  const status = object.status as
    | {
        conditions?: { type: string; status: string }[];
        observedGeneration?: number;
        updatedReplicas?: number;
        replicas?: number;
      }
    | undefined;
  return (
    status?.observedGeneration === object.metadata.generation &&
    status?.updatedReplicas === status?.replicas &&
    (status?.conditions?.some(one => one.type === 'Available' && one.status === 'True') ?? false)
  );
};

/** An experiment on that Deployment. */
export function experimentOn(
  namespace: string,
  injection: Pick<Experiment['spec']['injection'], 'type' | 'parameters'> & { ttlMs?: number },
  recoveryTimeoutMs = 30_000,
): LoadedExperiment {
  return loadedExperiment(
    { name: `e2e-${injection.type.toLowerCase()}` },
    {
      tier: 1,
      target: { operator: 'e2e', component: 'web' },
      steadyState: { checks: [WEB_IS_AVAILABLE] },
      injection: { count: 1, dangerLevel: 'high', ...injection },
      hypothesis: { description: 'web stays up', recoveryTimeoutMs, recoveryTimeoutGiven: true },
      blastRadius: { allowedNamespaces: [namespace] },
    },
  );
}
