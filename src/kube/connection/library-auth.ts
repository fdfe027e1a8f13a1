import type { RequestOptions } from 'node:https';
import type { KubeUser, Target } from './kubeconfig.ts';
import { namedFiles, withoutFiles } from './named-files.ts';
import type { ServerUrl } from './server-url.ts';

type AuthParts = { target: Target; server: ServerUrl };

/** The credentials that the kubeconfig, its files and the client library's auth providers give. */
export interface LibraryAuth {
  options(user: KubeUser): Promise<RequestOptions>;
  /** The provider is created again: its user has changed. */
  forgetProvider(): void;
  /** Drops everything that is kept between requests, also the tokens that the library caches. */
  forget(): void;
}

/** Nothing is read before the first request. */
export function createLibraryAuth(parts: AuthParts & { now: () => number }): LibraryAuth {
  let auth: ReturnType<typeof providerOf> | undefined;
  let readFiles = namedFiles(parts.now);
  const forgetProvider = (): void => {
    auth = undefined;
  };
  return {
    async options(user) {
      const options = optionsOf(parts, user);
      auth ??= providerOf(parts, user);
      const provider = await auth;
      if (provider !== undefined) await withDeadline(provider.applyToHTTPSOptions(options));
      readFiles(parts.target.cluster, user, options);
      return options;
    },
    forgetProvider,
    forget() {
      forgetProvider();
      readFiles = namedFiles(parts.now);
    },
  };
}

/** The connection options in the kubeconfig itself. */
function optionsOf({ target }: AuthParts, user: KubeUser): RequestOptions {
  const { caData, tlsServerName, skipTLSVerify } = target.cluster;
  const { certData, keyData, token, username, password } = user;
  return {
    headers: token ? { Authorization: `Bearer ${token}` } : {},
    ...(username && { auth: `${username}:${password}` }),
    ...(caData && { ca: Buffer.from(caData, 'base64') }),
    ...(certData && { cert: Buffer.from(certData, 'base64') }),
    ...(keyData && { key: Buffer.from(keyData, 'base64') }),
    ...(tlsServerName && { servername: tlsServerName }),
    ...(skipTLSVerify && { rejectUnauthorized: false }),
  };
}

/**
 * The client library's auth provider (OIDC, GCP, Azure), if the user has one. The library is loaded only then, as
 * loading takes 50 ms or more.
 */
async function providerOf({ target, server }: AuthParts, user: KubeUser) {
  // The library refuses plain HTTP unless TLS verification is off, which makes no difference for plain HTTP.
  const plain = server.url.startsWith('http:');
  const cluster = { ...target.cluster, server: server.url, skipTLSVerify: plain || target.cluster.skipTLSVerify };
  const given = withoutFiles(cluster, user);
  if (!given.user.authProvider) return undefined;
  // Its main module loads every API class; the kubeconfig part alone is small.
  const library = await import('@kubernetes/client-node/dist/config.js');
  const auth = new library.KubeConfig();
  auth.loadFromClusterAndUser(given.cluster, given.user);
  return auth;
}

// The library calls identity providers over the network without a deadline of its own.
const LIBRARY_DEADLINE_MS = 30_000;

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const why = `no answer from the auth provider within ${LIBRARY_DEADLINE_MS / 1000}s`;
    timer = setTimeout(() => reject(new Error(why)), LIBRARY_DEADLINE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
