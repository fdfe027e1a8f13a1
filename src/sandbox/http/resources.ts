import type { IncomingMessage, ServerResponse } from 'node:http';
import { createObject } from '../api/create.ts';
import { deleteObject } from '../api/delete.ts';
import type { Call, Kernel } from '../api/kernel.ts';
import { listPage, matchOf, refuseFuture, wantedRevision } from '../api/list.ts';
import { refuseOddPolicy, writeOptions } from '../api/options.ts';
import { applyObject, patchObject } from '../api/patch.ts';
import { answerReview, isReview } from '../api/reviews.ts';
import { currentObject, updateObject } from '../api/update.ts';
import { createAuthorizer } from '../authz/authorizer.ts';
import { notAllowed } from '../authz/refusal.ts';
import type { WallClock } from '../clock.ts';
import type { UserInfo } from '../context.ts';
import type { KubeObject } from '../object.ts';
import { groupVersion, type ResourceInfo } from '../registry.ts';
import { badRequest, StatusError } from '../status.ts';
import type { DeleteOptions } from '../store.ts';
import { bind } from '../subresource/binding.ts';
import { evict } from '../subresource/eviction.ts';
import { serveLog } from '../subresource/log.ts';
import { getScale, patchScale, putScale } from '../subresource/scale.ts';
import { requestToken } from '../subresource/token.ts';
import { serveWatch } from '../watch/watch.ts';
import { type Answer, json, pageNotFound } from './answer.ts';
import { mediaType, parseObject, parseOptional, parsePatch, patchKind, readBody } from './body.ts';
import type { Shown } from './respond.ts';
import type { ResourcePath } from './route.ts';
import type { Tokens } from './tokens.ts';

/** Everything known of a request for a resource. */
export interface ResourceRequest {
  kernel: Kernel;
  tokens: Tokens;
  wall: WallClock;
  path: ResourcePath;
  query: URLSearchParams;
  user: UserInfo;
  request: IncomingMessage;
  response: ServerResponse;
  shown: Shown;
  warnings: string[];
}

const isSet = (text: string | null): boolean => text === 'true' || text === '1' || text === '';

const METHODS: Readonly<Record<string, [collection: string, item: string]>> = {
  GET: ['list', 'get'],
  HEAD: ['list', 'get'],
  POST: ['create', 'create'],
  PUT: ['update', 'update'],
  PATCH: ['patch', 'patch'],
  DELETE: ['deletecollection', 'delete'],
};

/** The verb of a request, as roles name it. */
function verbOf({ request, path, query }: ResourceRequest): string {
  const [collection, item] = METHODS[request.method ?? 'GET'] ?? ['', ''];
  const verb = path.name === undefined ? collection : item;
  const watches = path.watch || (verb === 'list' && query.get('watch') !== null && isSet(query.get('watch')));
  return watches ? 'watch' : verb;
}

function refuseUnauthorised(r: ResourceRequest, verb: string): void {
  const { path, user, kernel } = r;
  const wanted = {
    verb,
    group: path.group,
    resource: path.resource,
    subresource: path.subresource ?? '',
    namespace: path.namespace ?? '',
    name: path.name ?? '',
  };
  const decision = createAuthorizer(kernel.store).decide(user, wanted);
  if (!decision.allowed) throw notAllowed(user, wanted, decision);
}

const unknownResource = () => new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});

const methodNotAllowed = () =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

/** The name a client goes by when it gives no field manager: the first word of its user agent. */
function managerOf({ query, request }: ResourceRequest): string {
  const stated = query.get('fieldManager');
  if (stated) return stated;
  return request.headers['user-agent']?.split('/')[0] || 'unknown';
}

function callOf(r: ResourceRequest, info: ResourceInfo, verb: string): Call {
  const { path, query } = r;
  const isApply = mediaType(r.request.headers['content-type']) === 'application/apply-patch+yaml';
  return {
    info,
    version: path.version,
    subresource: path.subresource ?? '',
    namespace: info.namespaced ? path.namespace : undefined,
    name: path.name ?? '',
    user: r.user,
    manager: managerOf(r),
    ...writeOptions(verb, query, isApply),
    warnings: r.warnings,
  };
}

const objectAnswer = (call: Call, code: number, object: KubeObject): Answer => ({
  type: 'object',
  code,
  object,
  apiVersion: groupVersion(call.info.group, call.version),
  info: call.info,
  version: call.version,
});

/** An object of another kind than the resource's, such as a Scale. */
const plainAnswer = (code: number, object: KubeObject): Answer => ({
  type: 'object',
  code,
  object,
  apiVersion: object.apiVersion,
});

const success = (code: number | undefined, details?: object) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  ...(details ? { details } : {}),
  ...(code ? { code } : {}),
});

/** Kinds whose deletion answers with the object itself. */
const ANSWERED_WITH_OBJECT = new Set([
  'pods',
  'services',
  'serviceaccounts',
  'persistentvolumes',
  'persistentvolumeclaims',
  'resourcequotas',
  'limitranges',
  'podtemplates',
  'endpoints',
]);

function deleteOptions(r: ResourceRequest, body: Record<string, unknown>): DeleteOptions {
  const { query } = r;
  const grace = query.get('gracePeriodSeconds') ?? body.gracePeriodSeconds;
  const policy = query.get('propagationPolicy') ?? body.propagationPolicy;
  const orphan = query.get('orphanDependents') ?? body.orphanDependents;
  refuseOddPolicy(policy);
  const stated = policy ?? (String(orphan) === 'true' ? 'Orphan' : undefined);
  return {
    ...(grace === undefined || grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(stated ? { propagationPolicy: stated as NonNullable<DeleteOptions['propagationPolicy']> } : {}),
    ...(body.preconditions ? { preconditions: body.preconditions as NonNullable<DeleteOptions['preconditions']> } : {}),
  };
}

async function remove(r: ResourceRequest, call: Call): Promise<Answer> {
  const body = parseOptional(await readBody(r.request), r.request.headers['content-type']);
  if (Array.isArray(body.dryRun) && body.dryRun.includes('All')) call.dryRun = true;
  const { object, removed } = await deleteObject(r.kernel, call, deleteOptions(r, body));
  if (!removed || ANSWERED_WITH_OBJECT.has(call.info.key)) return objectAnswer(call, 200, object);
  const { info, name } = call;
  const details = { name, ...(info.group ? { group: info.group } : {}), kind: info.resource, uid: object.metadata.uid };
  return json(200, success(undefined, details));
}

async function removeAll(r: ResourceRequest, call: Call): Promise<Answer> {
  const body = parseOptional(await readBody(r.request), r.request.headers['content-type']);
  const match = matchOf(call.info, r.query) ?? (() => true);
  const items: KubeObject[] = [];
  for (const object of r.kernel.store.list(call.info.key, call.namespace).filter(match)) {
    const one = { ...call, name: object.metadata.name, namespace: object.metadata.namespace };
    items.push((await deleteObject(r.kernel, one, deleteOptions(r, body))).object);
  }
  return { type: 'page', page: { items, revision: r.kernel.store.revision() }, info: call.info, version: call.version };
}

async function bodyOf(r: ResourceRequest, kind: string): Promise<unknown> {
  return parseObject(await readBody(r.request), r.request.headers['content-type'], kind);
}

async function create(r: ResourceRequest, call: Call): Promise<Answer> {
  const { info } = call;
  const body = await bodyOf(r, info.kind);
  if (isReview(info.kind)) {
    const review = answerReview(r.kernel, call, body, token => r.tokens.userOf(token));
    return plainAnswer(201, review);
  }
  const named = body as { metadata?: { name?: string } } | null;
  const object = await createObject(r.kernel, { ...call, name: named?.metadata?.name ?? '' }, body);
  return objectAnswer(call, 201, object);
}

async function patch(r: ResourceRequest, call: Call): Promise<Answer> {
  const kind = patchKind(r.request.headers['content-type'], call.info.custom);
  const content = parsePatch(await readBody(r.request), kind);
  if (call.subresource === 'scale' && kind !== 'apply')
    return plainAnswer(200, await patchScale(r.kernel, call, kind, content));
  if (kind !== 'apply') return objectAnswer(call, 200, await patchObject(r.kernel, call, kind, content));
  const manager = r.query.get('fieldManager') ?? '';
  const force = isSet(r.query.get('force') ?? 'false');
  const { object, created } = await applyObject(r.kernel, { ...call, manager }, content, force);
  return objectAnswer(call, created ? 201 : 200, object);
}

/** Subresources that are not a part of the object's own state. */
async function special(r: ResourceRequest, call: Call, verb: string): Promise<Answer | undefined> {
  const { kernel } = r;
  switch (`${call.subresource} ${verb}`) {
    case 'scale get':
      return plainAnswer(200, getScale(kernel, call));
    case 'scale update':
      return plainAnswer(200, await putScale(kernel, call, await bodyOf(r, 'Scale')));
    case 'eviction create':
      await evict(kernel, call, await bodyOf(r, 'Eviction'));
      return json(201, success(201));
    case 'binding create':
      bind(kernel, call, await bodyOf(r, 'Binding'));
      return json(201, success(201));
    case 'token create':
      return plainAnswer(201, requestToken(kernel, call, await bodyOf(r, 'TokenRequest'), r.tokens));
    case 'log get':
      serveLog(kernel, call, r.query, r.response);
      return { type: 'written' };
    default:
      if (!STREAMS.has(call.subresource)) return undefined;
      throw badRequest(`the sandbox has no containers to ${call.subresource} to`);
  }
}

const STREAMS = new Set(['exec', 'attach', 'portforward', 'proxy']);

async function perform(r: ResourceRequest, call: Call, verb: string): Promise<Answer> {
  const { kernel, query, path } = r;
  const { info } = call;
  const other = call.subresource ? await special(r, call, verb) : undefined;
  if (other) return other;
  switch (verb) {
    case 'get':
      refuseFuture(wantedRevision(query) ?? 0, kernel.store.revision());
      return objectAnswer(call, 200, currentObject(kernel, call));
    case 'list':
      return { type: 'page', page: listPage(kernel, info, call.namespace, query), info, version: call.version };
    case 'watch':
      serveWatch(
        { info, version: call.version, namespace: call.namespace, name: path.name },
        r.shown,
        r.response,
        r.wall,
      );
      return { type: 'written' };
    case 'create':
      return create(r, call);
    case 'update':
      return objectAnswer(call, 200, await updateObject(kernel, call, await bodyOf(r, info.kind)));
    case 'patch':
      return patch(r, call);
    case 'delete':
      return remove(r, call);
    default:
      return removeAll(r, call);
  }
}

/** A collection is not updated as a whole, and an object is not created at its own path. */
function isMisplaced({ path }: ResourceRequest, verb: string): boolean {
  if (path.name === undefined) return verb === 'update' || verb === 'patch';
  return verb === 'create' && path.subresource === undefined;
}

/** Whether the resource (or its subresource) takes the verb. */
function takes(info: ResourceInfo, subresource: string, verb: string): boolean {
  if (subresource === '') return info.verbs.includes(verb);
  const sub = info.subresources.find(s => s.name === subresource);
  if (!sub) throw unknownResource();
  return sub.verbs.includes(verb);
}

/** Resources the server warns its users off. */
const DEPRECATED: Readonly<Record<string, string>> = {
  endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  componentstatuses: 'v1 ComponentStatus is deprecated in v1.19+',
};

/** Answers a request for a resource, after asking whether it may be made. */
export async function serveResource(r: ResourceRequest): Promise<Answer> {
  const { path, kernel } = r;
  const verb = verbOf(r);
  refuseUnauthorised(r, verb);
  const info = kernel.registry.served(path.group, path.version, path.resource);
  if (!info) {
    const known = kernel.registry.all().some(i => i.group === path.group && i.versions.includes(path.version));
    if (!known && path.group !== '') return pageNotFound();
    throw unknownResource();
  }
  if (info.namespaced && path.namespace === undefined && path.name !== undefined) throw unknownResource();
  if (info.namespaced && path.namespace === undefined && verb === 'create' && !isReview(info.kind))
    throw methodNotAllowed();
  if (!info.namespaced && path.namespace !== undefined && info.key !== 'namespaces') throw unknownResource();
  if (isMisplaced(r, verb) || !takes(info, path.subresource ?? '', verb)) throw methodNotAllowed();
  const deprecated = DEPRECATED[info.key];
  if (deprecated) r.warnings.push(deprecated);
  return perform(r, callOf(r, info, verb), verb);
}
