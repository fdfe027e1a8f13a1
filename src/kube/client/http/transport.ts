import type { Clock } from '../../../host/clock.ts';
import { type Clean, cleanText, sanitise } from '../../../text/sanitise.ts';
import type { Credentials } from '../../connection/credentials.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import { exchange } from './exchange.ts';
import { codeOf, failure, unreachable } from './failure.ts';
import { createHeartbeat, type Heartbeat } from './heartbeat.ts';
import { createInFlight, StopReason } from './in-flight.ts';
import type { Failure } from './outcome.ts';
import { bodyChunks, boundedChunks, describe, headerOf, type RawAnswer, TooLarge, wholeBody } from './raw-answer.ts';
import { redirectOf } from './redirect.ts';
import type { ServerClock } from './server-clock.ts';

/** One HTTP request to the API server; `path` includes the query. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** For a request: until the whole answer has arrived. For a stream: until it begins. */
  deadlineMs: number;
  signal?: AbortSignal | undefined;
  /** Uses separate connections, so that it never waits behind other requests. */
  isUrgent?: boolean;
  /** Reads the decompressed body of a successful answer and returns its text. */
  read?: (body: AsyncIterable<Buffer>) => Promise<string>;
}

export interface HttpAnswer {
  ok: true;
  status: number;
  header(name: string): string | undefined;
  /** All values of a header that may repeat. */
  headerAll(name: string): string[];
  text: string;
  /** For a refusal: a possible reason on our side, such as an expired certificate. */
  refusalHint?: Clean;
}

/** The head of an answer whose body is read as it arrives; the body of an error answer is read at once, into `text`. */
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

// Together these limit how long a lost network goes unnoticed.
const IDLE_MS = 10_000;
const PROBE_DEADLINE_MS = 5_000;
const LOST = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

interface TransportParts {
  credentials: Credentials;
  clock: Clock;
  serverClock: ServerClock;
  /** Whether compression is worth its CPU time; not on loopback. */
  gzip: boolean;
  /** The proxy on the way, without its password; for messages. */
  proxy?: Clean | undefined;
  /** Holds requests back, but for urgent ones and streams. */
  limit?: ConcurrencyLimit | undefined;
}

/** HTTP to one API server: credentials on every request, keep-alive, gzip, a deadline for each, one refresh of the credentials on 401. */
export function createTransport(parts: TransportParts): Transport {
  const { limit, credentials, clock } = parts;
  const { server } = credentials;
  const inFlight = createInFlight(clock);
  const heartbeat = createHeartbeat({
    clock,
    idleMs: IDLE_MS,
    probe: async () => (await send({ method: 'GET', path: '/version', headers: {}, deadlineMs: PROBE_DEADLINE_MS })).ok,
    onDead: () => inFlight.stopKept('silent'),
  });
  const counter = { requests: 0 };
  const attempt = (...args: SendArguments) => attemptOnce({ ...parts, heartbeat, counter }, ...args);

  async function authorised(...args: SendArguments): Promise<RawAnswer | Failure> {
    const answer = await attempt(...args);
    if ('ok' in answer || answer.statusCode !== 401 || !(await credentials.refresh())) return answer;
    // The request was refused before anything was done, so sending it again is safe for writes as well.
    await answer.body.dump({ limit: 65_536 });
    return attempt(...args);
  }

  const explained = (wanted: HttpRequest) => async (error: unknown) => {
    const failed = throughProxy(explain(server, wanted, error), parts.proxy);
    const refusalHint = codeOf(error).startsWith('ERR_SSL') ? await refusalHintOf(credentials) : undefined;
    return refusalHint ? { ...failed, message: cleanText`${failed.message}; ${refusalHint}` } : failed;
  };

  /** The head of an answer, with a possible reason if it refuses us. */
  async function headOf(answer: RawAnswer) {
    const refusalHint = isRefusal(answer) ? await refusalHintOf(credentials) : undefined;
    return { ...describe(answer), ...(refusalHint && { refusalHint }) };
  }

  function send(wanted: HttpRequest): Promise<HttpAnswer | TransportFailure> {
    const readAnswer = async (signal: AbortSignal) => {
      const answer = await authorised(wanted, wanted.isUrgent ? 'urgent' : 'requests', signal);
      if ('ok' in answer) return answer;
      const { read } = wanted;
      const text = read && answer.statusCode === 200 ? await read(boundedChunks(answer)) : await wholeBody(answer);
      return { ...(await headOf(answer)), text };
    };
    const work = limit === undefined || wanted.isUrgent ? readAnswer : limited(limit, readAnswer);
    return inFlight.run(wanted, work).catch(explained(wanted));
  }

  function stream(wanted: HttpRequest): Promise<HttpStream | TransportFailure> {
    const work = async (signal: AbortSignal, keep: () => () => void) => {
      const answer = await authorised(wanted, 'streams', signal);
      if ('ok' in answer) return answer;
      if (answer.statusCode >= 300)
        return { ...(await headOf(answer)), chunks: [] as [], text: await wholeBody(answer) };
      const release = keep();
      const ended = heartbeat.opened();
      const chunks = followed(bodyChunks(answer), heartbeat.received, () => {
        release();
        ended();
      });
      return { ...describe(answer), chunks, text: '' };
    };
    return inFlight.run(wanted, work).catch(explained(wanted));
  }

  return {
    server,
    get requests() {
      return counter.requests;
    },
    send,
    stream,
    async close() {
      inFlight.close();
      await credentials.close();
    },
  };
}

/** Why the server may have refused us. */
async function refusalHintOf(credentials: TransportParts['credentials']): Promise<Clean | undefined> {
  const access = await credentials.access();
  return access.ok ? access.value.refusalHint : undefined;
}

const isRefusal = ({ statusCode }: RawAnswer): boolean => statusCode === 401 || statusCode === 403;

type SendArguments = [wanted: HttpRequest, pool: 'requests' | 'urgent' | 'streams', signal: AbortSignal];

/** Sends a request with the present credentials, and follows redirects that stay on the server. */
async function attemptOnce(
  {
    credentials,
    clock,
    serverClock,
    gzip,
    heartbeat,
    counter,
  }: TransportParts & { heartbeat: Pick<Heartbeat, 'received'>; counter: { requests: number } },
  ...[wanted, pool, signal]: SendArguments
): Promise<RawAnswer | Failure> {
  const access = await credentials.access();
  if (!access.ok) return access;
  signal.throwIfAborted();
  let url = access.value.server + wanted.path;
  for (let hops = 0; ; hops += 1) {
    counter.requests += 1;
    const sentAt = clock.now();
    const answer = await exchange({
      dispatcher: access.value[pool],
      url,
      method: wanted.method,
      headers: { ...(gzip && { 'accept-encoding': 'gzip' }), ...wanted.headers, ...access.value.headers },
      body: wanted.body,
      signal,
    });
    serverClock.sample(headerOf(answer, 'date'), sentAt, clock.now());
    heartbeat.received();
    const location = headerOf(answer, 'location');
    const next = redirectOf({ status: answer.statusCode, location }, { url, method: wanted.method, hops });
    if (next === undefined) return answer;
    await answer.body.dump({ limit: 65_536 });
    if (typeof next !== 'string') return next;
    url = next;
  }
}

/** The work, once it is its turn. */
const limited =
  <T>(limit: ConcurrencyLimit, work: (signal: AbortSignal) => Promise<T>) =>
  async (signal: AbortSignal): Promise<T> => {
    await limit.acquire();
    try {
      signal.throwIfAborted();
      return await work(signal);
    } finally {
      limit.release();
    }
  };

/** The chunks; calls back for each and at their end. */
async function* followed(
  chunks: AsyncIterable<Buffer>,
  onChunk: () => void,
  onEnd: () => void,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of chunks) {
      onChunk();
      yield chunk;
    }
  } finally {
    onEnd();
  }
}

/** The failure with the proxy named, if there is one: the server may be well, and its proxy not. */
const throughProxy = (failed: TransportFailure, proxy: Clean | undefined): TransportFailure =>
  proxy !== undefined && failed.reason === 'unreachable'
    ? { ...failed, message: cleanText`${failed.message} (through proxy ${proxy})` }
    : failed;

function explain(server: string, wanted: HttpRequest, error: unknown): TransportFailure {
  if (error instanceof TooLarge) return failure('too-large', sanitise(error.message, 200));
  if (!(error instanceof StopReason)) return { ...unreachable(server, error), lost: LOST.has(codeOf(error)) };
  if (error.why !== 'deadline') return failure('aborted', cleanText`the request was given up`);
  return failure('unreachable', cleanText`${sanitise(server, 256)} gave no answer within ${wanted.deadlineMs / 1000}s`);
}
