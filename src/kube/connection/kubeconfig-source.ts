import type { RequestOptions } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../../text/message-of.ts';
import { cleanText, sanitise } from '../../text/sanitise.ts';
import { failure } from '../client/http/failure.ts';
import type { Outcome } from '../client/http/outcome.ts';
import { isLoopback } from './connections.ts';
import type { Material, MaterialSource, TlsMaterial } from './credentials.ts';
import { type ExecCredential, execCredential } from './exec-credential.ts';
import type { KubeUser, Target } from './kubeconfig.ts';
import { withFreshToken } from './legacy-provider.ts';
import { authorityOf, namedFiles, withoutFiles } from './named-files.ts';
import { badMaterial, certificateProblem } from './pem.ts';
import type { RunCommand } from './run-command.ts';
import type { ServerUrl } from './server-url.ts';

/** The user and groups to impersonate. */
export interface Impersonation {
  user?: string | undefined;
  groups?: string[] | undefined;
}

// A credential is renewed this long before it expires, so that none expires during a request.
const EXPIRY_MARGIN_MS = 10_000;

/** Credentials of one context: the client library's methods (files, certificates, basic, OIDC, GCP, Azure), and credential plugins run by us. */
export function kubeconfigSource(parts: {
  target: Target;
  server: ServerUrl;
  impersonation: Impersonation;
  /** Reads the kubeconfig again; its user replaces ours when credentials were refused. */
  reload: () => Promise<KubeUser | undefined>;
  run: RunCommand;
  env: Record<string, string | undefined>;
  now: () => number;
}): MaterialSource {
  const { target } = parts;
  let user = target.user;
  let fromPlugin: ExecCredential | undefined;

  async function plugin(): Promise<Outcome<ExecCredential>> {
    const isFresh = fromPlugin && (fromPlugin.expiresAt ?? Number.POSITIVE_INFINITY) - EXPIRY_MARGIN_MS > parts.now();
    if (fromPlugin && isFresh && usesPlugin(user)) return { ok: true, status: 0, value: fromPlugin };
    const outcome = await pluginCredential(user, parts);
    if (outcome.ok && usesPlugin(user)) fromPlugin = outcome.value;
    return outcome;
  }

  let auth: ReturnType<typeof providerOf> | undefined;
  let readFiles = namedFiles(parts.now);

  async function authOptions(): Promise<RequestOptions> {
    const options: RequestOptions = optionsOf(parts, user);
    auth ??= providerOf(parts, user);
    const provider = await auth;
    if (provider !== undefined) await withDeadline(provider.applyToHTTPSOptions(options));
    readFiles(target.cluster, user, options);
    return options;
  }

  async function gather(): Promise<Outcome<Material>> {
    if (isUnencryptedRemote(parts.server.url)) {
      return { ok: true, status: 0, value: { tls: {}, headers: impersonationHeaders(user, parts.impersonation) } };
    }
    const fresh = await withFreshToken(user, parts);
    if (!fresh.ok) return fresh;
    if (fresh.value !== user) {
      user = fresh.value;
      auth = undefined;
    }
    const credential = await plugin();
    if (!credential.ok) return credential;
    const material = materialOf(await authOptions(), credential.value, user, parts);
    const bad = badMaterial(material.tls, { cluster: target.cluster.name, user: user.name });
    if (bad) return failure('unauthorized', bad);
    const refusalHint = material.headers.authorization
      ? undefined
      : certificateProblem(material.tls, user.name, parts.now());
    return { ok: true, status: 0, value: { ...material, ...(refusalHint && { refusalHint }) } };
  }

  return {
    async material() {
      try {
        return await gather();
      } catch (error) {
        const why = messageOf(error);
        return failure(
          'unauthorized',
          cleanText`the credentials of user ${sanitise(user.name, 128)} cannot be used: ${sanitise(why, 300)}`,
        );
      }
    },
    async renew() {
      const reloaded = await parts.reload();
      const changed = reloaded !== undefined && !isDeepStrictEqual(reloaded, user);
      const dynamic = user.execConfig !== undefined || Boolean(user.authProvider);
      if (changed) user = reloaded;
      // A new instance drops the tokens that the library caches.
      auth = undefined;
      readFiles = namedFiles(parts.now);
      fromPlugin = undefined;
      return changed || dynamic;
    },
  };
}

/** Whether a credential plugin is asked. As with kubectl, a token in the kubeconfig is used instead of a plugin. */
const usesPlugin = (user: KubeUser): boolean =>
  user.execConfig !== undefined && !user.token && user.authProvider?.name !== 'tokenFile';

/** A credential from the user's plugin; an empty one where no plugin is asked. */
async function pluginCredential(
  user: KubeUser,
  { target, env, run }: { target: Target; env: Record<string, string | undefined>; run: RunCommand },
): Promise<Outcome<ExecCredential>> {
  if (!user.execConfig || !usesPlugin(user)) return { ok: true, status: 0, value: {} };
  return execCredential(user.execConfig, {
    user: user.name,
    folder: user.folder ?? '.',
    env,
    cluster: clusterInfo(target),
    run,
  });
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

/** Whether the server is reached by plain HTTP on another machine: as with kubectl, it gets no credentials. */
function isUnencryptedRemote(server: string): boolean {
  const { protocol, hostname } = new URL(server);
  return protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

type AuthParts = { target: Target; server: ServerUrl };

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

/**
 * The cluster information for a plugin that asks for it: as with kubectl, with the content of a CA file and the
 * cluster's own extension for plugins.
 */
function clusterInfo({ cluster }: Target): object {
  const ca = authorityOf(cluster);
  return {
    server: cluster.server,
    ...(cluster.tlsServerName && { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.skipTLSVerify && { 'insecure-skip-tls-verify': true }),
    ...(ca && { 'certificate-authority-data': ca.toString('base64') }),
    ...(cluster.proxyUrl && { 'proxy-url': cluster.proxyUrl }),
    ...(cluster.disableCompression && { 'disable-compression': true }),
    ...(cluster.execExtension !== undefined && { config: cluster.execExtension }),
  };
}

function materialOf(
  options: RequestOptions,
  credential: ExecCredential,
  user: KubeUser,
  { server, impersonation }: { server: ServerUrl; impersonation: Impersonation },
): Material {
  const cert = credential.cert ?? (options.cert as Buffer | undefined);
  const key = credential.key ?? (options.key as Buffer | undefined);
  const tls: TlsMaterial = {
    ...(options.ca && { ca: options.ca as Buffer }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(options.servername && { servername: options.servername }),
    ...(options.rejectUnauthorized === false && { rejectUnauthorized: false }),
  };
  const token = credential.token ? { authorization: `Bearer ${credential.token}` } : {};
  const fromUrl = server.userInfo === undefined ? {} : { authorization: basic(server.userInfo) };
  // Credentials in the URL win, as with kubectl.
  const own = { ...authorisation(options), ...token, ...fromUrl };
  return { tls, headers: { ...own, ...impersonationHeaders(user, impersonation) } };
}

function authorisation(options: RequestOptions): Record<string, string> {
  const given = Object.entries((options.headers ?? {}) as Record<string, string>)
    .filter(([name]) => name.toLowerCase() === 'authorization')
    // Token files end in a newline, which a header must not.
    .map(([, value]) => ['authorization', value.trim()] as const);
  if (given.length > 0) return Object.fromEntries(given);
  return options.auth ? { authorization: basic(options.auth) } : {};
}

const basic = (userAndPassword: string): string => `Basic ${Buffer.from(userAndPassword).toString('base64')}`;

/** Impersonation by the command line replaces that of the kubeconfig as a whole. */
export function impersonationHeaders(user: KubeUser, as: Impersonation): Record<string, string | string[]> {
  if (as.user) return { 'impersonate-user': utf8(as.user), ...groupHeader(as.groups) };
  if (!user.impersonateUser) return {};
  const extra = Object.entries(user.impersonateExtra ?? {}).map(
    ([key, values]) => [`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`, values.map(utf8)] as const,
  );
  return {
    'impersonate-user': utf8(user.impersonateUser),
    ...(user.impersonateUid && { 'impersonate-uid': utf8(user.impersonateUid) }),
    ...groupHeader(user.impersonateGroups),
    ...Object.fromEntries(extra),
  };
}

const groupHeader = (groups: readonly string[] | undefined) =>
  groups?.length ? { 'impersonate-group': groups.map(utf8) } : {};

/** Node.js sends headers as Latin-1; this makes it send names in UTF-8, as kubectl does. */
const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
