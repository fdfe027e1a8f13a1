/**
 * The way from the API server to pods: an HTTP CONNECT proxy on a unix socket. The API server is told to use it for
 * everything it dials inside the cluster (webhooks, aggregated APIs); `podIP:port` becomes a port on this machine.
 */
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * The loopback port that plays `address:port`; `dropped` when a firewall would say nothing at all; or undefined when
 * this route does not know the address. What no route knows is refused.
 */
type Route = (address: string, port: number) => number | 'dropped' | undefined;

export interface Egress {
  /** Adds a route; routes are asked in the order of their adding. Returns what takes it away again. */
  route(route: Route): () => void;
  /** Every dial so far: `10.244.0.3:9443`, and whether it was connected. */
  readonly dials: readonly { readonly to: string; readonly connected: boolean }[];
  close(): Promise<void>;
}

/** Listens on the unix socket `path` (at most about 100 bytes long, a limit of the system). */
export async function startEgress(path: string): Promise<Egress> {
  const routes = new Set<Route>();
  const dials: { to: string; connected: boolean }[] = [];
  const open = new Set<Duplex>();
  const server = createServer((_request, response) => response.writeHead(405).end());

  server.on('connect', (request, client: Duplex, head) => {
    const to = request.url ?? '';
    const colon = to.lastIndexOf(':');
    const address = to.slice(0, colon).replace(/^\[|\]$/g, '');
    const port = target(routes, address, Number(to.slice(colon + 1)));
    track(open, client);
    if (port === 'dropped') {
      dials.push({ to, connected: false });
      return;
    }
    if (port === undefined) {
      dials.push({ to, connected: false });
      client.end('HTTP/1.1 502 connection refused\r\n\r\n');
      return;
    }
    const pod: Socket = connect(port, '127.0.0.1', () => {
      dials.push({ to, connected: true });
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      pod.write(head);
      pod.pipe(client);
      client.pipe(pod);
    });
    track(open, pod);
    pod.once('error', () => {
      if (pod.connecting) dials.push({ to, connected: false });
      client.end('HTTP/1.1 502 connection refused\r\n\r\n');
    });
    client.once('close', () => pod.destroy());
    pod.once('close', () => client.destroy());
  });

  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    dials,
    route(route) {
      routes.add(route);
      return () => routes.delete(route);
    },
    close: () =>
      new Promise(resolve => {
        for (const each of open) each.destroy();
        server.close(() => resolve());
      }),
  };
}

function target(routes: ReadonlySet<Route>, address: string, port: number): ReturnType<Route> {
  for (const route of routes) {
    const found = route(address, port);
    if (found !== undefined) return found;
  }
  return undefined;
}

function track(open: Set<Duplex>, stream: Duplex): void {
  open.add(stream);
  stream.on('error', () => {});
  stream.once('close', () => open.delete(stream));
}
