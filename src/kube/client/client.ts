import type { Clock } from '../../host/clock.ts';
import { isFields } from '../../k8s/fields.ts';
import type { Json, KubeObject, ObjectRef } from '../../k8s/object.ts';
import { type Clean, cleanText, literal, sanitise } from '../../text/sanitise.ts';
import { fetchDiscovery } from '../discovery/discovery-fetch.ts';
import { createKinds, type Kinds } from '../discovery/kinds.ts';
import { typed } from '../watch/watch-event.ts';
import { watchStream } from '../watch/watch-stream.ts';
import type { Api, Collection, Identity, ListOptions, Page, RawRequest, WriteOptions } from './api.ts';
import { createCalls } from './http/calls.ts';
import { failure } from './http/failure.ts';
import type { Outcome } from './http/outcome.ts';
import { READS, type RetryPolicy, WRITES } from './http/retry.ts';
import type { ServerClock } from './http/server-clock.ts';
import type { Transport } from './http/transport.ts';
import { listReading } from './lists/list-reading.ts';
import { eachPage, joinedPages, PAGE_SIZE, pageOf } from './lists/pages.ts';
import { malformation } from './lists/well-formed.ts';
import { queryString, resourcePath } from './paths.ts';
import { deleteBody, PATCH_CONTENT, unmetExpectation, writeQuery } from './writes.ts';

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

/** A client whose requests are all urgent, or all normal. */
function clientOf(
  { transport, identity, clock, serverClock }: Parts,
  kinds: Kinds,
  { isUrgent = false, urgent }: { isUrgent?: boolean; urgent?: Api },
): Api {
  const calls = createCalls(transport, clock);
  const call: typeof calls.call = (request, policy) => calls.call({ ...request, isUrgent }, policy);

  const raw = (request: RawRequest): Promise<Outcome<unknown>> => {
    const { path, query, method, ...rest } = request;
    const reads = (method ?? 'GET') === 'GET';
    const deadlineMs = rest.timeoutMs ?? (reads ? LIST_DEADLINE_MS : WRITE_DEADLINE_MS);
    return call(
      { ...rest, method: method ?? 'GET', path: path + queryString(query ?? {}), deadlineMs },
      reads ? READS : WRITES,
    );
  };

  async function pathOf(ref: Place, subresource?: string): Promise<Outcome<string>> {
    const found = await kinds.resolve(ref.apiVersion, ref.kind);
    if (!found.ok) return found;
    const bad = [ref.name, ref.namespace].find(part => part !== undefined && !isPathSegment(part));
    if (bad !== undefined) return failure('invalid', cleanText`${sanitise(bad, 128)} cannot be the name of an object`);
    if (found.value.namespaced && !ref.namespace && ref.name !== undefined) {
      return failure(
        'invalid',
        cleanText`${sanitise(ref.kind, 128)} ${sanitise(ref.name, 256)} needs a namespace, none was given`,
      );
    }
    return { ok: true, status: 0, value: resourcePath(found.value, { ...ref, subresource }) };
  }

  /** A call about a kind: it, or its version, may have been taken from the cluster since discovery saw it. */
  const callOf = async (
    { apiVersion, kind }: Place,
    ...request: Parameters<typeof call>
  ): Promise<Outcome<unknown>> => {
    const askedAt = clock.monotonic();
    const answer = await call(...request);
    const isNoPath = !answer.ok && answer.status === 404 && answer.reason !== 'not-found';
    return (isNoPath ? await kinds.whyNotServed(apiVersion, kind, askedAt) : undefined) ?? answer;
  };

  async function list(collection: Collection, options: ListOptions = {}): Promise<Outcome<Page>> {
    const path = await pathOf(collection);
    if (!path.ok) return path;
    const { signal, timeoutMs, metadataOnly, managedFieldsWith, each, limit, ...query } = options;
    const reading = listReading(collection, { managedFieldsWith, each });
    const answer = await callOf(
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
    return answer.ok ? pageOf(answer, collection, reading?.handed()) : answer;
  }

  async function listAll(collection: Collection, options: Omit<ListOptions, 'continue'> = {}): Promise<Outcome<Page>> {
    const once = () => joinedPages(eachPage({ list }, clock, collection, options));
    const outcome = await once();
    return !outcome.ok && outcome.reason === 'gone' ? once() : outcome;
  }

  async function write(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    place: Place,
    body: Json,
    options: WriteOptions,
    more: { contentType?: string; query?: Record<string, string | boolean | undefined>; policy?: RetryPolicy } = {},
  ): Promise<Outcome<KubeObject>> {
    const path = await pathOf(place, options.subresource);
    if (!path.ok) return path;
    const answer = await callOf(
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

  return {
    identity,
    discovery: kinds.discovery,
    raw,
    list,
    listAll,
    async get(ref, options = {}) {
      const path = await pathOf(ref, options.subresource);
      if (!path.ok) return path;
      const answer = await callOf(
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
      return { ...answer, value: options.metadataOnly ? typed(object, ref) : object };
    },
    create(object, options = {}) {
      const { namespace } = object.metadata;
      const policy = isQuestion(object) ? READS : WRITES;
      return write('POST', options.on ?? { ...kindOf(object), namespace }, object as unknown as Json, options, {
        policy,
      });
    },
    replace(object, options = {}) {
      const { namespace, name } = object.metadata;
      return write('PUT', options.on ?? { ...kindOf(object), namespace, name }, object as unknown as Json, options);
    },
    async patch(ref, type, body, options = {}) {
      const outcome = await write('PATCH', ref, body, options, { contentType: PATCH_CONTENT[type] });
      return unmetExpectation(type, outcome);
    },
    remove(ref, options = {}) {
      return write('DELETE', ref, deleteBody(ref, options), options, { query: {} });
    },
    watch: (collection, options) =>
      watchStream({ transport, clock, pathOf: () => pathOf(collection) }, collection, options),
    serverTime: () => serverClock.read(),
    ...(urgent && { urgent }),
    get requests() {
      return transport.requests;
    },
    close: () => transport.close(),
  };
}

type Place = { apiVersion: string; kind: string; namespace?: string | undefined; name?: string | undefined };

/** Why an answer is not the requested object: it is another server's page, another object, or empty. */
function notTheObject(
  answer: unknown,
  ref: ObjectRef,
  { metadataOnly, subresource }: { metadataOnly?: boolean; subresource?: string },
): Clean | undefined {
  const wrong = malformation(answer);
  if (wrong !== undefined)
    return cleanText`expected ${sanitise(ref.kind, 128)} ${sanitise(ref.name, 256)}, the server sent something else: ${wrong}`;
  const { kind, metadata } = answer as KubeObject;
  const isKind = metadataOnly === true || subresource !== undefined || kind === ref.kind;
  if (
    isKind &&
    metadata.name === ref.name &&
    (ref.namespace === undefined || metadata.namespace === undefined || metadata.namespace === ref.namespace)
  )
    return undefined;
  return cleanText`expected ${sanitise(ref.kind, 128)} ${sanitise(ref.name, 256)}, the server sent ${sanitise(kind, 128)} ${sanitise(metadata.name, 256)}`;
}

/**
 * A write that is answered without an object may or may not have been carried out. It is a server error, after which
 * the caller reads the object to find out.
 */
function answerOfWrite(answer: Outcome<unknown>): Outcome<KubeObject> {
  if (!answer.ok) return answer;
  const { value } = answer;
  if (!isFields(value))
    return failure('server-error', literal('the server answered a write with no object'), answer.status);
  return { ...answer, value: (isFields(value.metadata) ? value : { ...value, metadata: {} }) as unknown as KubeObject };
}

const kindOf = ({ apiVersion, kind }: KubeObject) => ({ apiVersion, kind });

/** Whether the object is a review, which stores nothing and may be retried like a read. */
const isQuestion = ({ apiVersion, kind }: KubeObject): boolean =>
  /^auth(orization|entication)\.k8s\.io\//.test(apiVersion) && kind.endsWith('Review');

const isPathSegment = (part: string) => part !== '' && part !== '.' && part !== '..' && !/[/%]/.test(part);
