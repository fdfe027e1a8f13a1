import { isFields } from '../../../k8s/fields.ts';
import { type Clean, cleanText, sanitise } from '../../../text/sanitise.ts';
import type { Failure, FailureReason, FieldCause } from './outcome.ts';

const MESSAGE_LENGTH = 1000;
const SNIPPET_LENGTH = 160;

/** The `Status` object of an error answer, as far as it is read. */
interface Status {
  kind?: unknown;
  message?: unknown;
  reason?: unknown;
  code?: unknown;
  details?: { causes?: unknown; retryAfterSeconds?: unknown };
}

const BY_REASON: Record<string, FailureReason> = {
  AlreadyExists: 'already-exists',
  Conflict: 'conflict',
  Gone: 'gone',
  Expired: 'gone',
};

const BY_STATUS: Record<number, FailureReason> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  410: 'gone',
  429: 'throttled',
};

/**
 * The failure that an error answer reports. `body` is the parsed JSON, or the text when it was not JSON; a 404 means
 * `not-found` only with a `Status` body. `retryAfter` the header of that name (seconds, or a date).
 */
export function failureOfAnswer(status: number, body: unknown, retryAfter: string | undefined, now: number): Failure {
  const reported = isFields(body) ? (body as Status) : {};
  const code = status >= 300 ? status : typeof reported.code === 'number' ? reported.code : 400;
  const retryAfterMs = retryDelay(retryAfter, reported.details?.retryAfterSeconds, now);
  const message = messageOf(code, body, reported);
  const causes = causesOf(reported);
  const denied = code === 403 ? deniedOf(message) : undefined;
  return {
    ok: false,
    reason: reasonOf(code, reported, retryAfterMs !== undefined),
    status: code,
    message,
    ...(causes.length > 0 && { causes }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(denied && { denied }),
  };
}

function reasonOf(code: number, { kind, reason: named }: Status, askedToWait: boolean): FailureReason {
  const reason = typeof named === 'string' ? named : '';
  // A 404 of a proxy, or of a server that does not know the path, says nothing about the object.
  if (code === 404 && kind !== 'Status') return 'invalid';
  const reported = Object.hasOwn(BY_REASON, reason) ? BY_REASON[reason] : undefined;
  if (reported) return reported;
  if (code === 503 && askedToWait) return 'throttled';
  return BY_STATUS[code] ?? (code >= 400 && code < 500 ? 'invalid' : 'server-error');
}

/** What an API server's own health endpoints write for each check that failed. */
const FAILED_CHECK = /^\[-\].+$/gm;

function messageOf(code: number, body: unknown, reported: Status): Clean {
  if (typeof reported.message === 'string' && reported.message !== '')
    return sanitise(reported.message, MESSAGE_LENGTH);
  if (typeof body === 'string' && body.trim() !== '') {
    const checks = body.match(FAILED_CHECK);
    if (checks) return cleanText`the server answered ${code}: ${sanitise(checks.join('; '), MESSAGE_LENGTH)}`;
    return cleanText`the server answered ${code}: ${sanitise(body.trim(), SNIPPET_LENGTH)}`;
  }
  return cleanText`the server answered ${code} without saying why`;
}

function causesOf(reported: Status): FieldCause[] {
  const causes = reported.details?.causes;
  if (!Array.isArray(causes)) return [];
  return causes.slice(0, 100).map((cause: Record<string, unknown> | null) => ({
    field: sanitise(cause?.field, 256),
    reason: sanitise(cause?.reason, 64),
    message: sanitise(cause?.message, MESSAGE_LENGTH),
  }));
}

/** From the beginning, because an admission webhook may word its own refusal in the same way. */
const DENIED =
  /^(?:\S+(?: "[^"]*")? is )?forbidden: User "(?<user>.*)" cannot (?<verb>\S+) (?:resource "(?<resource>[^"]*)" in API group "(?<group>[^"]*)"(?: in the namespace "(?<namespace>[^"]*)")?|path "(?<path>[^"]*)")/;

/**
 * The user, verb and resource of an RBAC refusal, from its message; undefined for other 403 refusals (quota,
 * admission).
 */
function deniedOf(message: Clean): Failure['denied'] {
  const groups = DENIED.exec(message)?.groups;
  if (!groups?.verb) return undefined;
  const resource = groups.path ?? (groups.group ? `${groups.resource}.${groups.group}` : groups.resource);
  return {
    user: sanitise(groups.user, 256),
    verb: groups.verb,
    resource: resource ?? '',
    ...(groups.namespace && { namespace: groups.namespace }),
  };
}

function retryDelay(header: string | undefined, details: unknown, now: number): number | undefined {
  if (header !== undefined) {
    const seconds = Number(header);
    if (Number.isFinite(seconds) && header.trim() !== '') return Math.max(0, seconds * 1000);
    const date = Date.parse(header);
    if (!Number.isNaN(date)) return Math.max(0, date - now);
  }
  return typeof details === 'number' && details > 0 ? details * 1000 : undefined;
}

/** A failure with a message of our own. */
export function failure(reason: FailureReason, message: Clean, status = 0): Failure {
  return { ok: false, reason, status, message };
}

const ERROR_TEXTS: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  UND_ERR_SOCKET: 'the connection was closed before an answer came',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  ETIMEDOUT: 'no connection in time',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name cannot be looked up now',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed and not trusted by this kubeconfig',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted by this kubeconfig',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted by this kubeconfig',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted by this kubeconfig',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

/** The failure of a connection without an answer, in one line that names the server. */
export function unreachable(server: string, error: unknown): Failure {
  const code = codeOf(error);
  const why = (Object.hasOwn(ERROR_TEXTS, code) ? ERROR_TEXTS[code] : undefined) ?? messageOfError(error);
  return failure('unreachable', cleanText`cannot reach ${sanitise(server, 256)}: ${sanitise(why, 300)}`);
}

/** Node's error code of a connection error, even if undici wrapped it. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown[] };
  if (typeof code === 'string') return code;
  return codeOf(cause) || codeOf(errors?.[0]);
}

function messageOfError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || codeOf(error) || error.name;
}
