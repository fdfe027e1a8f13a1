import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { issueServerCertificate } from '../../src/sandbox/http/certificate.ts';

/** A request that would change the cluster; questions about access change nothing. */
export interface Passing {
  method: string;
  path: string;
  isWrite: boolean;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** What the proxy does about one request. `forward` sends it on; without it the cluster never hears of it. */
export interface Doings {
  forward(): Promise<Answer>;
  answer(answer: Answer): void;
  /** Breaks the connection: the client hears nothing. */
  reset(): void;
  /** Answers 200, and sends this piece of a body again and again until the client hangs up. */
  flood(piece: Buffer): void;
}

export type Meet = (passing: Passing, doings: Doings) => Promise<void>;

/** In PEM. */
export interface ClientCertificate {
  cert: string;
  key: string;
}

export interface TroubleProxy {
  url: string;
  certificate: string;
  close(): Promise<void>;
}

/**
 * A server in front of the API server at `url` that may do to each request what networks and servers do. With a client certificate
 * it speaks for whoever comes; else it passes on what they bring. Watches are refused, which costs nobody more than promptness.
 */
export async function startProxy(url: string, meet: Meet, client?: ClientCertificate): Promise<TroubleProxy> {
  const { certificate, key } = issueServerCertificate(Date.now());
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false, ...client });
  const sockets = new Set<Socket>();
  const server = createServer({ cert: certificate, key }, (req, res) => {
    handle(req, res).catch(() => req.socket.destroy());
  });
  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    // The cluster's time passes faster: a made-up answer with the Date of this machine would set the client's idea of it back.
    res.sendDate = false;
    const body = await whole(req);
    if (client !== undefined) delete req.headers.authorization;
    const answer = ({ status, headers, body: text }: Answer) => {
      res.writeHead(status, headers);
      res.end(text);
    };
    if (/[?&]watch=(true|1)/.test(req.url ?? ''))
      return answer(statusAnswer(405, 'MethodNotAllowed', 'no watches here'));
    await meet(passing(req), {
      forward: () => forwarded(url, agent, req, body),
      answer,
      reset: () => req.socket.destroy(),
      flood: piece => flood(res, piece),
    });
  }
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificate,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

function flood(res: ServerResponse, piece: Buffer): void {
  res.writeHead(200, { 'content-type': 'application/json' });
  const pour = () => {
    while (!res.destroyed && res.write(piece));
  };
  res.on('drain', pour).on('error', () => undefined);
  pour();
}

function passing({ method = 'GET', url = '/' }: IncomingMessage): Passing {
  const isQuestion = /(access|subject|rules)reviews/.test(url) || url.includes('dryRun=All');
  return { method, path: url, isWrite: method !== 'GET' && !isQuestion };
}

async function whole(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function forwarded(url: string, agent: Agent, req: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const out = httpsRequest(
      `${url}${req.url}`,
      { method: req.method ?? 'GET', headers: { ...req.headers, host: new URL(url).host }, agent },
      answer => {
        whole(answer).then(text => {
          const { 'transfer-encoding': _chunked, connection: _kept, ...headers } = answer.headers;
          resolve({ status: answer.statusCode ?? 502, headers: headers as Record<string, string>, body: text });
        }, reject);
      },
    );
    out.on('error', reject);
    out.end(body);
  });
}

/** A `Status` as API servers answer with. */
export function statusAnswer(
  code: number,
  reason: string,
  message: string,
  headers: Record<string, string> = {},
): Answer {
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason, message, code };
  return {
    status: code,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}
