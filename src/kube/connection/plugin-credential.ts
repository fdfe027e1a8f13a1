import type { Outcome } from '../client/http/outcome.ts';
import { type ExecCredential, execCredential } from './exec-credential.ts';
import type { KubeUser, Target } from './kubeconfig.ts';
import { authorityOf } from './named-files.ts';
import type { RunCommand } from './run-command.ts';

// A credential is renewed this long before it expires, so that none expires during a request.
const EXPIRY_MARGIN_MS = 10_000;

/** The credential of a plugin, kept until shortly before it expires. */
export interface PluginCredential {
  /** A credential for this user; an empty one where no plugin is asked. */
  of(user: KubeUser): Promise<Outcome<ExecCredential>>;
  forget(): void;
}

interface PluginParts {
  target: Target;
  env: Record<string, string | undefined>;
  run: RunCommand;
  now: () => number;
}

/** No plugin is asked before the first request. */
export function createPluginCredential(parts: PluginParts): PluginCredential {
  let kept: ExecCredential | undefined;
  return {
    async of(user) {
      const isFresh = kept && (kept.expiresAt ?? Number.POSITIVE_INFINITY) - EXPIRY_MARGIN_MS > parts.now();
      if (kept && isFresh && usesPlugin(user)) return { ok: true, status: 0, value: kept };
      const outcome = await pluginCredential(user, parts);
      if (outcome.ok && usesPlugin(user)) kept = outcome.value;
      return outcome;
    },
    forget() {
      kept = undefined;
    },
  };
}

/** Whether a credential plugin is asked. As with kubectl, a token in the kubeconfig is used instead of a plugin. */
const usesPlugin = (user: KubeUser): boolean =>
  user.execConfig !== undefined && !user.token && user.authProvider?.name !== 'tokenFile';

/** A credential from the user's plugin; an empty one where no plugin is asked. */
async function pluginCredential(user: KubeUser, { target, env, run }: PluginParts): Promise<Outcome<ExecCredential>> {
  if (!user.execConfig || !usesPlugin(user)) return { ok: true, status: 0, value: {} };
  return execCredential(user.execConfig, {
    user: user.name,
    folder: user.folder ?? '.',
    env,
    cluster: clusterInfo(target),
    run,
  });
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
