import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createClient } from './api/client.ts';
import type { Kernel } from './api/kernel.ts';
import { bootstrapCluster } from './bootstrap/cluster.ts';
import { createCatchUpClock } from './catch-up-clock.ts';
import type { WallClock } from './clock.ts';
import type { SandboxContext } from './context.ts';
import { followDefinitions } from './crd/controller.ts';
import { builtinResources } from './discovery/builtin.ts';
import { unavailableGroupVersions } from './discovery/unavailable.ts';
import { issueServerCertificate } from './http/certificate.ts';
import { kubeconfigFor } from './http/kubeconfig.ts';
import { impliedGroups } from './http/requester.ts';
import { requestHandler } from './http/serve.ts';
import { createTokens } from './http/tokens.ts';
import type { StartProgram } from './kubelet/programs.ts';
import { createPodLogs } from './logs.ts';
import { createFieldTracker } from './managed/tracker.ts';
import { createOpenApi } from './openapi/document.ts';
import { createRandom } from './random.ts';
import { createRegistry } from './registry.ts';
import { scenarioNamed } from './scenarios/registry.ts';
import { parseScenario } from './scenarios/scenario.ts';
import { createSchemas } from './schema/schemas.ts';
import { createStore } from './store.ts';
import { startWorld } from './world/start.ts';

/** How a sandbox is started; everything has a default. */
export interface SandboxOptions {
  /** 0: any free port. */
  port?: number;
  /** How many times faster than the wall clock the cluster's time runs. */
  speed?: number;
  /** The same seed gives the same names and addresses. */
  seed?: number;
  /** The scenario to set up. */
  scenario?: string;
  /** The administrator's bearer token; generated when absent. */
  token?: string;
  /** Called with internal errors of the sandbox. */
  onFault?: (error: unknown) => void;
  /** Real programs for some containers; without it nothing runs in a pod. */
  program?: StartProgram;
  /** The time and timers outside the sandbox. */
  wall?: WallClock;
}

/** A running cluster with its HTTP server. */
export interface SandboxServer {
  url: string;
  token: string;
  /** A kubeconfig, as text, that reaches the sandbox as its administrator. */
  kubeconfig: string;
  /** The self-signed certificate of the server, in PEM. */
  certificate: string;
  context: SandboxContext;
  stop(): Promise<void>;
}

const SYSTEM_WALL: WallClock = {
  now: () => Date.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: handle => clearTimeout(handle as NodeJS.Timeout),
};

/** The cluster without its HTTP server. */
function createCluster(options: SandboxOptions, wall: WallClock) {
  const { past } = scenarioNamed(parseScenario(options.scenario ?? 'healthy').name);
  const clock = createCatchUpClock(wall, options.speed ?? 1, (past?.minutes ?? 0) * 60_000);
  const random = createRandom(options.seed ?? wall.now());
  const registry = createRegistry(builtinResources());
  const schemas = createSchemas();
  const store = createStore({ clock, random, registry, track: createFieldTracker(registry, schemas) });
  const kernel: Kernel = { store, clock, random, registry, schemas, logs: createPodLogs(), webhooks: new Map() };
  const kinds = followDefinitions(kernel);
  bootstrapCluster(store);
  const tokens = createTokens(store, clock, options.token);
  const context: SandboxContext = {
    store,
    clock,
    random,
    registry,
    logs: kernel.logs,
    webhooks: kernel.webhooks,
    scenario: options.scenario ?? 'healthy',
    as: (username, groups = []) => createClient(kernel, { username, groups: impliedGroups(username, groups) }),
    accountToken: tokens.ofSecret,
  };
  return { kernel, kinds, context, clock, tokens };
}

/**
 * Starts a cluster in this process: the API on 127.0.0.1 over TLS with a certificate of its own, and the world behind it.
 * Rejects when the port is taken or there is no such scenario.
 */
export async function startSandboxServer(options: SandboxOptions = {}): Promise<SandboxServer> {
  const wall = options.wall ?? SYSTEM_WALL;
  const { kernel, kinds, context, clock, tokens } = createCluster(options, wall);
  const { certificate, key } = issueServerCertificate(wall.now());
  let address = '127.0.0.1';
  const openapi = createOpenApi(kernel.registry, kinds.published);
  const down = () => unavailableGroupVersions(kernel.registry, kernel.store.list('apiservices.apiregistration.k8s.io'));
  const discovery = { registry: kernel.registry, openapi, down, address: () => address };
  const onFault = options.onFault ?? (() => {});
  const server = createServer(
    { cert: certificate, key },
    requestHandler({ kernel, kinds, tokens, discovery, wall, onFault }),
  );
  server.requestTimeout = 0;
  server.keepAliveTimeout = 120_000;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  // An unknown scenario is refused before anything listens.
  const world = startWorld(context, options.program);
  const end = () => {
    world.stop();
    kernel.clock.stop();
  };
  try {
    await world.playPast(clock.passTime);
    await clock.catchUp();
  } catch (error) {
    end();
    throw error;
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  }).catch(error => {
    end();
    throw error;
  });
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `https://${address}`;
  return {
    url,
    token: tokens.admin,
    kubeconfig: kubeconfigFor(url, certificate, tokens.admin),
    certificate,
    context,
    async stop() {
      end();
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
