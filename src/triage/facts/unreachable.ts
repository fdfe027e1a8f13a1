/** Why a call of the API server to another server (a webhook, an aggregated API) failed. */
export type Unreachable =
  | 'no endpoints'
  | 'service not found'
  | 'no such port'
  | 'connection refused'
  | 'timeout'
  | 'no route'
  | 'unknown host'
  | 'certificate expired'
  | 'unknown authority'
  | 'wrong name in certificate'
  | 'TLS failure'
  | 'connection closed'
  | 'bad answer';

/** Messages of the Go standard library and of the API server, the most specific first. */
const PATTERNS: readonly [RegExp, Unreachable][] = [
  [/no endpoints available for service/, 'no endpoints'],
  [/\bservice "[^"]*" not found/, 'service not found'],
  [/no service port \S+ found for service/, 'no such port'],
  [/x509: certificate has expired or is not yet valid/, 'certificate expired'],
  [
    /x509: certificate (signed by unknown authority|relies on legacy)|unable to load root certificates/,
    'unknown authority',
  ],
  [/x509: (certificate is (not )?valid for|cannot validate certificate)/, 'wrong name in certificate'],
  [/x509: |\btls: |remote error: tls|server gave HTTP response to HTTPS client/, 'TLS failure'],
  [/connect: connection refused|^connection refused|\bconnection refused\b/, 'connection refused'],
  [/no route to host|network is unreachable/, 'no route'],
  [/no such host|server misbehaving/, 'unknown host'],
  [
    /context deadline exceeded|Client\.Timeout|i\/o timeout|TLS handshake timeout|request did not complete within|request canceled/,
    'timeout',
  ],
  [/connection reset by peer|\bEOF\b|transport is closing|http2: client connection lost/, 'connection closed'],
];

/** Why a server could not be reached, from the error text of a failed call; undefined when the text does not say. */
export const unreachableIn = (text: string): Unreachable | undefined =>
  PATTERNS.find(([words]) => words.test(text))?.[1];

/** A Service that a message names. */
export interface NamedService {
  namespace?: string;
  name: string;
  port?: number;
}

/**
 * `Post "https://NAME.NAMESPACE.svc:PORT/…"`, as the API server calls a Service; only the name from its other
 * messages.
 */
export function serviceIn(text: string): NamedService | undefined {
  const url = /\bhttps?:\/\/([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.[a-z0-9.-]+)?(?::(\d+))?[/"?]/.exec(text);
  if (url?.[1] !== undefined && url[2] !== undefined)
    return { namespace: url[2], name: url[1], ...(url[3] === undefined ? {} : { port: Number(url[3]) }) };
  const named =
    /(?:available for|found for) service "([^"]+)"/.exec(text) ?? /\bservice "([^"]+)" not found/.exec(text);
  if (named?.[1] === undefined) return undefined;
  const port = /no service port (\d+) found/.exec(text)?.[1];
  return { name: named[1], ...(port === undefined ? {} : { port: Number(port) }) };
}

/** Short texts for summaries: why the call fails. */
export const unreachableText: Readonly<Record<Unreachable, string>> = {
  'no endpoints': 'its Service has no endpoints',
  'service not found': 'its Service does not exist',
  'no such port': 'its Service has no such port',
  'connection refused': 'connection refused: nothing listens behind its Service (no ready endpoints)',
  timeout: 'it does not respond in time (timeout)',
  'no route': 'there is no route to it',
  'unknown host': 'its host name cannot be resolved',
  'certificate expired': 'its serving certificate has expired',
  'unknown authority': 'its certificate is not signed by a CA of the caBundle (unknown authority)',
  'wrong name in certificate': 'its certificate is not valid for its host name',
  'TLS failure': 'the TLS connection to it fails',
  'connection closed': 'it closes the connection',
  'bad answer': 'its response is not valid for a webhook',
};
