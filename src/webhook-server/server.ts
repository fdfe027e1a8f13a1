import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** What the server of a WebhookLatency injection needs. */
export interface WebhookServerOptions {
  /** TCP port; 0 takes a free one. */
  port: number;
  /** PEM. */
  cert: string;
  key: string;
  /** How long every review waits for its answer, milliseconds. */
  delayMs: number;
  host?: string;
  /** The wait; the signal aborts when the caller closes the connection. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A running server and its TCP port. */
export interface WebhookServer {
  port: number;
  close(): Promise<void>;
}

/** The longest body that is read, bytes; the API server sends no larger object. */
const LARGEST_BODY = 8 * 1024 * 1024;

/**
 * Serves admission reviews over HTTPS: each is allowed after the delay. `GET /healthz` is answered at once. Rejects
 * when the port is taken or the certificate is invalid.
 */
export function startWebhookServer(options: WebhookServerOptions): Promise<WebhookServer> {
  const sleep = options.sleep ?? ((ms, signal) => wait(ms, undefined, { signal }));
  const server = createServer({ cert: options.cert, key: options.key }, (request, response) => {
    answer(request, response, ms => sleep(ms, closeSignal(response)), options.delayMs).catch(() => response.destroy());
  });
  const { promise, resolve, reject } = Promise.withResolvers<WebhookServer>();
  server.once('error', reject);
  server.listen(options.port, options.host, () => {
    server.off('error', reject);
    resolve({
      port: (server.address() as AddressInfo).port,
      close: () =>
        new Promise<void>(closed => {
          server.close(() => closed());
          server.closeAllConnections();
        }),
    });
  });
  return promise;
}

/** A signal that aborts when the caller closes the connection before the answer. */
function closeSignal(response: ServerResponse): AbortSignal {
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  return closed.signal;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  sleep: (ms: number) => Promise<void>,
  delayMs: number,
): Promise<void> {
  if (request.method === 'GET' && request.url === '/healthz') return send(response, 200, { status: 'ok' });
  if (request.method !== 'POST') return send(response, 405, { error: 'expected POST /validate or GET /healthz' });
  const body = await bodyOf(request);
  const review = body === undefined ? undefined : reviewIn(body);
  if (review === undefined) return send(response, 400, { error: 'expected an AdmissionReview with request.uid' });
  await sleep(delayMs);
  return send(response, 200, {
    apiVersion: review.apiVersion,
    kind: 'AdmissionReview',
    response: { uid: review.uid, allowed: true },
  });
}

/** The whole body as text; undefined when it is too large. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > LARGEST_BODY) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reviewIn(body: string): { apiVersion: string; uid: string } | undefined {
  try {
    const { apiVersion, request } = JSON.parse(body) as { apiVersion?: unknown; request?: { uid?: unknown } };
    const uid = request?.uid;
    return typeof apiVersion === 'string' && typeof uid === 'string' ? { apiVersion, uid } : undefined;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
