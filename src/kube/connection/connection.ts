import { type Clock, systemClock } from '../../host/clock.ts';
import { type Clean, cleanText, sanitise } from '../../text/sanitise.ts';
import { withoutUserinfo } from '../../text/url.ts';
import type { Api, Identity } from '../client/api.ts';
import { createClient } from '../client/client.ts';
import { createConcurrencyLimit } from '../client/http/concurrency-limit.ts';
import { createServerClock } from '../client/http/server-clock.ts';
import { createTransport } from '../client/http/transport.ts';
import { connectionsFor, createConnections, isLoopback, isUsableProxy, proxyFor } from './connections.ts';
import { createCredentials, type MaterialSource } from './credentials.ts';
import { loadHttpLibrary, loadProxyLibrary } from './http-library.ts';
import { impersonationHeaders } from './impersonation.ts';
import { type Loaded, loadKubeconfig, type Machine, type Refusal, resolveTarget } from './kubeconfig.ts';
import { kubeconfigSource } from './kubeconfig-source.ts';
import { type SharedByConnections, thisMachine } from './machine.ts';
import { type RunCommand, runCommand } from './run-command.ts';
import { readServerUrl } from './server-url.ts';
import { contradictionIn } from './usable.ts';

export interface ConnectOptions {
  /** A kubeconfig file; without it KUBECONFIG, then `~/.kube/config`, then the pod's service account. */
  kubeconfig?: string | undefined;
  context?: string | undefined;
  namespace?: string | undefined;
  /** Act as this user, and these groups. */
  as?: string | undefined;
  asGroups?: string[] | undefined;
  /** A server without a kubeconfig, such as the sandbox; `ca` in PEM. */
  server?: string | undefined;
  token?: string | undefined;
  ca?: string | undefined;
  /** The name of this connection when it has no context. */
  name?: string | undefined;
  clock?: Clock;
  machine?: Machine;
  /** One of many connections of this process. */
  shared?: SharedByConnections | undefined;
  run?: RunCommand;
}

/**
 * Connects to the cluster that the options name. Reads the kubeconfig and gets credentials (running a credential
 * plugin when there is one), but asks the cluster nothing. A refusal is one line: the user must fix `kubeconfig` or
 * `context`, or `credentials` could not be obtained.
 */
export async function connect(options: ConnectOptions = {}): Promise<Loaded<Api>> {
  // The library is loaded while the kubeconfig is read.
  const http = loadHttpLibrary();
  const machine = options.machine ?? options.shared?.machine ?? thisMachine();
  const found = options.server ? explicitOpening(options, options.server) : await fromKubeconfig(options, machine);
  if (!found.ok) return found;
  return open(found.value, machine, options.clock ?? systemClock, { http, shared: options.shared });
}

/** How many requests to each of many clusters run at the same time at first. */
const FEWEST_AT_ONCE = 2;

/** Whether a header cannot carry one of these names. */
const hasControlCharacter = (names: readonly string[]): boolean => names.some(name => /\p{Cc}/u.test(name));

interface Opening {
  server: string;
  identity: Identity;
  source: MaterialSource;
  proxyUrl?: string | undefined;
  /** Answers are not to be compressed. */
  disableCompression?: boolean | undefined;
}

/** Opens a server and token given as options, without loading the client library. */
function explicitOpening(options: ConnectOptions, server: string): Loaded<Opening> {
  const headers = {
    ...(options.token && { authorization: `Bearer ${options.token}` }),
    ...impersonationHeaders({ name: '' }, { user: options.as, groups: options.asGroups }),
  };
  const material = { headers, tls: options.ca ? { ca: options.ca } : {} };
  return {
    ok: true,
    value: {
      identity: {
        context: options.name ?? withoutUserinfo(server),
        server,
        user: options.as ?? options.name ?? 'token',
        namespace: options.namespace ?? 'default',
      },
      server: server.replace(/\/$/, ''),
      source: { material: async () => ({ ok: true, status: 0, value: material }), renew: async () => false },
    },
  };
}

async function fromKubeconfig(options: ConnectOptions, machine: Machine): Promise<Loaded<Opening>> {
  if (options.asGroups?.length && !options.as) {
    return { ok: false, reason: 'context', message: cleanText`--as-group needs --as: name the user to act as` };
  }
  if (hasControlCharacter([options.as ?? '', ...(options.asGroups ?? [])])) {
    return {
      ok: false,
      reason: 'context',
      message: cleanText`--as and --as-group: expected names without control characters`,
    };
  }
  const config = await loadKubeconfig(machine, options.kubeconfig);
  if (!config.ok) return config;
  const target = resolveTarget(config.value, options.context);
  if (!target.ok) return target;
  const { context, cluster, user, namespace } = target.value;
  const server = readServerUrl(cluster.server);
  if (!server) return badServer(context, cluster.server);
  const wrong = contradictionIn(cluster, user, options.as !== undefined);
  if (wrong) return { ok: false, reason: 'kubeconfig', message: wrong };
  const source = kubeconfigSource({
    target: target.value,
    server,
    impersonation: { user: options.as, groups: options.asGroups },
    reload: async () => {
      const again = await loadKubeconfig(machine, options.kubeconfig);
      return again.ok ? again.value.users.find(each => each.name === user.name) : undefined;
    },
    run: options.run ?? runCommand,
    env: machine.env,
    now: () => (options.clock ?? systemClock).now(),
  });
  return {
    ok: true,
    value: {
      identity: {
        context,
        server: server.url,
        user: options.as ?? user.impersonateUser ?? user.name,
        namespace: options.namespace ?? namespace,
      },
      server: server.url,
      source,
      proxyUrl: cluster.proxyUrl,
      disableCompression: cluster.disableCompression,
    },
  };
}

async function open(
  opening: Opening,
  machine: Machine,
  clock: Clock,
  { http, shared }: { http: ReturnType<typeof loadHttpLibrary>; shared: SharedByConnections | undefined },
): Promise<Loaded<Api>> {
  const { server, source } = opening;
  const proxy = proxyOf(opening, machine);
  const refusal = badProxy(proxy?.uri);
  if (refusal) return refusal;
  const reach = {
    http: await http,
    proxy: proxy && { ...proxy, library: await loadProxyLibrary() },
    connections: connectionsFor(shared?.clusters ?? 1),
  };
  const credentials = createCredentials({
    server,
    source,
    connect: tls => createConnections(tls, reach),
    clock,
  });
  const first = await credentials.access();
  if (!first.ok) return { ok: false, reason: 'credentials', message: first.message };
  const serverClock = createServerClock(clock);
  const transport = createTransport({
    credentials,
    clock,
    serverClock,
    proxy: proxy && sanitise(withoutUserInfo(proxy.uri), 200),
    gzip: !opening.disableCompression && !isLoopback(new URL(server).hostname),
    limit:
      shared?.load &&
      createConcurrencyLimit({ fewest: FEWEST_AT_ONCE, most: reach.connections, load: shared.load, clock }),
  });
  return {
    ok: true,
    value: createClient({
      transport,
      identity: shown(opening.identity),
      clock,
      serverClock,
    }),
  };
}

const proxyOf = ({ server, proxyUrl }: Opening, machine: Machine) => proxyFor(server, proxyUrl, machine.env);

const refusedConfig = (message: Clean): Refusal => ({ ok: false, reason: 'kubeconfig', message });

function badServer(context: string, server: string): Refusal {
  return refusedConfig(
    cleanText`the server of ${sanitise(context, 128)} is not an http(s) URL: ${sanitise(withoutUserInfo(server), 200)}`,
  );
}

/** The part before the last @ of a URL that cannot be parsed may be a password. */
const withoutUserInfo = (url: string): string => url.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/is, '$1');

function badProxy(uri: string | undefined): Refusal | undefined {
  if (uri === undefined || isUsableProxy(uri)) return undefined;
  return refusedConfig(
    cleanText`cannot go through proxy ${sanitise(withoutUserInfo(uri), 200)}: expected an http, https or socks5 URL`,
  );
}

/** Sanitises the identity, which is shown to people. */
function shown({ context, server, user, namespace }: Identity): Identity {
  return {
    context: sanitise(context, 256),
    server: sanitise(withoutUserinfo(server), 256),
    user: sanitise(user, 256),
    namespace: sanitise(namespace, 64),
  };
}
