import { promisify } from 'node:util';
import { createGunzip, gunzip } from 'node:zlib';
import { cleanText, sanitise } from '../text/sanitise.ts';
import type { Clock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import { codeOf, failure, unreachable } from './failure.ts';
import type { Failure } from './outcome.ts';
import type { ServerClock } from './server-clock.ts';

/** One HTTP request to the API server; `path` includes the query. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** For a request: until the whole answer is there. For a stream: until it begins. */
  deadlineMs: number;
  signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  ok: true;
  status: number;
  header(name: string): string | undefined;
  /** All values of a header that may repeat. */
  headerAll(name: string): string[];
  text: string;
}

/** The beginning of an answer whose body is read as it comes; an error answer is read at once, into `text`. */
export interface HttpStream extends HttpAnswer {
  /** The body, decompressed; throws when the connection drops or the signal aborts. */
  chunks: AsyncIterable<Buffer> | [];
}

/** A failure of the transport. `lost` tells that the connection broke rather than the deadline passed: a read may be sent again at once. */
export type TransportFailure = Failure & { lost?: boolean };

export interface Transport {
  send(request: HttpRequest): Promise<HttpAnswer | TransportFailure>;
  stream(request: HttpRequest): Promise<HttpStream | TransportFailure>;
  readonly requests: number;
  readonly server: string;
  close(): Promise<void>;
}

interface RawAnswer {
  statusCode: number;
  headers: Record<string, string | string[] | undefined>;
  body: AsyncIterable<Buffer> & { dump(options?: { limit: number }): Promise<void>; destroy(error?: Error): unknown };
}

/** Sends one request over a dispatcher. undici's `request`, passed in so that its module loads only when a connection is made. */
export type RequestFunction = (url: string, options: object) => Promise<RawAnswer>;

const unzip = promisify(gunzip);
const DEADLINE = Symbol('deadline');
const GIVEN_UP = Symbol('given up');
const LOST = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** HTTP to one API server: credentials on every request, keep-alive, gzip, a deadline for each, one refresh of the credentials on 401. */
export function createTransport(parts: {
  request: RequestFunction;
  credentials: Credentials;
  clock: Clock;
  serverClock: ServerClock;
  /** Whether compressed answers are worth their work; not on loopback. */
  gzip: boolean;
}): Transport {
  const { request, credentials, clock, serverClock } = parts;
  const active = new Set<AbortController>();
  let closed = false;
  let requests = 0;

  async function attempt(wanted: HttpRequest, forStream: boolean, signal: AbortSignal): Promise<RawAnswer | Failure> {
    const access = await credentials.access();
    if (!access.ok) return access;
    requests += 1;
    const sentAt = clock.now();
    const answer = await request(access.value.server + wanted.path, {
      dispatcher: forStream ? access.value.streams : access.value.requests,
      method: wanted.method,
      headers: { ...(parts.gzip && { 'accept-encoding': 'gzip' }), ...wanted.headers, ...access.value.headers },
      body: wanted.body,
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    serverClock.sample(headerOf(answer, 'date'), sentAt, clock.now());
    return answer;
  }

  async function authorised(
    wanted: HttpRequest,
    forStream: boolean,
    signal: AbortSignal,
  ): Promise<RawAnswer | Failure> {
    const answer = await attempt(wanted, forStream, signal);
    if ('ok' in answer || answer.statusCode !== 401 || !(await credentials.refresh())) return answer;
    // Refused before anything was done, so sending again is safe for writes too.
    await answer.body.dump({ limit: 65_536 });
    return attempt(wanted, forStream, signal);
  }

  /** Runs `work` under the deadline and the caller's signal. A stream stays bound to the signal until `release` is called. */
  async function guarded<T>(
    wanted: HttpRequest,
    work: (signal: AbortSignal, keep: () => () => void) => Promise<T>,
  ): Promise<T | TransportFailure> {
    const stop = new AbortController();
    const answered = new AbortController();
    const onAbort = () => stop.abort(GIVEN_UP);
    const release = () => {
      wanted.signal?.removeEventListener('abort', onAbort);
      active.delete(stop);
    };
    let kept = false;
    if (wanted.signal?.aborted || closed) stop.abort(GIVEN_UP);
    wanted.signal?.addEventListener('abort', onAbort);
    active.add(stop);
    clock.sleep(wanted.deadlineMs, answered.signal).then(
      () => stop.abort(DEADLINE),
      () => undefined,
    );
    try {
      stop.signal.throwIfAborted();
      return await work(stop.signal, () => {
        kept = true;
        return release;
      });
    } catch (error) {
      return explain(credentials.server, wanted, stop.signal, error);
    } finally {
      answered.abort();
      if (!kept) release();
    }
  }

  return {
    server: credentials.server,
    get requests() {
      return requests;
    },
    send: wanted =>
      guarded(wanted, async signal => {
        const answer = await authorised(wanted, false, signal);
        if ('ok' in answer) return answer;
        return { ...describe(answer), text: await wholeBody(answer) };
      }),
    stream: wanted =>
      guarded(wanted, async (signal, keep) => {
        const answer = await authorised(wanted, true, signal);
        if ('ok' in answer) return answer;
        if (answer.statusCode >= 300) return { ...describe(answer), chunks: [], text: await wholeBody(answer) };
        return { ...describe(answer), chunks: untilDone(decoded(answer), keep()), text: '' };
      }),
    async close() {
      closed = true;
      for (const stop of active) stop.abort(GIVEN_UP);
      await credentials.close();
    },
  };
}

async function* untilDone(chunks: AsyncIterable<Buffer>, release: () => void): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } finally {
    release();
  }
}

function describe(answer: RawAnswer) {
  return {
    ok: true as const,
    status: answer.statusCode,
    header: (name: string) => headerOf(answer, name),
    headerAll: (name: string) => [answer.headers[name] ?? []].flat(),
  };
}

function headerOf(answer: RawAnswer, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

const zipped = (answer: RawAnswer) => headerOf(answer, 'content-encoding') === 'gzip';

async function wholeBody(answer: RawAnswer): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return (zipped(answer) && bytes.length > 0 ? await unzip(bytes) : bytes).toString('utf8');
}

function decoded(answer: RawAnswer): AsyncIterable<Buffer> {
  if (!zipped(answer)) return answer.body;
  const source = answer.body as unknown as NodeJS.ReadableStream & { destroy(): void };
  const unzipped = createGunzip();
  source.on('error', error => unzipped.destroy(error));
  unzipped.on('close', () => source.destroy());
  return source.pipe(unzipped);
}

function explain(server: string, wanted: HttpRequest, stop: AbortSignal, error: unknown): TransportFailure {
  if (stop.aborted && stop.reason === DEADLINE) {
    const seconds = wanted.deadlineMs / 1000;
    return failure('unreachable', cleanText`${sanitise(server, 256)} gave no answer within ${seconds}s`);
  }
  if (stop.aborted) return failure('aborted', cleanText`the request was given up`);
  return { ...unreachable(server, error), lost: LOST.has(codeOf(error)) };
}
