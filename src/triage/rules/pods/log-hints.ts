import type { Cause } from '../../finding/finding.ts';

/** A cause outside of the program that a log line shows. */
export interface LogHint {
  line: string;
  means: string;
  because: Cause[];
}

interface Pattern {
  match: RegExp;
  means(found: RegExpExecArray): string;
  because?(found: RegExpExecArray, namespace: string): Cause[];
}

const service = (host: string, namespace: string): Cause[] => {
  const [name = '', ns] = host.replace(/\.svc.*$/, '').split('.');
  return /^\d+$/.test(name) || name === '' ? [] : [{ kind: 'Service', namespace: ns ?? namespace, name }];
};

/** The first match wins, so patterns that name an object come before general ones. */
const PATTERNS: readonly Pattern[] = [
  {
    match: /User "system:serviceaccount:([^:"]+):([^"]+)" cannot (\S+) resource "([^"]+)"(?: in API group "([^"]*)")?/,
    means: f => `RBAC: service account ${f[1]}/${f[2]} is forbidden to ${f[3]} ${f[4]}${f[5] ? `.${f[5]}` : ''}`,
    because: f => [{ kind: 'ServiceAccount', namespace: f[1] ?? '', name: f[2] ?? '' }],
  },
  {
    match: /no matches for kind "([^"]+)" in version "([^"/]+)\/[^"]*"|could not find the requested resource/,
    means: f =>
      f[1]
        ? `the cluster does not serve kind ${f[1]} (${f[2]}): its CRD is missing`
        : 'the cluster does not serve a kind that the program needs: a CRD is missing',
  },
  {
    match:
      /lookup ([a-z0-9][a-z0-9.-]*)(?: on [0-9a-f.:[\]]+)?: (?:read udp \S+ )?(?:no such host|server misbehaving|i\/o timeout|connection refused)|(?:could not translate host name|getaddrinfo (?:ENOTFOUND|EAI_AGAIN)|Name or service not known:?|Temporary failure in name resolution:?|UnknownHostException:?) "?([a-z0-9][a-z0-9.-]*)?"?/,
    means: f => `the name ${f[1] ?? f[2] ?? 'of a host'} does not resolve (DNS)`,
    because: (f, ns) => [
      ...service(f[1] ?? f[2] ?? '', ns),
      { kind: 'Service', namespace: 'kube-system', name: 'kube-dns' },
    ],
  },
  {
    // Go's message for a failed request: `Post "http://api.payments/charge": dial tcp 10.96.12.7:80: i/o timeout`.
    match:
      /\b[a-z]+:\/\/([a-z][a-z0-9-]*(?:\.[a-z0-9.-]+)?)(?::(\d+))?[^\s"]*"?: .*(?:connection refused|timed? ?out|no route to host|deadline exceeded|EOF)/i,
    means: f => `${f[1]}${f[2] ? `:${f[2]}` : ''} does not answer`,
    because: (f, ns) => service(f[1] ?? '', ns),
  },
  {
    match: /the server has received too many requests|429 Too Many Requests/i,
    means: () => 'it is throttled: too many requests (429)',
  },
  {
    match:
      /(?:dial tcp|connect to|connection to(?: server at)?|host) "?([a-z][a-z0-9-]*(?:\.[a-z0-9.-]+)?)"?(?: \([0-9a-f.:]+\))?[:, ]+(?:port )?(\d+)\S* ?.*(?:connection refused|timed? ?out|no route to host)/i,
    means: f => `${f[1]}:${f[2]} does not answer`,
    because: (f, ns) => service(f[1] ?? '', ns),
  },
  {
    match:
      /(?:dial tcp|ECONNREFUSED|connect to) \[?([0-9a-f.:]+)\]?:(\d+).*(?:connection refused)?|Connection refused|connection refused/i,
    means: f => (f[1] ? `${f[1]}:${f[2]} refuses the connection` : 'a connection is refused'),
  },
  {
    match:
      /password authentication failed|Access denied for user|authentication failed|invalid (?:username|password|credentials)|WRONGPASS|NOAUTH/i,
    means: f => `its credentials are rejected (${f[0]}): the password or key in its Secret is wrong, or was changed`,
  },
  {
    match:
      /x509: .*|certificate (?:has expired|verify failed|is not valid)|unable to get local issuer certificate|SSLHandshakeException/i,
    means: f => `a certificate is not accepted (${f[0].slice(0, 120)})`,
  },
  {
    match: /OutOfMemoryError|JavaScript heap out of memory|Cannot allocate memory|MemoryError|std::bad_alloc/i,
    means: () => 'it ran out of memory',
  },
  { match: /exec format error/i, means: () => 'exec format error: the image is built for another architecture' },
  { match: /address already in use|EADDRINUSE/i, means: () => 'its port is already in use' },
  { match: /no space left on device|ENOSPC/i, means: () => 'a volume or the disk of the node is full' },
  {
    match: /read-only file system|EROFS/i,
    means: () => 'it writes to a read-only file system (securityContext.readOnlyRootFilesystem, or a read-only volume)',
  },
  {
    match: /permission denied|EACCES|operation not permitted/i,
    means: () => 'it lacks the permission to read, write or bind something (permission denied)',
  },
  {
    match:
      /(?:open|stat|read|load(?:ing)?) "?([^\s":]+)"?: no such file or directory|ENOENT[^']*'([^']+)'|No such file or directory: '?([^\s']+)/i,
    means: f => `file ${f[1] ?? f[2] ?? f[3]} does not exist`,
  },
  {
    match:
      /(?:required|missing|undefined|unset|must set|not set)[^.]*(?:environment variable|env(?:ironment)? var)\S*:? ?"?([A-Z][A-Z0-9_]+)?|(?:environment variable|env var) "?([A-Z][A-Z0-9_]+)"? (?:is )?(?:required|missing|not set|must)|KeyError: '([A-Z][A-Z0-9_]+)'/i,
    means: f => `environment variable ${f[1] ?? f[2] ?? f[3] ?? ''} is missing`.replace('  ', ' '),
  },
  {
    match:
      /(?:unknown|unrecognized|invalid) (?:flag|option|argument|command)[:s]* ?(\S+)?|flag provided but not defined: (\S+)/i,
    means: f => `it does not know the argument ${f[1] ?? f[2] ?? ''}`,
  },
  {
    match:
      /(?:yaml|json|toml|config(?:uration)?)\b.*(?:invalid|cannot unmarshal|syntax error|parse error|unmarshal|unknown field)|(?:failed|unable|error|cannot) .{0,30}(?:pars|load|read)\w* .{0,20}config|Corefile:\d+|unknown directive/i,
    means: () => 'its configuration is not valid',
  },
  {
    match: /failed to acquire lease|leader election lost|leaderelection lost/i,
    means: () => 'it lost its leader lease',
  },
  {
    match: /ModuleNotFoundError|Cannot find module|ClassNotFoundException|ImportError/i,
    means: f => `a module of the program is missing from the image (${f[0]})`,
  },
];

/** The hint from the last log line with a known cause. */
export function logHint(lines: readonly string[], namespace: string): LogHint | undefined {
  for (const pattern of PATTERNS)
    for (const line of [...lines].reverse()) {
      // Structured logs escape quotes.
      const found = pattern.match.exec(line.replaceAll('\\"', '"'));
      if (found) return { line, means: pattern.means(found), because: pattern.because?.(found, namespace) ?? [] };
    }
  return undefined;
}
