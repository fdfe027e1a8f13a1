import { cleanText, literal, sanitise } from '../text/sanitise.ts';
import type {
  Api,
  Collection,
  DeleteOptions,
  Identity,
  ListOptions,
  Page,
  PatchType,
  RawRequest,
  WriteOptions,
} from './api.ts';
import { createCalls } from './calls.ts';
import type { Clock } from './clock.ts';
import { fetchDiscovery } from './discovery-fetch.ts';
import { failure } from './failure.ts';
import { createKinds } from './kinds.ts';
import type { Json, KubeObject, ObjectRef } from './object.ts';
import type { Outcome } from './outcome.ts';
import { queryString, resourcePath } from './paths.ts';
import { READS, WRITES } from './retry.ts';
import type { ServerClock } from './server-clock.ts';
import type { Transport } from './transport.ts';
import { typed } from './watch-event.ts';
import { watchStream } from './watch-stream.ts';

export const PAGE_SIZE = 500;
const FIELD_MANAGER = 'mayday';
const GET_DEADLINE_MS = 10_000;
const LIST_DEADLINE_MS = 30_000;
// Longer than any admission webhook may take (30 s), so that a slow one answers before we give up.
const WRITE_DEADLINE_MS = 35_000;

const PATCH_CONTENT: Record<PatchType, string> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};
const metadataAs = (kind: string) => `application/json;as=${kind};g=meta.k8s.io;v=v1,application/json`;

/** The API client over a transport. */
export function createClient(parts: {
  transport: Transport;
  identity: Identity;
  clock: Clock;
  serverClock: ServerClock;
}): Api {
  const { transport, identity, clock, serverClock } = parts;
  const { call } = createCalls(transport, clock);

  const raw = (request: RawRequest): Promise<Outcome<unknown>> => {
    const { path, query, method, ...rest } = request;
    const reads = (method ?? 'GET') === 'GET';
    const deadlineMs = rest.timeoutMs ?? (reads ? LIST_DEADLINE_MS : WRITE_DEADLINE_MS);
    return call(
      { ...rest, method: method ?? 'GET', path: path + queryString(query ?? {}), deadlineMs },
      reads ? READS : WRITES,
    );
  };

  const kinds = createKinds(() => fetchDiscovery(raw), clock);

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

  async function list(collection: Collection, options: ListOptions = {}): Promise<Outcome<Page>> {
    const path = await pathOf(collection);
    if (!path.ok) return path;
    const { signal, timeoutMs, metadataOnly, limit, ...query } = options;
    const answer = await call(
      {
        method: 'GET',
        path: path.value + queryString({ ...query, limit: limit ?? PAGE_SIZE }),
        deadlineMs: timeoutMs ?? LIST_DEADLINE_MS,
        signal,
        ...(metadataOnly && { accept: metadataAs('PartialObjectMetadataList') }),
      },
      READS,
    );
    return answer.ok ? pageOf(answer, collection) : answer;
  }

  async function listAll(collection: Collection, options: Omit<ListOptions, 'continue'> = {}): Promise<Outcome<Page>> {
    const once = () => joinedPages(token => list(collection, token ? { ...options, continue: token } : options));
    const outcome = await once();
    return !outcome.ok && outcome.reason === 'gone' ? once() : outcome;
  }

  async function write(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    place: Place,
    body: Json,
    options: WriteOptions,
    more: { contentType?: string; query?: Record<string, string | boolean | undefined> } = {},
  ): Promise<Outcome<KubeObject>> {
    const path = await pathOf(place, options.subresource);
    if (!path.ok) return path;
    const answer = await call(
      {
        method,
        path: path.value + queryString(more.query ?? writeQuery(options)),
        body,
        contentType: more.contentType,
        deadlineMs: options.timeoutMs ?? WRITE_DEADLINE_MS,
        signal: options.signal,
      },
      WRITES,
    );
    return answer as Outcome<KubeObject>;
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
      const answer = await call(
        {
          method: 'GET',
          path: path.value,
          deadlineMs: options.timeoutMs ?? GET_DEADLINE_MS,
          signal: options.signal,
          ...(options.metadataOnly && { accept: metadataAs('PartialObjectMetadata') }),
        },
        READS,
      );
      if (!answer.ok || !options.metadataOnly) return answer as Outcome<KubeObject>;
      return { ...answer, value: typed(answer.value as KubeObject, ref) };
    },
    create(object, options = {}) {
      const { namespace } = object.metadata;
      return write('POST', options.on ?? { ...kindOf(object), namespace }, object as unknown as Json, options);
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
    get requests() {
      return transport.requests;
    },
    close: () => transport.close(),
  };
}

type Place = { apiVersion: string; kind: string; namespace?: string | undefined; name?: string | undefined };

const kindOf = ({ apiVersion, kind }: KubeObject) => ({ apiVersion, kind });

const isPathSegment = (part: string) => part !== '' && part !== '.' && part !== '..' && !/[/%]/.test(part);

function writeQuery(options: WriteOptions) {
  return {
    dryRun: options.dryRun ? 'All' : undefined,
    fieldManager: options.fieldManager ?? FIELD_MANAGER,
    fieldValidation: options.fieldValidation,
    force: options.force,
  };
}

function deleteBody(ref: ObjectRef, options: DeleteOptions): Json {
  const uid = options.uid ?? ref.uid;
  const { resourceVersion, gracePeriodSeconds, propagationPolicy, dryRun } = options;
  const preconditions = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
  return {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(Object.keys(preconditions).length > 0 && { preconditions }),
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(propagationPolicy && { propagationPolicy }),
    ...(dryRun && { dryRun: ['All'] }),
  };
}

/**
 * What the object was expected to be shows in several ways when it is not: a JSON-patch `test` fails as a bare 422, a uid in a merge patch as the
 * attempt to change it. For us these are what a stale resource version is: a conflict.
 */
function unmetExpectation(type: PatchType, outcome: Outcome<KubeObject>): Outcome<KubeObject> {
  if (outcome.ok || outcome.status !== 422) return outcome;
  const testFailed = type === 'json' && !outcome.causes;
  const message = testFailed
    ? literal('the object is not as the patch expects it: a test or path of the JSON patch does not hold')
    : literal('the object was replaced by another of the same name: its uid is not the expected one');
  const isOther = outcome.causes?.some(cause => cause.field === 'metadata.uid');
  return testFailed || isOther ? { ...outcome, reason: 'conflict', message } : outcome;
}

function pageOf(answer: Extract<Outcome<unknown>, { ok: true }>, collection: Collection): Outcome<Page> {
  const body = answer.value as {
    items?: KubeObject[] | null;
    metadata?: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
  };
  if (!body?.metadata || (body.items !== null && body.items !== undefined && !Array.isArray(body.items))) {
    return failure(
      'server-error',
      cleanText`expected a list of ${sanitise(collection.kind, 128)}, the server sent something else`,
    );
  }
  const { resourceVersion = '', continue: token, remainingItemCount } = body.metadata;
  const value: Page = {
    items: (body.items ?? []).map(item => typed(item, collection)),
    resourceVersion,
    ...(token && { continue: token }),
    ...(remainingItemCount !== undefined && { remaining: remainingItemCount }),
  };
  return { ...answer, value };
}

async function joinedPages(fetch: (token: string | undefined) => Promise<Outcome<Page>>): Promise<Outcome<Page>> {
  const items: KubeObject[] = [];
  let token: string | undefined;
  for (;;) {
    const page = await fetch(token);
    if (!page.ok) return page;
    items.push(...page.value.items);
    token = page.value.continue;
    if (!token) return { ...page, value: { items, resourceVersion: page.value.resourceVersion } };
  }
}
