import { createClient } from '../../../src/sandbox/api/client.ts';
import type { Kernel } from '../../../src/sandbox/api/kernel.ts';
import { bootstrapCluster } from '../../../src/sandbox/bootstrap/cluster.ts';
import { createManualClock, type ManualClock } from '../../../src/sandbox/clock.ts';
import type { SandboxClient, SandboxContext } from '../../../src/sandbox/context.ts';
import { followDefinitions } from '../../../src/sandbox/crd/controller.ts';
import { builtinResources } from '../../../src/sandbox/discovery/builtin.ts';
import { createPodLogs } from '../../../src/sandbox/logs.ts';
import { createFieldTracker } from '../../../src/sandbox/managed/tracker.ts';
import { createRandom } from '../../../src/sandbox/random.ts';
import { createRegistry } from '../../../src/sandbox/registry.ts';
import { createSchemas } from '../../../src/sandbox/schema/schemas.ts';
import { createStore } from '../../../src/sandbox/store.ts';
import { type SandboxWorld, startWorld } from '../../../src/sandbox/world/start.ts';

/** A world behind the real API, without the network, in time that only moves when a test moves it. */
export interface TestWorld extends SandboxContext {
  clock: ManualClock;
  world: SandboxWorld;
  /** The API as the cluster's administrator. */
  admin: SandboxClient;
  /** Lets `ms` of sandbox time pass, in steps, with everything settling in between. */
  pass(ms: number, stepMs?: number): Promise<void>;
}

const turn = () => new Promise<void>(resolve => setImmediate(resolve));

/** Starts a scenario. The same seed plays the same. */
export function startTestWorld(scenario = 'healthy', seed = 1): TestWorld {
  const clock = createManualClock(Date.UTC(2026, 10, 21, 12));
  const random = createRandom(seed);
  const registry = createRegistry(builtinResources());
  const schemas = createSchemas();
  const store = createStore({ clock, random, registry, track: createFieldTracker(registry, schemas) });
  const kernel: Kernel = { store, clock, random, registry, schemas, logs: createPodLogs(), webhooks: new Map() };
  followDefinitions(kernel);
  bootstrapCluster(store);
  const context: SandboxContext = {
    ...kernel,
    scenario,
    as: (username, groups = []) => createClient(kernel, { username, groups }),
    accountToken: ({ uid }, secret) => `token of ${uid} in ${secret}`,
  };
  const world = startWorld(context);
  return {
    ...context,
    clock,
    world,
    admin: context.as('kubernetes-admin', ['system:masters', 'system:authenticated']),
    async pass(ms, stepMs = 50) {
      for (let left = ms; left > 0; left -= stepMs) {
        clock.advance(Math.min(stepMs, left));
        await turn();
      }
      for (let i = 0; i < 5; i++) {
        clock.advance(0);
        await turn();
      }
    },
  };
}
