import { parseFieldSelector } from '../field-selector.ts';
import type { KubeObject } from '../object.ts';
import type { ResourceInfo } from '../registry.ts';
import { satisfies } from '../selector.ts';
import { parseLabelSelector } from '../selector-text.ts';
import { badRequest, gone, StatusError } from '../status.ts';
import type { Kernel } from './kernel.ts';
import { refuseInvalidListOptions } from './options.ts';

/** Which objects a list or watch is about. */
export type Match = (object: KubeObject) => boolean;

/** The selectors of a request; undefined when it asks for everything. */
export function matchOf(info: ResourceInfo, query: URLSearchParams, name?: string): Match | undefined {
  const labels = query.get('labelSelector');
  const fields = query.get('fieldSelector');
  const tests: Match[] = [];
  if (labels) {
    const requirements = parseLabelSelector(labels);
    tests.push(object => satisfies(object.metadata.labels, requirements));
  }
  if (fields) tests.push(parseFieldSelector(info, fields));
  if (name !== undefined) tests.push(object => object.metadata.name === name);
  return tests.length === 0 ? undefined : object => tests.every(test => test(object));
}

/** A part of a list, with the token for the next part. */
export interface Page {
  items: KubeObject[];
  revision: number;
  continue?: string;
  remaining?: number;
}

interface Token {
  v: string;
  rv: number;
  start: string;
}

const TOKEN_VERSION = 'meta.k8s.io/v1';

const tokenText = (rv: number, start: string): string =>
  Buffer.from(JSON.stringify({ v: TOKEN_VERSION, rv, start }).replaceAll('\0', '\\u0000')).toString('base64url');

function readToken(text: string): Token {
  const invalidAt = text.search(/[^A-Za-z0-9_-]/);
  const decoded = Buffer.from(text, 'base64url');
  const refuse = (why: string) => badRequest(`invalid continue token: continue key is not valid: ${why}`);
  if (invalidAt >= 0) throw refuse(`illegal base64 data at input byte ${invalidAt}`);
  try {
    const token = JSON.parse(decoded.toString('utf8')) as Token;
    if (token.v !== TOKEN_VERSION) throw refuse(`server does not recognize this encoded version ${token.v}`);
    if (!token.start) throw refuse(`encoded start key empty (version ${TOKEN_VERSION})`);
    return token;
  } catch (error) {
    if (error instanceof StatusError) throw error;
    throw refuse(`invalid character '${String.fromCharCode(decoded[0] ?? 0)}' looking for beginning of value`);
  }
}

/** The resource version of a query; undefined when absent, `0` or empty. Refused as a list does, or as other reads do. */
export function wantedRevision(query: URLSearchParams, isList = false): number | undefined {
  const text = query.get('resourceVersion') ?? '';
  if (text === '' || text === '0') return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const why = `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw isList ? badRequest(`invalid resource version: ${why}`) : new StatusError(500, '', why);
}

/** Refuses a resource version that the server has not reached yet. */
export function refuseFuture(wanted: number, current: number): void {
  if (wanted <= current) return;
  throw new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

const EXPIRED_TOKEN =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.';

/** The objects a list starts from, and the revision they are of. */
function source(
  kernel: Kernel,
  info: ResourceInfo,
  namespace: string | undefined,
  query: URLSearchParams,
  token?: Token,
) {
  const { store } = kernel;
  const at = (revision: number, words: string) => {
    const objects = store.at(info.key, revision, namespace);
    if (!objects) throw gone(words);
    return { objects, revision };
  };
  const wanted = wantedRevision(query, true);
  if (token && wanted !== undefined) throw badRequest('specifying resource version is not allowed when using continue');
  if (token) return at(token.rv, EXPIRED_TOKEN);
  const match = query.get('resourceVersionMatch') ?? '';
  // A limit without resourceVersionMatch asks for exactly that version.
  const exact = match === 'Exact' || (match === '' && limitOf(query) !== Number.POSITIVE_INFINITY);
  if (wanted !== undefined) refuseFuture(wanted, store.revision());
  if (wanted !== undefined && exact) return at(wanted, 'The resourceVersion for the provided list is too old.');
  return { objects: store.list(info.key, namespace), revision: store.revision() };
}

/** The most objects in a page. A list served from the cache (resource version 0) ignores the limit. */
function limitOf(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? 0);
  return limit > 0 && query.get('resourceVersion') !== '0' ? limit : Number.POSITIVE_INFINITY;
}

/** One page of a list: `limit` objects from where the continue token left off, all of one revision. */
export function listPage(
  kernel: Kernel,
  info: ResourceInfo,
  namespace: string | undefined,
  query: URLSearchParams,
  name?: string,
): Page {
  refuseInvalidListOptions(query);
  const match = matchOf(info, query, name);
  const token = query.get('continue') ? readToken(query.get('continue') as string) : undefined;
  const { objects, revision } = source(kernel, info, namespace, query, token);
  const place = (o: KubeObject) => `${namespace === undefined ? (o.metadata.namespace ?? '') : ''}/${o.metadata.name}`;
  const start = token ? firstAfter(objects, token.start.replace(/\0$/, ''), place) : 0;
  const limit = limitOf(query);
  const items: KubeObject[] = [];
  let i = start;
  for (; i < objects.length && items.length < limit; i++) {
    const object = objects[i] as KubeObject;
    if (!match || match(object)) items.push(object);
  }
  const more = match ? objects.slice(i).some(match) : i < objects.length;
  if (!more) return { items, revision };
  const next = tokenText(revision, `${place(items.at(-1) as KubeObject)}\0`);
  return { items, revision, continue: next, ...(match ? {} : { remaining: objects.length - i }) };
}

/** The index after the object with this key; objects are sorted by key. */
function firstAfter(objects: readonly KubeObject[], place: string, placeOf: (o: KubeObject) => string): number {
  let low = 0;
  let high = objects.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (placeOf(objects[middle] as KubeObject) <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}
