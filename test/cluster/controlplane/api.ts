/**
 * A few requests to an API server, with nothing of mayday in between: what these tests stand on must not be what they test.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { Certificate } from './certificates.ts';

/** An answer: the HTTP status and the parsed body (text where it is not JSON). */
// biome-ignore lint/suspicious/noExplicitAny: objects of a hundred kinds; the tests that read them know which
type Answer = { readonly status: number; readonly body: any };

export interface Api {
  readonly server: string;
  call(method: string, path: string, body?: unknown, contentType?: string): Promise<Answer>;
  /** Sends `body` and rejects unless the status is below 300, or one of `alsoFine`. */
  must(
    method: string,
    path: string,
    body?: unknown,
    alsoFine?: readonly number[],
    contentType?: string,
  ): Promise<Answer>;
  /** Opens a request whose body is a stream of JSON lines (watch, log follow); ends when `signal` aborts or the server closes. */
  lines(path: string, line: (text: string) => void, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** A connection to `server` (https) with `authority` (a path) and a client certificate; 20 s per request. */
export function openApi(server: string, authority: string, client: Certificate): Api {
  const agent = new Agent({
    ca: readFileSync(authority),
    cert: readFileSync(client.certificate),
    key: readFileSync(client.key),
    keepAlive: true,
    maxSockets: 32,
  });

  const call = (method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
      const headers = {
        accept: 'application/json',
        ...(sent !== undefined && { 'content-type': contentType, 'content-length': Buffer.byteLength(sent) }),
      };
      const asked = request(new URL(path, server), { method, agent, headers, timeout: 20_000 }, response => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.once('error', reject);
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(parts)) }));
      });
      asked.once('timeout', () => asked.destroy(new Error(`${method} ${path}: no answer in 20 s`)));
      asked.once('error', (error: NodeJS.ErrnoException) => {
        // A kept connection that the server had closed meanwhile: nothing was read there, so it may be said again.
        const stale = asked.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        if (stale) call(method, path, body, contentType).then(resolve, reject);
        else reject(error);
      });
      asked.end(sent);
    });

  return {
    server,
    call,
    async must(method, path, body, alsoFine = [], contentType) {
      const answer = await call(method, path, body, contentType);
      if (answer.status < 300 || alsoFine.includes(answer.status)) return answer;
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body?.message ?? answer.body)}`);
    },
    lines(path, line, signal) {
      return new Promise((resolve, reject) => {
        const asked = request(
          new URL(path, server),
          { agent, signal, headers: { accept: 'application/json' } },
          response => {
            if (response.statusCode !== 200) {
              response.resume();
              reject(new Error(`GET ${path}: ${response.statusCode}`));
              return;
            }
            let rest = '';
            response.setEncoding('utf8');
            response.on('data', (part: string) => {
              const pieces = (rest + part).split('\n');
              rest = pieces.pop() ?? '';
              for (const piece of pieces) if (piece !== '') line(piece);
            });
            response.once('close', () => resolve());
          },
        );
        asked.once('error', error => (signal.aborted ? resolve() : reject(error)));
        asked.end();
      });
    },
    close: () => agent.destroy(),
  };
}

function parsed(bytes: Buffer): unknown {
  const text = bytes.toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
