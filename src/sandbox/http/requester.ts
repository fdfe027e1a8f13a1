import type { IncomingMessage } from 'node:http';
import { createAuthorizer } from '../authz/authorizer.ts';
import { notAllowed } from '../authz/refusal.ts';
import type { Attributes } from '../authz/rules.ts';
import type { UserInfo } from '../context.ts';
import { badRequest, StatusError } from '../status.ts';
import type { Store } from '../store.ts';
import { accountGroups, type Tokens } from './tokens.ts';

const ANONYMOUS: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Node.js decodes headers as Latin-1; names in them are UTF-8. */
const utf8 = (value: string | undefined): string => Buffer.from(value ?? '', 'latin1').toString('utf8');

function headerValues(request: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2)
    if (request.rawHeaders[i]?.toLowerCase() === name) values.push(utf8(request.rawHeaders[i + 1]));
  return values;
}

/** The user of the request's token; 401 for an unknown token. */
function authenticated(request: IncomingMessage, tokens: Tokens): UserInfo {
  const header = request.headers.authorization;
  if (!header) return ANONYMOUS;
  const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1];
  const user = token ? tokens.userOf(token) : undefined;
  if (user) return user;
  throw new StatusError(401, 'Unauthorized', 'Unauthorized');
}

const IMPERSONATE = 'impersonate-';

function extraOf(request: IncomingMessage): Record<string, string[]> {
  const extra: Record<string, string[]> = {};
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i]?.toLowerCase() ?? '';
    if (!name.startsWith(`${IMPERSONATE}extra-`)) continue;
    const key = decodeURIComponent(name.slice(`${IMPERSONATE}extra-`.length));
    extra[key] = [...(extra[key] ?? []), utf8(request.rawHeaders[i + 1])];
  }
  return extra;
}

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

function impersonation(username: string, groups: readonly string[]): Attributes[] {
  const account = SERVICE_ACCOUNT.exec(username);
  const wanted = (resource: string, name: string, namespace = ''): Attributes => ({
    verb: 'impersonate',
    group: '',
    resource,
    subresource: '',
    namespace,
    name,
  });
  const who = account ? wanted('serviceaccounts', account[2] ?? '', account[1]) : wanted('users', username);
  return [who, ...groups.map(group => wanted('groups', group))];
}

/** The message for impersonated groups without a user, as the real server prints it. */
function withoutUser(groups: readonly string[]): string {
  const names = groups.map(group => JSON.stringify(group)).join(', ');
  const who = `Name:"", UID:"", Groups:[]string{${names}}, Extra:map[string][]string(nil)`;
  return `requested &user.DefaultInfo{${who}} without impersonating a user name`;
}

/** The user that makes a request: the holder of its token, or the impersonated user. 401, 403. */
export function requester(request: IncomingMessage, tokens: Tokens, store: Store): UserInfo {
  const real = authenticated(request, tokens);
  const [username] = headerValues(request, `${IMPERSONATE}user`);
  const groups = headerValues(request, `${IMPERSONATE}group`);
  if (!username) {
    if (groups.length > 0) throw badRequest(withoutUser(groups));
    return real;
  }
  const authorizer = createAuthorizer(store);
  for (const wanted of impersonation(username, groups)) {
    const decision = authorizer.decide(real, wanted);
    if (!decision.allowed) throw notAllowed(real, wanted, decision);
  }
  const [uid] = headerValues(request, `${IMPERSONATE}uid`);
  const extra = extraOf(request);
  return {
    username,
    groups: impliedGroups(username, groups),
    ...(uid ? { uid } : {}),
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  };
}

/** The groups that a user name implies, besides those asked for. */
export function impliedGroups(username: string, groups: readonly string[]): string[] {
  const account = SERVICE_ACCOUNT.exec(username);
  const own = account && groups.length === 0 ? accountGroups(account[1] ?? '') : [...groups];
  const anonymous = username === ANONYMOUS.username;
  const last = anonymous ? 'system:unauthenticated' : 'system:authenticated';
  return own.includes(last) ? own : [...own, last];
}
