import type { Clock } from '../../host/clock.ts';
import type { Json, KubeObject, ObjectRef } from '../../k8s/object.ts';
import { fetchDiscovery } from '../discovery/discovery-fetch.ts';
import { createKinds, type Kinds } from '../discovery/kinds.ts';
import { withKind } from '../watch/watch-event.ts';
import { watchStream } from '../watch/watch-stream.ts';
import { answerOfWrite, notTheObject } from './answers.ts';
import type { Api, Collection, Identity, ListOptions, Page, RawRequest, WriteOptions } from './api.ts';
import { createCalls } from './http/calls.ts';
import { failure } from './http/failure.ts';
import type { Outcome } from './http/outcome.ts';
import { READS, type RetryPolicy, WRITES } from './http/retry.ts';
import type { ServerClock } from './http/server-clock.ts';
import type { Transport } from './http/transport.ts';
import { listReading } from './lists/list-reading.ts';
import { eachPage, joinedPages, PAGE_SIZE, pageOf } from './lists/pages.ts';
import { queryString } from './paths.ts';
import { type Place, pathOf } from './place.ts';
import { deleteBody, failedPreconditionAsConflict, PATCH_CONTENT, writeQuery } from './writes.ts';

const GET_DEADLINE_MS = 10_000;
const LIST_DEADLINE_MS = 30_000;
// Longer than the longest timeout of admission webhooks (30 s), so that we do not give up before the server does.
const WRITE_DEADLINE_MS = 35_000;

const metadataAs = (kind: string) => `application/json;as=${kind};g=meta.k8s.io;v=v1,application/json`;

interface Parts {
  transport: Transport;
  identity: Identity;
  clock: Clock;
  serverClock: ServerClock;
}

/** The API client over a transport. */
export function createClient(parts: Parts): Api {
  const kinds = createKinds(() => fetchDiscovery(client.raw), parts.clock);
  const client: Api = clientOf(parts, kinds, { urgent: clientOf(parts, kinds, { isUrgent: true }) });
  return client;
}

/** How a client sends its requests. */
interface Requests {
  call: ReturnType<typeof createCalls>['call'];
  /** A call about a kind: it, or its version, may have been taken from the cluster since discovery saw it. */
  callOf(place: Place, ...request: Parameters<ReturnType<typeof createCalls>['call']>): Promise<Outcome<unknown>>;
  pathOf(place: Place, subresource?: string): Promise<Outcome<string>>;
}

function requestsOf({ transport, clock }: Parts, kinds: Kinds, isUrgent: boolean): Requests {
  const calls = createCalls(transport, clock);
  const call: typeof calls.call = (request, policy) => calls.call({ ...request, isUrgent }, policy);
  return {
    call,
    pathOf: (place, subresource) => pathOf(kinds, place, subresource),
    async callOf({ apiVersion, kind }, ...request) {
      const askedAt = clock.monotonic();
      const answer = await call(...request);
      const isNoPath = !answer.ok && answer.status === 404 && answer.reason !== 'not-found';
      return (isNoPath ? await kinds.whyNotServed(apiVersion, kind, askedAt) : undefined) ?? answer;
    },
  };
}

/** A client whose requests are all urgent, or all normal. */
function clientOf(parts: Parts, kinds: Kinds, { isUrgent = false, urgent }: { isUrgent?: boolean; urgent?: Api }): Api {
  const { transport, identity, clock, serverClock } = parts;
  const requests = requestsOf(parts, kinds, isUrgent);
  const listHere: Api['list'] = (collection, options = {}) => list(requests, collection, options);
  return {
    identity,
    discovery: kinds.discovery,
    raw: request => raw(requests, request),
    list: listHere,
    async listAll(collection, options = {}) {
      const once = () => joinedPages(eachPage({ list: listHere }, clock, collection, options));
      const outcome = await once();
      return !outcome.ok && outcome.reason === 'gone' ? once() : outcome;
    },
    get: (ref, options = {}) => get(requests, ref, options),
    create(object, options = {}) {
      const { namespace } = object.metadata;
      const policy = isReview(object) ? READS : WRITES;
      const place = options.on ?? { ...kindOf(object), namespace };
      return write(requests, 'POST', place, object as unknown as Json, options, { policy });
    },
    replace(object, options = {}) {
      const { namespace, name } = object.metadata;
      const place = options.on ?? { ...kindOf(object), namespace, name };
      return write(requests, 'PUT', place, object as unknown as Json, options);
    },
    async patch(ref, type, body, options = {}) {
      const outcome = await write(requests, 'PATCH', ref, body, options, { contentType: PATCH_CONTENT[type] });
      return failedPreconditionAsConflict(type, outcome);
    },
    remove: (ref, options = {}) => write(requests, 'DELETE', ref, deleteBody(ref, options), options, { query: {} }),
    watch: (collection, options) =>
      watchStream({ transport, clock, pathOf: () => requests.pathOf(collection) }, collection, options),
    serverTime: () => serverClock.read(),
    ...(urgent && { urgent }),
    get requests() {
      return transport.requests;
    },
    close: () => transport.close(),
  };
}

/** Any request, by its path. */
function raw(requests: Requests, request: RawRequest): Promise<Outcome<unknown>> {
  const { path, query, method, ...rest } = request;
  const reads = (method ?? 'GET') === 'GET';
  const deadlineMs = rest.timeoutMs ?? (reads ? LIST_DEADLINE_MS : WRITE_DEADLINE_MS);
  return requests.call(
    { ...rest, method: method ?? 'GET', path: path + queryString(query ?? {}), deadlineMs },
    reads ? READS : WRITES,
  );
}

/** One page of a collection. */
async function list(requests: Requests, collection: Collection, options: ListOptions): Promise<Outcome<Page>> {
  const path = await requests.pathOf(collection);
  if (!path.ok) return path;
  const { signal, timeoutMs, metadataOnly, managedFieldsWith, each, limit, ...query } = options;
  const reading = listReading(collection, { managedFieldsWith, each });
  const answer = await requests.callOf(
    collection,
    {
      method: 'GET',
      path: path.value + queryString({ ...query, limit: limit ?? PAGE_SIZE }),
      deadlineMs: timeoutMs ?? LIST_DEADLINE_MS,
      signal,
      ...(metadataOnly && { accept: metadataAs('PartialObjectMetadataList') }),
      ...(reading && { read: reading.read }),
    },
    READS,
  );
  reading?.rethrow();
  return answer.ok ? pageOf(answer, collection, reading?.handedOver()) : answer;
}

/** One object. */
async function get(
  requests: Requests,
  ref: ObjectRef,
  options: NonNullable<Parameters<Api['get']>[1]>,
): Promise<Outcome<KubeObject>> {
  const path = await requests.pathOf(ref, options.subresource);
  if (!path.ok) return path;
  const answer = await requests.callOf(
    ref,
    {
      method: 'GET',
      path: path.value,
      deadlineMs: options.timeoutMs ?? GET_DEADLINE_MS,
      signal: options.signal,
      ...(options.metadataOnly && { accept: metadataAs('PartialObjectMetadata') }),
    },
    READS,
  );
  if (!answer.ok) return answer;
  const wrong = notTheObject(answer.value, ref, options);
  if (wrong !== undefined) return failure('server-error', wrong, answer.status);
  const object = answer.value as KubeObject;
  return { ...answer, value: options.metadataOnly ? withKind(object, ref) : object };
}

async function write(
  requests: Requests,
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  place: Place,
  body: Json,
  options: WriteOptions,
  more: { contentType?: string; query?: Record<string, string | boolean | undefined>; policy?: RetryPolicy } = {},
): Promise<Outcome<KubeObject>> {
  const path = await requests.pathOf(place, options.subresource);
  if (!path.ok) return path;
  const answer = await requests.callOf(
    place,
    {
      method,
      path: path.value + queryString(more.query ?? writeQuery(options)),
      body,
      contentType: more.contentType,
      deadlineMs: options.timeoutMs ?? WRITE_DEADLINE_MS,
      signal: options.signal,
    },
    more.policy ?? WRITES,
  );
  return answerOfWrite(answer);
}

const kindOf = ({ apiVersion, kind }: KubeObject) => ({ apiVersion, kind });

/** Whether the object is a review, which stores nothing and may be retried like a read. */
const isReview = ({ apiVersion, kind }: KubeObject): boolean =>
  /^auth(orization|entication)\.k8s\.io\//.test(apiVersion) && kind.endsWith('Review');
