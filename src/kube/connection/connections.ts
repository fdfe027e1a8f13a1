import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Connections, TlsMaterial } from './credentials.ts';
import type { HttpLibrary, ProxyLibrary } from './http-library.ts';

// Requests share a few connections: enough to scan every kind in parallel, and few enough not to overload a server
// with handshakes.
const REQUEST_CONNECTIONS = 16;
// With many clusters each gets fewer. Still more than the parallel lists of one API group, so that a group that does
// not answer does not block the others.
const FEWEST_CONNECTIONS = 8;
const CONNECTIONS_OF_ALL = 96;
const KEEP_ALIVE_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** The proxy for requests; undefined for direct connections. */
export type Proxy = { uri: string } | undefined;

/** How a server is reached: the library, a proxy with what is needed for it, and by how many connections. */
export interface Reach {
  http: HttpLibrary;
  proxy?: { uri: string; library: ProxyLibrary } | undefined;
  /** Connections that requests share. */
  connections: number;
}

/** Pools of HTTP/1.1 connections to one API server, straight or through an HTTP(S) or SOCKS5 proxy. */
export function createConnections(tls: TlsMaterial, reach: Reach): Connections {
  const connect = connector(reach.http, tls);
  const pool = (connections: number | null) => dispatcher(tls, reach, { connect, connections });
  const pools = {
    requests: pool(reach.connections),
    urgent: pool(REQUEST_CONNECTIONS),
    streams: pool(null),
  };
  const all = Object.values(pools);
  return {
    ...pools,
    retire() {
      for (const one of all) void one.close();
    },
    async close() {
      await Promise.all(all.map(one => one.destroy()));
    },
  };
}

/** How many connections the requests to one cluster share. */
export const connectionsFor = (clusters: number): number =>
  Math.max(FEWEST_CONNECTIONS, Math.min(REQUEST_CONNECTIONS, Math.floor(CONNECTIONS_OF_ALL / clusters)));

type Connect = ReturnType<HttpLibrary['buildConnector']>;

/**
 * A connector whose connections share one TLS context and its sessions: loading the certificates costs more than the
 * handshake.
 */
function connector(http: HttpLibrary, tls: TlsMaterial): Connect {
  let made: Connect | undefined;
  const make = (isTls: boolean) =>
    http.buildConnector({
      ...tls,
      ...(isTls ? { secureContext: createSecureContext(tls) } : {}),
      allowH2: false,
      timeout: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelay: 30_000,
    });
  return (options, callback) => {
    made ??= make(options.protocol === 'https:');
    made(options, callback);
  };
}

function dispatcher(
  tls: TlsMaterial,
  { http, proxy }: Reach,
  { connect, connections }: { connect: Connect; connections: number | null },
) {
  // One stalled connection must not hold up the others, so no HTTP/2.
  const pool = {
    connections,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
  };
  if (!proxy) return new http.Agent({ ...pool, connect });
  // The proxy always resolves names, which is what the `h` asks for.
  const socks = proxy.uri.replace(/^socks5h:/, 'socks5:');
  if (socks.startsWith('socks')) return new proxy.library.Socks5ProxyAgent(socks, { ...pool, requestTls: tls });
  return new proxy.library.ProxyAgent({ ...pool, uri: proxy.uri, requestTls: tls });
}

/**
 * The proxy for a server: the kubeconfig's `proxy-url`, else the environment's (HTTPS_PROXY, HTTP_PROXY, NO_PROXY), which never
 * applies to loopback.
 */
export function proxyFor(
  server: string,
  configured: string | undefined,
  env: Record<string, string | undefined>,
): Proxy {
  if (configured) return { uri: configured };
  const url = new URL(server);
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (isLoopback(host)) return undefined;
  const scheme = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const uri = env[scheme.toUpperCase()] || env[scheme];
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (!uri || isExempt(host, port, env.NO_PROXY || env.no_proxy || '')) return undefined;
  return { uri: uri.includes('://') ? uri : `http://${uri}` };
}

/** Whether this kind of proxy is supported. */
export function isUsableProxy(uri: string): boolean {
  return URL.canParse(uri) && /^(https?|socks|socks5h?):$/.test(new URL(uri).protocol);
}

/** Whether a host name or address is this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(\.\d+){3}$/.test(host);
}

function isExempt(host: string, port: string, noProxy: string): boolean {
  return noProxy
    .split(',')
    .map(entry => entry.trim().toLowerCase())
    .filter(entry => entry !== '')
    .some(entry => entry === '*' || matchesEntry(host, port, entry));
}

function matchesEntry(host: string, port: string, entry: string): boolean {
  const [, network, bits] = /^([\da-f.:]+)\/(\d+)$/.exec(entry) ?? [];
  if (network !== undefined) return isInSubnet(host, network, Number(bits));
  const withPort = /^(.*[^:]):(\d+)$/.exec(entry);
  if (withPort && !isIPv6(entry) && withPort[2] !== port) return false;
  const name = (isIPv6(entry) ? entry : (withPort?.[1] ?? entry)).replace(/^\*(?=\.)/, '').replace(/^\[(.*)\]$/, '$1');
  // A name with a leading dot means the hosts below it, not itself.
  return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
}

/** Whether an address is in a network such as 10.0.0.0/8 or fd00::/8; false if either is not valid. */
function isInSubnet(host: string, network: string, bits: number): boolean {
  const family = isIPv4(network) ? 'ipv4' : isIPv6(network) ? 'ipv6' : undefined;
  if (family === undefined || !(family === 'ipv4' ? isIPv4(host) : isIPv6(host))) return false;
  if (bits > (family === 'ipv4' ? 32 : 128)) return false;
  const subnet = new BlockList();
  subnet.addSubnet(network, bits, family);
  return subnet.check(host, family);
}
