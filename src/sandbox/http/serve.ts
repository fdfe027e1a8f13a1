import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../../text/message-of.ts';
import type { Kernel } from '../api/kernel.ts';
import { createAuthorizer } from '../authz/authorizer.ts';
import { notAllowed } from '../authz/refusal.ts';
import type { WallClock } from '../clock.ts';
import type { CustomKinds } from '../crd/controller.ts';
import { internalError, StatusError } from '../status.ts';
import { acceptedForm, type Form } from './accept.ts';
import type { Answer } from './answer.ts';
import { type Discovery, discover } from './discover.ts';
import { requester } from './requester.ts';
import { serveResource } from './resources.ts';
import { formOf, type Representation, respond } from './respond.ts';
import { type ResourcePath, resourcePath } from './route.ts';
import type { Tokens } from './tokens.ts';

export interface HttpParts {
  kernel: Kernel;
  kinds: CustomKinds;
  tokens: Tokens;
  discovery: Discovery;
  wall: WallClock;
  /** Called with internal errors, which should never happen. */
  onFault(error: unknown): void;
}

/** Path and query of a request. Split by hand: a URL parser throws at paths that must be answered with 404. */
interface Target {
  path: string;
  query: URLSearchParams;
}

function targetOf(url: string): Target {
  const at = url.indexOf('?');
  return at < 0
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}

/** The client closed the connection in the middle of its request. */
const isHangUp = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ECONNRESET' || error.code === 'ERR_STREAM_PREMATURE_CLOSE');

const JSON_FORM: Form = { format: 'json' };

/** The handler of all HTTP requests. */
export function requestHandler(parts: HttpParts): (request: IncomingMessage, response: ServerResponse) => void {
  const { kernel, kinds, tokens, discovery } = parts;

  const formOptions = (path: ResourcePath, query: URLSearchParams, method: string | undefined) => ({
    streams: streams(path, query),
    mayStream: method === 'GET' && path.name === undefined,
    custom: kernel.registry.served(path.group, path.version, path.resource)?.custom ?? false,
  });

  const answer = async (
    request: IncomingMessage,
    response: ServerResponse,
    url: Target,
    warnings: string[],
  ): Promise<{ answer: Answer; form: Form }> => {
    const user = requester(request, tokens, kernel.store);
    const path = resourcePath(url.path);
    const { query } = url;
    if (!path) {
      refusePath(kernel, user, url.path);
      refuseMethod(request.method, url.path);
      return { answer: discover(discovery, url.path, query, request), form: JSON_FORM };
    }
    // A log is plain text whatever format the request asks for.
    const form = path.subresource === 'log' ? JSON_FORM : formOf(request, formOptions(path, query, request.method));
    const shown: Representation = { kernel, shapeOf: kinds.shapeOf, query, form };
    const given = {
      kernel,
      tokens,
      wall: parts.wall,
      path,
      query,
      user,
      request,
      response,
      shown,
      warnings,
      duplicates: [],
    };
    return { answer: await serveResource(given), form };
  };

  return (request, response) => {
    const url = targetOf(request.url ?? '/');
    const warnings: string[] = [];
    const send = (result: Answer, form: Form) => {
      if (result.is === 'written') return Promise.resolve();
      const shown: Representation = { kernel, shapeOf: kinds.shapeOf, query: url.query, form };
      return respond(shown, request, response, result, warnings);
    };
    answer(request, response, url, warnings)
      .catch(error => ({ answer: refusal(error, parts.onFault), form: formOfRefusal(request) }))
      .then(result => send(result.answer, result.form))
      .catch(error => {
        if (!isHangUp(error)) parts.onFault(error);
        response.destroy();
      });
  };
}

/** The format of a refusal: a Status as JSON, or as YAML when the request asks for that; never a table. */
function formOfRefusal({ headers }: IncomingMessage): Form {
  const { format } = acceptedForm(headers.accept, () => true) ?? JSON_FORM;
  return { format };
}

const isSet = (text: string | null): boolean => text !== null && text !== 'false' && text !== '0';

const streams = ({ watch, name }: ResourcePath, query: URLSearchParams): boolean =>
  watch || (name === undefined && isSet(query.get('watch')));

/** Discovery documents allow only GET. Health checks and the list of groups answer any method. */
function refuseMethod(method = 'GET', path = ''): void {
  if (method === 'GET' || path === '/apis' || /^\/(healthz|livez|readyz)/.test(path)) return;
  if (method === 'HEAD' && path !== '/version') return;
  throw new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

function refusePath(kernel: Kernel, user: Parameters<typeof notAllowed>[0], path: string): void {
  const wanted = { verb: 'get', group: '', resource: '', subresource: '', namespace: '', name: '', path };
  const decision = createAuthorizer(kernel.store).decide(user, wanted);
  if (!decision.allowed) throw notAllowed(user, wanted, decision);
}

function refusal(error: unknown, onFault: (error: unknown) => void): Answer {
  if (error instanceof StatusError) return { is: 'json', code: error.code, body: error.body };
  if (!isHangUp(error)) onFault(error);
  const status = internalError(messageOf(error));
  return { is: 'json', code: 500, body: status.body };
}
