import type { RequestOptions } from 'node:https';
import { cleanText, sanitise } from '../text/sanitise.ts';
import type { Material, MaterialSource, TlsMaterial } from './credentials.ts';
import { type ExecCredential, execCredential, type RunCommand } from './exec-credential.ts';
import { failure } from './failure.ts';
import type { KubeUser, Target } from './kubeconfig.ts';
import type { Outcome } from './outcome.ts';

type Library = typeof import('@kubernetes/client-node/dist/config.js');

/** Whom to act as, on top of who we are. */
export interface Impersonation {
  user?: string | undefined;
  groups?: string[] | undefined;
}

// A credential is replaced this long before it ends, so that none expires on the way.
const EXPIRY_MARGIN_MS = 10_000;

/** Credentials of one context: the client library's methods (files, certificates, basic, OIDC, GCP, Azure), and credential plugins run by us. */
export function kubeconfigSource(parts: {
  library: Library;
  target: Target;
  impersonation: Impersonation;
  /** Reads the kubeconfig again; its user replaces ours when credentials were refused. */
  reload: () => Promise<KubeUser | undefined>;
  run: RunCommand;
  env: Record<string, string | undefined>;
  now: () => number;
}): MaterialSource {
  const { library, target } = parts;
  let user = target.user;
  let auth = authOf(library, target, user);
  let fromPlugin: ExecCredential | undefined;

  async function plugin(): Promise<Outcome<ExecCredential>> {
    if (!user.execConfig) return { ok: true, status: 0, value: {} };
    const lasts = fromPlugin && (fromPlugin.expiresAt ?? Number.POSITIVE_INFINITY) - EXPIRY_MARGIN_MS > parts.now();
    if (fromPlugin && lasts) return { ok: true, status: 0, value: fromPlugin };
    const outcome = await execCredential(user.execConfig, {
      user: user.name,
      folder: user.folder ?? '.',
      env: parts.env,
      cluster: clusterInfo(target),
      run: parts.run,
    });
    if (outcome.ok) fromPlugin = outcome.value;
    return outcome;
  }

  return {
    async material() {
      const credential = await plugin();
      if (!credential.ok) return credential;
      const options: RequestOptions = { headers: {} };
      try {
        await auth.applyToHTTPSOptions(options);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        return failure(
          'unauthorized',
          cleanText`the credentials of user ${sanitise(user.name, 128)} cannot be used: ${sanitise(why, 300)}`,
        );
      }
      return { ok: true, status: 0, value: materialOf(options, credential.value, user, parts.impersonation) };
    },
    async renew() {
      const reloaded = await parts.reload();
      const changed = reloaded !== undefined && JSON.stringify(reloaded) !== JSON.stringify(user);
      const dynamic = user.execConfig !== undefined || Boolean(user.authProvider);
      if (changed) user = reloaded;
      // A new instance forgets the tokens that the library keeps.
      auth = authOf(library, target, user);
      fromPlugin = undefined;
      return changed || dynamic;
    },
  };
}

function authOf(library: Library, target: Target, user: KubeUser) {
  const auth = new library.KubeConfig();
  // The library refuses plain HTTP unless told that TLS does not matter; on plain HTTP it does not.
  const plain = target.cluster.server.startsWith('http:');
  auth.loadFromClusterAndUser({ ...target.cluster, skipTLSVerify: plain || target.cluster.skipTLSVerify }, user);
  return auth;
}

function clusterInfo({ cluster }: Target): object {
  return {
    server: cluster.server,
    ...(cluster.caData && { 'certificate-authority-data': cluster.caData }),
    ...(cluster.tlsServerName && { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.skipTLSVerify && { 'insecure-skip-tls-verify': true }),
  };
}

function materialOf(options: RequestOptions, credential: ExecCredential, user: KubeUser, as: Impersonation): Material {
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
  return { tls, headers: { ...authorisation(options), ...token, ...impersonationHeaders(user, as) } };
}

function authorisation(options: RequestOptions): Record<string, string> {
  const given = Object.entries((options.headers ?? {}) as Record<string, string>)
    .filter(([name]) => name.toLowerCase() === 'authorization')
    // Token files end in a newline, which a header must not.
    .map(([, value]) => ['authorization', value.trim()] as const);
  if (given.length > 0) return Object.fromEntries(given);
  return options.auth ? { authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` } : {};
}

/** Impersonation by the command line replaces that of the kubeconfig as a whole. */
export function impersonationHeaders(user: KubeUser, as: Impersonation): Record<string, string | string[]> {
  if (as.user) return { 'impersonate-user': as.user, ...(as.groups?.length && { 'impersonate-group': as.groups }) };
  if (!user.impersonateUser) return {};
  const extra = Object.entries(user.impersonateExtra ?? {}).map(
    ([key, values]) => [`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`, values] as const,
  );
  return {
    'impersonate-user': user.impersonateUser,
    ...(user.impersonateUid && { 'impersonate-uid': user.impersonateUid }),
    ...(user.impersonateGroups?.length && { 'impersonate-group': user.impersonateGroups }),
    ...Object.fromEntries(extra),
  };
}
