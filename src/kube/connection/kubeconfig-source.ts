import type { RequestOptions } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../../text/message-of.ts';
import { cleanText, sanitise } from '../../text/sanitise.ts';
import { failure } from '../client/http/failure.ts';
import type { Outcome } from '../client/http/outcome.ts';
import { isLoopback } from './connections.ts';
import type { Material, MaterialSource, TlsMaterial } from './credentials.ts';
import type { ExecCredential } from './exec-credential.ts';
import { type Impersonation, impersonationHeaders } from './impersonation.ts';
import type { KubeUser, Target } from './kubeconfig.ts';
import { withFreshToken } from './legacy-provider.ts';
import { createLibraryAuth } from './library-auth.ts';
import { badMaterial, certificateProblem } from './pem.ts';
import { createPluginCredential } from './plugin-credential.ts';
import type { RunCommand } from './run-command.ts';
import type { ServerUrl } from './server-url.ts';

interface SourceParts {
  target: Target;
  server: ServerUrl;
  impersonation: Impersonation;
  /** Reads the kubeconfig again; its user replaces ours when credentials were refused. */
  reload: () => Promise<KubeUser | undefined>;
  run: RunCommand;
  env: Record<string, string | undefined>;
  now: () => number;
}

/** Credentials of one context: the client library's methods (files, certificates, basic, OIDC, GCP, Azure), and credential plugins run by us. */
export function kubeconfigSource(parts: SourceParts): MaterialSource {
  let { user } = parts.target;
  const plugin = createPluginCredential(parts);
  const library = createLibraryAuth(parts);

  async function gather(): Promise<Outcome<Material>> {
    if (isUnencryptedRemote(parts.server.url)) {
      return { ok: true, status: 0, value: { tls: {}, headers: impersonationHeaders(user, parts.impersonation) } };
    }
    const fresh = await withFreshToken(user, parts);
    if (!fresh.ok) return fresh;
    if (fresh.value !== user) {
      user = fresh.value;
      library.forgetProvider();
    }
    const credential = await plugin.of(user);
    if (!credential.ok) return credential;
    return checked(materialOf(await library.options(user), credential.value, user, parts), user, parts);
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
      library.forget();
      plugin.forget();
      return changed || dynamic;
    },
  };
}

/** What was gathered, with a hint where the server may refuse its certificate; a failure where it cannot be used at all. */
function checked(material: Material, user: KubeUser, { target, now }: SourceParts): Outcome<Material> {
  const bad = badMaterial(material.tls, { cluster: target.cluster.name, user: user.name });
  if (bad) return failure('unauthorized', bad);
  const refusalHint = material.headers.authorization ? undefined : certificateProblem(material.tls, user.name, now());
  return { ok: true, status: 0, value: { ...material, ...(refusalHint && { refusalHint }) } };
}

/** Whether the server is reached by plain HTTP on another machine: as with kubectl, it gets no credentials. */
function isUnencryptedRemote(server: string): boolean {
  const { protocol, hostname } = new URL(server);
  return protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''));
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
