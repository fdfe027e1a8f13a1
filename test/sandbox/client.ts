import { Agent, request } from 'node:https';
import type { SandboxServer } from '../../src/sandbox/server.ts';

export interface Asked {
  method?: string;
  path: string;
  body?: unknown;
  contentType?: string;
  accept?: string;
  /** Impersonated user. */
  user?: string;
  /** Another bearer token than the administrator's. */
  token?: string;
  headers?: Record<string, string>;
  /** Ends a watch once it has sent so many lines. */
  lines?: number;
}

export interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Sends plain requests to a sandbox over one kept connection. */
export function createTestClient(sandbox: Pick<SandboxServer, 'url' | 'token' | 'certificate'>) {
  const agent = new Agent({ ca: sandbox.certificate, keepAlive: true });
  const send = (asked: Asked): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const body =
        asked.body === undefined ? undefined : typeof asked.body === 'string' ? asked.body : JSON.stringify(asked.body);
      const headers: Record<string, string> = {
        Authorization: `Bearer ${asked.token ?? sandbox.token}`,
        Accept: asked.accept ?? 'application/json',
        ...(body === undefined
          ? {}
          : {
              'Content-Length': String(Buffer.byteLength(body)),
              'Content-Type': asked.contentType ?? 'application/json',
            }),
        ...(asked.user ? { 'Impersonate-User': asked.user } : {}),
        ...asked.headers,
      };
      const outgoing = request(
        `${sandbox.url}${asked.path}`,
        { method: asked.method ?? 'GET', agent, headers },
        incoming => {
          const chunks: Buffer[] = [];
          const text = () => Buffer.concat(chunks).toString();
          const answered = () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: text() });
          incoming.on('data', chunk => {
            chunks.push(chunk as Buffer);
            if (asked.lines === undefined || text().split('\n').length <= asked.lines) return;
            answered();
            incoming.destroy();
          });
          incoming.on('end', answered);
          incoming.on('error', reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  return {
    send,
    /** The body of a successful answer. */
    async ok<T = Record<string, unknown>>(asked: Asked): Promise<T> {
      const { status, text } = await send(asked);
      if (status >= 300) throw new Error(`${asked.method ?? 'GET'} ${asked.path}: ${status} ${text}`);
      return JSON.parse(text) as T;
    },
    close: () => agent.destroy(),
  };
}

export type TestClient = ReturnType<typeof createTestClient>;
