import type { Clock } from '../../../host/clock.ts';
import type { Json } from '../../../k8s/object.ts';
import { type Clean, cleanText, sanitise } from '../../../text/sanitise.ts';
import { failure, failureOfAnswer } from './failure.ts';
import type { Failure, Outcome } from './outcome.ts';
import { type RetryPolicy, withRetry } from './retry.ts';
import type { HttpAnswer, HttpRequest, Transport } from './transport.ts';

export interface Call {
  method: HttpRequest['method'];
  /** With its query. */
  path: string;
  body?: Json | undefined;
  contentType?: string | undefined;
  accept?: string | undefined;
  deadlineMs: number;
  signal?: AbortSignal | undefined;
  isUrgent?: boolean;
  read?: HttpRequest['read'];
}

/** Sends JSON requests over a transport and returns typed outcomes. */
export function createCalls(transport: Transport, clock: Clock) {
  async function once(request: Call): Promise<Outcome<unknown>> {
    const answer = await transport.send(httpRequest(request));
    return answer.ok ? outcomeOf(answer, request, clock.now()) : answer;
  }
  return {
    call: (request: Call, policy: RetryPolicy): Promise<Outcome<unknown>> =>
      withRetry(policy, clock, request.signal, () => once(request)),
  };
}

/** The HTTP request of a call; JSON by default. */
export function httpRequest(request: Call): HttpRequest {
  const headers = {
    accept: request.accept ?? 'application/json',
    'user-agent': 'mayday',
    ...(request.body !== undefined && { 'content-type': request.contentType ?? 'application/json' }),
  };
  return {
    method: request.method,
    path: request.path,
    headers,
    deadlineMs: request.deadlineMs,
    signal: request.signal,
    ...(request.isUrgent && { isUrgent: true }),
    ...(request.read && { read: request.read }),
    ...(request.body !== undefined && { body: bodyText(request.body) }),
  };
}

/**
 * The body with the escapes that Go writes. The server applies a JSON patch to its own JSON text, and a `test` of a
 * string compares the text: `<` is not equal to `\u003c` there.
 */
function bodyText(body: Json): string {
  return JSON.stringify(body).replaceAll(
    /[<>&\u2028\u2029]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The outcome of an answer: its JSON (or text, if text was requested), or the failure that it reports. */
export function outcomeOf(answer: HttpAnswer, request: { accept?: string | undefined }, now: number): Outcome<unknown> {
  const body = parsed(answer.text);
  if (answer.status >= 300) {
    const failed = failureOfAnswer(answer.status, body.value, answer.header('retry-after'), now);
    return isUnauthenticated(failed) && answer.refusalHint
      ? { ...failed, message: cleanText`${failed.message}; ${answer.refusalHint}` }
      : failed;
  }
  const wantsText = request.accept !== undefined && !request.accept.includes('json');
  if (!body.isJson && !wantsText) {
    return failure('server-error', cleanText`the answer is not JSON: ${sanitise(answer.text, 120)}`, answer.status);
  }
  const warnings = warningsOf(answer.headerAll('warning'));
  return {
    ok: true,
    value: wantsText ? answer.text : body.value,
    status: answer.status,
    size: answer.text.length,
    ...(warnings.length > 0 && { warnings }),
  };
}

/** Whether the server did not recognise us: it refused, or treated us as anonymous. */
const isUnauthenticated = ({ reason, denied }: Failure): boolean =>
  reason === 'unauthorized' || denied?.user === 'system:anonymous';

function parsed(text: string): { isJson: boolean; value: unknown } {
  if (text === '') return { isJson: true, value: null };
  try {
    return { isJson: true, value: JSON.parse(text) };
  } catch {
    return { isJson: false, value: text };
  }
}

const WARNING = /299 \S+ "((?:[^"\\]|\\.)*)"/g;

/** The texts of `Warning: 299 - "…"` headers. */
function warningsOf(headers: string[]): Clean[] {
  return headers.flatMap(header =>
    [...header.matchAll(WARNING)].map(match => sanitise((match[1] ?? '').replace(/\\(.)/g, '$1'), 500)),
  );
}
