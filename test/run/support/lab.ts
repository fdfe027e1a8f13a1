import type { Experiment, LoadedExperiment } from '../../../src/experiment/types.ts';
import { faultOf } from '../../../src/faults/registry.ts';
import type { FaultType } from '../../../src/faults/types.ts';
import type { KubeObject, ObjectRef } from '../../../src/k8s/object.ts';
import { notRestored, overwrittenRun, revertRun } from '../../../src/revert/run-writes.ts';
import type { RunDeps, RunOptions } from '../../../src/run/deps.ts';
import type { RunEvent } from '../../../src/run/event.ts';
import { runExperiment } from '../../../src/run/lifecycle.ts';
import { AVAILABLE_STATUS } from '../../support/deployments.ts';
import { type FakeApi, fakeApi } from '../../support/fake-api.ts';
import { type FakeClock, fakeClock } from '../../support/fake-clock.ts';
import { loadedExperiment, WEB_IS_AVAILABLE } from '../../support/loaded-experiment.ts';
import { recordingJournal } from './journal.ts';

export const SHOP = 'shop';
export const deploymentRef: ObjectRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: SHOP, name: 'web' };
export const configRef: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: SHOP, name: 'settings' };

export const deployment = (): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: SHOP, generation: 1 },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'shop/web:1' }] } },
  },
  status: structuredClone(AVAILABLE_STATUS),
});

export const pod = (name: string, ready = true): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: SHOP,
    labels: { app: 'web' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'rs-1', controller: true }],
    managedFields: [{ manager: 'kube-controller-manager', operation: 'Update', time: '2026-11-21T12:00:00Z' }],
  },
  spec: { containers: [{ name: 'web', image: 'shop/web:1' }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

export const config = (): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: SHOP },
  data: { mode: 'live', other: 'kept' },
});

export interface ExperimentOverrides {
  type?: FaultType;
  parameters?: Record<string, string>;
  ttlMs?: number;
  recoveryTimeoutMs?: number;
  checks?: Experiment['spec']['steadyState']['checks'];
  annotations?: Record<string, string>;
  dryRun?: boolean;
}

export function experiment(overrides: ExperimentOverrides = {}): LoadedExperiment {
  const { type = 'PodKill', parameters = { labelSelector: 'app=web' }, recoveryTimeoutMs = 60_000 } = overrides;
  return loadedExperiment(
    { name: 'lab', ...(overrides.annotations ? { annotations: overrides.annotations } : {}) },
    {
      tier: 1,
      target: { operator: 'shop', component: 'web' },
      steadyState: { checks: overrides.checks ?? [WEB_IS_AVAILABLE] },
      injection: { type, parameters, count: 1, ...(overrides.ttlMs ? { ttlMs: overrides.ttlMs } : {}) },
      hypothesis: { description: 'the shop keeps selling', recoveryTimeoutMs, recoveryTimeoutGiven: true },
      blastRadius: { allowedNamespaces: [SHOP], dryRun: overrides.dryRun ?? false },
    },
  );
}

export const drift = (overrides: ExperimentOverrides = {}): LoadedExperiment =>
  experiment({ type: 'ConfigDrift', parameters: { name: 'settings', key: 'mode', value: 'chaos' }, ...overrides });
export const corrupt = (overrides: ExperimentOverrides = {}): LoadedExperiment =>
  experiment({ type: 'ImageCorrupt', parameters: { name: 'web' }, ...overrides });

export interface Lab {
  api: FakeApi;
  clock: FakeClock;
  events: RunEvent[];
  deps: RunDeps;
  journal: ReturnType<typeof recordingJournal>;
  run(loaded: LoadedExperiment, options?: Partial<RunOptions>): ReturnType<typeof runExperiment>;
  /** The events of one kind. */
  of<K extends RunEvent['event']>(kind: K): Extract<RunEvent, { event: K }>[];
}

/** A small shop in memory, with a clock of its own and everything a run needs. */
export function lab(
  objects: readonly KubeObject[] = [deployment(), pod('web-a'), config()],
  more: Partial<RunDeps> = {},
): Lab {
  const clock = fakeClock();
  const api = fakeApi(objects, { now: clock.now });
  const journal = recordingJournal();
  const events: RunEvent[] = [];
  const deps: RunDeps = {
    api,
    clock,
    random: () => 0.5,
    who: { user: 'alice', host: 'laptop' },
    fault: faultOf,
    gates: () => Promise.resolve([{ gate: 'blast-radius', ok: true, reason: '1 of 1 pod' }]),
    notRestored: request => notRestored({ api, clock, faultOf, journal }, request),
    revert: request => revertRun({ api, clock, faultOf, journal }, request),
    overwritten: (request, receipts) => overwrittenRun({ api, clock, faultOf, journal }, request, receipts),
    journal,
    ...more,
  };
  return {
    api,
    clock,
    events,
    deps,
    journal,
    run: (loaded, options = {}) =>
      runExperiment(deps, loaded, { run: 'run-1', emit: event => events.push(event), ...options }),
    of: kind => events.filter(event => event.event === kind) as never,
  };
}

/** Sets what a Deployment's controller would say of it. */
export function setAvailable(api: FakeApi, isAvailable: boolean): void {
  api.change(deploymentRef, object => {
    const status = object.status as Record<string, unknown>;
    status.conditions = [
      { type: 'Available', status: isAvailable ? 'True' : 'False', reason: 'MinimumReplicasUnavailable' },
    ];
    status.readyReplicas = isAvailable ? 1 : 0;
  });
}
