import { isDeepStrictEqual } from 'node:util';
import type { Dispatcher } from 'undici';
import type { Clock } from '../../host/clock.ts';
import type { Clean } from '../../text/sanitise.ts';
import { createCachedAnswer } from '../cached-answer.ts';
import type { Outcome } from '../client/http/outcome.ts';

/** The server, headers and connections for one request. */
interface Access {
  /** Scheme, host, port and path prefix, without a slash at the end. */
  server: string;
  headers: Record<string, string | string[]>;
  /** Connections for requests, few and reused. */
  requests: Dispatcher;
  /** Connections for what must not wait behind other requests. */
  urgent: Dispatcher;
  /** Connections for watches, one each, so that watches never starve requests. */
  streams: Dispatcher;
  /** Why the server may refuse us, as far as the client can see. */
  refusalHint?: Clean;
}

export interface Credentials {
  readonly server: string;
  access(): Promise<Outcome<Access>>;
  /** After a 401: gets new credentials if possible, and returns whether it did. */
  refresh(): Promise<boolean>;
  close(): Promise<void>;
}

/** TLS material of a connection, as node's `tls.connect` takes it. */
export interface TlsMaterial {
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  servername?: string;
  rejectUnauthorized?: boolean;
}

/** What a source of credentials gives out: headers for each request, and how to connect. */
export interface Material {
  headers: Record<string, string | string[]>;
  tls: TlsMaterial;
  /** Why the server may refuse it, as far as the client can see. */
  refusalHint?: Clean;
}

export interface MaterialSource {
  material(): Promise<Outcome<Material>>;
  /** Drops the cache, so that the next `material` is new; false when there is nothing to renew. */
  renew(): Promise<boolean>;
}

/** The pools of connections to one server. */
export interface Connections {
  requests: Dispatcher;
  urgent: Dispatcher;
  streams: Dispatcher;
  /** Accepts no new requests and closes when the present ones are done. */
  retire(): void;
  /** Closes all connections at once. */
  close(): Promise<void>;
}

// How long material is reused without asking its source again: bounds how late a rotated file or token is noticed.
const REUSE_MS = 10_000;
// A refused token is renewed at most this often, however many requests it fails.
const RENEW_EVERY_MS = 5_000;

/** Credentials from a source: asks the source rarely, and reconnects only when the TLS material has changed. */
export function createCredentials(parts: {
  server: string;
  source: MaterialSource;
  connect: (tls: TlsMaterial) => Connections;
  clock: Clock;
}): Credentials {
  const { server, source, clock } = parts;
  let current: { tls: TlsMaterial; connections: Connections } | undefined;
  let renewedAt = Number.NEGATIVE_INFINITY;
  let renewing: Promise<boolean> | undefined;

  async function ask(): Promise<Outcome<Access>> {
    const outcome = await source.material();
    if (!outcome.ok) return outcome;
    const { headers, tls, refusalHint } = outcome.value;
    if (!current || !isDeepStrictEqual(current.tls, tls)) {
      current?.connections.retire();
      current = { tls, connections: parts.connect(tls) };
    }
    const { requests, urgent, streams } = current.connections;
    return {
      ok: true,
      status: 0,
      value: { server, headers, requests, urgent, streams, ...(refusalHint && { refusalHint }) },
    };
  }

  const known = createCachedAnswer(ask, clock);

  async function access(): Promise<Outcome<Access>> {
    const isFresh = clock.monotonic() - known.askedAt < REUSE_MS;
    return (isFresh ? known.answer : undefined) ?? known.ask();
  }

  async function renew(): Promise<boolean> {
    if (clock.monotonic() - renewedAt < RENEW_EVERY_MS) return false;
    const renewed = await source.renew();
    renewedAt = clock.monotonic();
    if (renewed) known.forget();
    return renewed;
  }

  return {
    server,
    access,
    refresh() {
      renewing ??= renew().finally(() => {
        renewing = undefined;
      });
      return renewing;
    },
    async close() {
      await current?.connections.close();
    },
  };
}
