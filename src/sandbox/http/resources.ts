import { createObject } from '../api/create.ts';
import type { Call, Kernel } from '../api/kernel.ts';
import { listPage, refuseFuture, wantedRevision } from '../api/list.ts';
import { writeOptions } from '../api/options.ts';
import { applyObject, patchObject } from '../api/patch.ts';
import { answerReview, isReview } from '../api/reviews.ts';
import { currentObject, updateObject } from '../api/update.ts';
import { createAuthorizer } from '../authz/authorizer.ts';
import { notAllowed } from '../authz/refusal.ts';
import { refuseUnconverted } from '../crd/conversion.ts';
import { part } from '../defaults/fill.ts';
import { unavailableGroupVersions } from '../discovery/unavailable.ts';
import type { KubeObject } from '../object.ts';
import type { ResourceInfo } from '../registry.ts';
import { notFound, StatusError } from '../status.ts';
import { bind } from '../subresource/binding.ts';
import { patchScale } from '../subresource/scale.ts';
import { serveWatch } from '../watch/watch.ts';
import { type Answer, json, objectAnswer, pageNotFound, plainAnswer, success, unavailable } from './answer.ts';
import { mediaType, parsePatch, patchKind, readBody } from './body.ts';
import { remove, removeAll } from './deletion.ts';
import { bodyOf, type ResourceRequest } from './request.ts';
import { serveSubresource } from './subresources.ts';

/** A query flag is true unless its value is `false` or `0`. */
const isSet = (text: string | null): boolean => text !== 'false' && text !== '0';

const METHODS: Readonly<Record<string, [collection: string, item: string]>> = {
  GET: ['list', 'get'],
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
    name: path.name ?? namedBySelector(r, verb),
  };
  const decision = createAuthorizer(kernel.store).decide(user, wanted);
  if (!decision.allowed) throw notAllowed(user, wanted, decision);
}

/** The name in a field selector of a list or watch. As on a real server, a right to that one object is then enough. */
function namedBySelector({ query }: ResourceRequest, verb: string): string {
  if (verb !== 'list' && verb !== 'watch') return '';
  return /(?:^|,)metadata\.name==?([^,]+)(?:,|$)/.exec(query.get('fieldSelector') ?? '')?.[1] ?? '';
}

const unknownResource = () => new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});

function podsOf(kernel: Kernel): ResourceInfo {
  const info = kernel.registry.get('pods');
  if (!info) throw unknownResource();
  return info;
}

const unwatchable = ({ group, resource }: ResourceInfo) =>
  new StatusError(405, 'MethodNotAllowed', `watch is not supported on resources of kind "${resource}"`, {
    ...(group ? { group } : {}),
    kind: resource,
  });

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
    duplicates: r.duplicates,
  };
}

async function create(r: ResourceRequest, call: Call): Promise<Answer> {
  const { info } = call;
  const body = await bodyOf(r, info.kind);
  if (info.key === 'bindings') {
    // A Binding is not stored: it assigns the Pod that it names to a node.
    bind(r.kernel, { ...call, name: String(part(body, 'metadata')?.name ?? ''), info: podsOf(r.kernel) }, body);
    return json(201, success(201));
  }
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

async function perform(r: ResourceRequest, call: Call, verb: string): Promise<Answer> {
  const { kernel, query, path } = r;
  const { info } = call;
  const other = call.subresource ? await serveSubresource(r, call, verb) : undefined;
  if (other) return other;
  switch (verb) {
    case 'get':
      refuseFuture(wantedRevision(query) ?? 0, kernel.store.revision());
      return objectAnswer(call, 200, converted(r, call, currentObject(kernel, call)));
    case 'list': {
      const page = listPage(kernel, info, call.namespace, query);
      refuseUnconverted(kernel, info, page.items, call.version);
      return { is: 'page', page, info, version: call.version };
    }
    case 'watch':
      serveWatch(
        { info, version: call.version, namespace: call.namespace, name: path.name },
        r.shown,
        r.response,
        r.wall,
      );
      return { is: 'written' };
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

function converted({ kernel }: ResourceRequest, { info, version }: Call, object: KubeObject): KubeObject {
  refuseUnconverted(kernel, info, [object], version);
  return object;
}

/** An update needs the path of an object, a create the path of a collection. */
function isMisplaced({ path }: ResourceRequest, verb: string): boolean {
  if (path.name === undefined) return verb === 'update' || verb === 'patch';
  return verb === 'create' && path.subresource === undefined;
}

/** Whether the resource (or its subresource) takes the verb. */
function supportsVerb(
  info: ResourceInfo,
  { subresource = '', name = '' }: ResourceRequest['path'],
  verb: string,
): boolean {
  if (subresource === '') return info.verbs.includes(verb);
  const sub = info.subresources.find(s => s.name === subresource);
  if (!sub) throw info.custom ? notFound(info, name) : unknownResource();
  return sub.verbs.includes(verb);
}

/** Resources that the server warns about, with the replacement. */
const DEPRECATED: Readonly<Record<string, string>> = {
  endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  componentstatuses: 'v1 ComponentStatus is deprecated in v1.19+',
};

/** Whether the path has a namespace for a cluster-scoped resource, or none for an object of a namespaced one. */
const isWrongScope = (info: ResourceInfo, { namespace, name }: ResourceRequest['path']): boolean =>
  info.namespaced
    ? namespace === undefined && name !== undefined
    : namespace !== undefined && info.key !== 'namespaces';

/** Whether a verb is for one namespace at a time. */
const needsNamespace = (info: ResourceInfo, verb: string): boolean =>
  info.namespaced && (verb === 'deletecollection' || (verb === 'create' && !isReview(info.kind)));

/** Authorises and answers a request for a resource. */
export async function serveResource(r: ResourceRequest): Promise<Answer> {
  const { path, kernel } = r;
  const verb = verbOf(r);
  refuseUnauthorised(r, verb);
  const info = kernel.registry.served(path.group, path.version, path.resource);
  if (!info) {
    const down = unavailableGroupVersions(kernel.registry, kernel.store.list('apiservices.apiregistration.k8s.io'));
    if (down.some(one => one.group === path.group && one.version === path.version)) return unavailable();
    const known = kernel.registry.all().some(i => i.group === path.group && !i.custom);
    if (!known) return pageNotFound();
    throw unknownResource();
  }
  if (isWrongScope(info, path)) {
    if (info.custom) return pageNotFound();
    throw unknownResource();
  }
  if (isReview(info.kind) && path.name !== undefined) throw unknownResource();
  if (needsNamespace(info, verb) && path.namespace === undefined) throw methodNotAllowed();
  const deprecated = DEPRECATED[info.key] ?? info.deprecations?.[path.version];
  if (deprecated) r.warnings.push(deprecated);
  if (verb === 'watch' && info.verbs.includes('list') && !info.verbs.includes('watch')) throw unwatchable(info);
  if (isMisplaced(r, verb) || !supportsVerb(info, path, verb)) throw methodNotAllowed();
  return perform(r, callOf(r, info, verb), verb);
}
