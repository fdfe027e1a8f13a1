import { createManualClock, type ManualClock } from '../../../src/sandbox/clock.ts';
import type { SandboxClient, SandboxContext, WebhookBackend } from '../../../src/sandbox/context.ts';
import { builtinResources } from '../../../src/sandbox/discovery/builtin.ts';
import { createPodLogs } from '../../../src/sandbox/logs.ts';
import type { KubeObject } from '../../../src/sandbox/object.ts';
import { createRandom } from '../../../src/sandbox/random.ts';
import { createRegistry, type Registry } from '../../../src/sandbox/registry.ts';
import { createStore, type Store } from '../../../src/sandbox/store.ts';
import { type SandboxWorld, startWorld } from '../../../src/sandbox/world/start.ts';

/** A world on a bare store, in time that only moves when a test moves it. */
export interface TestWorld extends SandboxContext {
  clock: ManualClock;
  world: SandboxWorld;
  /** Lets `ms` of sandbox time pass, in steps, with everything settling in between. */
  pass(ms: number, stepMs?: number): Promise<void>;
  /** Creations of this user are answered by the function first; throw to refuse. */
  refuse: Map<string, (resource: string, object: unknown) => void>;
}

/** The API without its rules: writes go straight to the store. */
function bareClient(store: Store, username: string, refuse: TestWorld['refuse']): SandboxClient {
  return {
    get: async (resource, namespace, name) => store.get(resource, namespace, name) as never,
    list: async (resource, namespace) => store.list(resource, namespace) as never,
    create: async (resource, object, options) => {
      refuse.get(username)?.(resource, object);
      return store.create(resource, object, { by: { manager: options?.manager ?? username } }) as never;
    },
    update: async (resource, object, options) =>
      store.update(resource, object, { by: { manager: options?.manager ?? username } }) as never,
    patch: async () => {
      throw new Error('the bare client does not patch');
    },
    delete: async (resource, namespace, name, options) => {
      store.delete(resource, namespace, name, options);
    },
    can: () => true,
  };
}

interface Crd extends KubeObject {
  spec: {
    group: string;
    scope: string;
    names: { plural: string; singular: string; kind: string; listKind: string };
    versions: { name: string }[];
  };
}

function followDefinitions(store: Store, registry: Registry): void {
  store.watch('customresourcedefinitions.apiextensions.k8s.io', ({ object, type }) => {
    const { spec } = object as Crd;
    const key = `${spec.names.plural}.${spec.group}`;
    if (type === 'DELETED') {
      registry.remove(key);
      return;
    }
    if (registry.get(key)) return;
    const version = spec.versions[0]?.name ?? 'v1';
    registry.add({
      key,
      group: spec.group,
      version,
      versions: [version],
      resource: spec.names.plural,
      singular: spec.names.singular,
      kind: spec.names.kind,
      listKind: spec.names.listKind,
      namespaced: spec.scope === 'Namespaced',
      shortNames: [],
      categories: [],
      verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
      subresources: [
        { name: 'status', kind: spec.names.kind, group: spec.group, version, verbs: ['get', 'patch', 'update'] },
      ],
      custom: true,
      counted: true,
    });
  });
}

const turn = () => new Promise<void>(resolve => setImmediate(resolve));

/** Starts a scenario. */
export function startTestWorld(scenario = 'healthy', seed = 1): TestWorld {
  const clock = createManualClock(Date.UTC(2026, 10, 21, 12));
  const random = createRandom(seed);
  const registry = createRegistry(builtinResources());
  const store = createStore({ clock, random, registry });
  followDefinitions(store, registry);
  const refuse: TestWorld['refuse'] = new Map();
  const context: SandboxContext = {
    store,
    clock,
    random,
    registry,
    logs: createPodLogs(),
    scenario,
    webhooks: new Map<string, WebhookBackend>(),
    as: username => bareClient(store, username, refuse),
  };
  const world = startWorld(context);
  return {
    ...context,
    clock,
    world,
    refuse,
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
