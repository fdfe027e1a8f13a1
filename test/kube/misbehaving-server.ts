import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Received {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
  /** Common name of the client certificate, over TLS. */
  certificate?: string | undefined;
}

export type Behaviour = (request: Received, response: ServerResponse) => void;

export interface MisbehavingServer {
  url: string;
  port: number;
  received: Received[];
  /** How many connections were made to it. */
  connections(): number;
  /** What answers from now on. */
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

export const fixture = (name: string): string => new URL(`fixtures/${name}`, import.meta.url).pathname;

/** An HTTP server that does to each request whatever the test says, on a port of its own. */
export async function startServer(behaviour: Behaviour, options: { tls?: boolean } = {}): Promise<MisbehavingServer> {
  let behave = behaviour;
  const received: Received[] = [];
  const listener = (message: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    message
      .on('data', chunk => chunks.push(chunk))
      .on('end', () => {
        const url = new URL(message.url ?? '/', 'http://server');
        const socket = message.socket as { getPeerCertificate?: () => { subject?: { CN?: string | string[] } } };
        const request: Received = {
          method: message.method ?? '',
          path: url.pathname,
          query: url.searchParams,
          headers: message.headers,
          body: Buffer.concat(chunks).toString(),
          certificate: [socket.getPeerCertificate?.().subject?.CN].flat()[0],
        };
        received.push(request);
        behave(request, response);
      });
  };
  const server = options.tls
    ? createTlsServer(
        {
          cert: readFileSync(fixture('server.crt')),
          key: readFileSync(fixture('server.key')),
          ca: readFileSync(fixture('ca.crt')),
          requestCert: true,
          rejectUnauthorized: false,
        },
        listener,
      )
    : createServer(listener);
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    received,
    connections: () => connections,
    behave(next) {
      behave = next;
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** A `Status` as the API server sends it with an error. */
export const statusBody = (code: number, reason: string, message: string, details: object = {}) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  details,
  code,
});
