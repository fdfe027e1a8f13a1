import type { IncomingMessage } from 'node:http';
import { aggregated, coreVersions, groupDocument, groupList, resourceList } from '../discovery/documents.ts';
import type { UnavailableGroupVersion } from '../discovery/unavailable.ts';
import type { OpenApi } from '../openapi/document.ts';
import { swaggerProtobuf } from '../openapi/v2.ts';
import type { Registry } from '../registry.ts';
import { StatusError } from '../status.ts';
import { acceptedForm } from './accept.ts';
import { type Answer, json, pageNotFound, unavailable } from './answer.ts';
import { health, version } from './health.ts';
import { unknownForm } from './respond.ts';

export interface Discovery {
  registry: Registry;
  openapi: OpenApi;
  /** Group versions whose aggregated API server does not answer. */
  down: () => readonly UnavailableGroupVersion[];
  /** Host and port of this server. */
  address: () => string;
}

const DISCOVERY_VERSIONS = new Set(['v2', 'v2beta1']);

/** `/api` or `/apis` in the form asked for: aggregated for clients that know it. */
function root({ registry, down, address }: Discovery, core: boolean, accept: string | undefined): Answer {
  const form = acceptedForm(
    accept,
    f =>
      f.as === undefined ||
      (f.as === 'APIGroupDiscoveryList' &&
        f.group === 'apidiscovery.k8s.io' &&
        DISCOVERY_VERSIONS.has(f.version ?? '')),
  );
  if (!form && acceptedForm(accept, () => true)) throw unknownForm();
  if (form?.as && form.version)
    return {
      is: 'json',
      code: 200,
      body: aggregated(registry, core, form.version, core ? [] : down()),
      contentType: `application/json;g=apidiscovery.k8s.io;v=${form.version};as=APIGroupDiscoveryList`,
    };
  return json(200, core ? coreVersions(address()) : groupList(registry));
}

function groupPath({ registry, down }: Discovery, parts: readonly string[]): Answer {
  const [group = '', version] = parts;
  if (down().some(one => one.group === group && one.version === version)) return unavailable();
  if (version !== undefined) return versionList(registry, group, version);
  const document = groupDocument(registry, group);
  return found(document && { kind: 'APIGroup', apiVersion: 'v1', ...document });
}

/** The resources of a version; a version that a known group does not have is refused in an object. */
function versionList(registry: Registry, group: string, version: string): Answer {
  const list = resourceList(registry, group, version);
  if (!list && registry.all().some(info => info.group === group && !info.custom))
    throw new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
  return found(list);
}

const found = (body: unknown): Answer => (body === undefined ? pageNotFound() : json(200, body));

function paths({ registry }: Discovery): Answer {
  const groups = registry
    .all()
    .flatMap(info =>
      info.group === '' ? ['/api/v1'] : [`/apis/${info.group}`, ...info.versions.map(v => `/apis/${info.group}/${v}`)],
    );
  const rest = ['/api', '/apis', '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version'];
  return json(200, { paths: [...new Set([...groups, ...rest])].sort() });
}

/** What the paths that are not resources answer: discovery, OpenAPI, health, version. */
export function discover(discovery: Discovery, path: string, query: URLSearchParams, request: IncomingMessage): Answer {
  const parts = path.split('/').filter(part => part !== '');
  const [first, ...rest] = parts;
  if (first === undefined) return paths(discovery);
  if (first === 'version') return version();
  if (first === 'openapi') return openApi(discovery, rest, request.headers.accept);
  if (first === 'api')
    return rest.length === 0 ? root(discovery, true, request.headers.accept) : coreList(discovery, rest);
  if (first === 'apis')
    return rest.length === 0 ? root(discovery, false, request.headers.accept) : groupPath(discovery, rest);
  return health(path, query);
}

function coreList({ registry }: Discovery, parts: readonly string[]): Answer {
  return parts.length === 1 ? versionList(registry, '', parts[0] ?? '') : pageNotFound();
}

/**
 * The media type that clients ask for. The real server answers with another one, as `@` is not allowed in a media
 * type.
 */
const SWAGGER_ASKED = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
const SWAGGER_PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

function openApi({ openapi }: Discovery, parts: readonly string[], accept: string | undefined): Answer {
  const [generation, ...rest] = parts;
  if (generation === 'v2' && rest.length === 0) {
    const document = openapi.swagger();
    if (![SWAGGER_ASKED, SWAGGER_PROTOBUF].some(form => accept?.includes(form))) return json(200, document);
    return { is: 'bytes', code: 200, bytes: swaggerProtobuf(document), contentType: SWAGGER_PROTOBUF };
  }
  if (generation !== 'v3') return pageNotFound();
  // The real server does not say that this is JSON.
  if (rest.length === 0)
    return { is: 'json', code: 200, body: openapi.index(), contentType: 'text/plain; charset=utf-8' };
  const document = openapi.document(rest.join('/'));
  if (!document) return pageNotFound();
  return { is: 'json', code: 200, body: document.body, etag: `"${document.hash}"` };
}
