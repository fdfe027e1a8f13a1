import type { Cluster, User } from '@kubernetes/client-node/dist/config_types.js';

/** Where a kubeconfig's server is, without what must never be shown. */
export interface ServerUrl {
  /** Scheme, host, port and path prefix, without a slash at the end. */
  url: string;
  /** The `user:password` that stood in it, decoded. */
  userInfo?: string;
}

/**
 * The server of a kubeconfig as kubectl reads it: without a scheme it is https where there is a CA, a client certificate or no check at all,
 * else http. A path is only for URLs with a scheme. Undefined when it is no server.
 */
export function readServerUrl(cluster: Cluster, user: User): ServerUrl | undefined {
  const { server } = cluster;
  const hasScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(server);
  const text = hasScheme ? server : `${usesTls(cluster, user) ? 'https' : 'http'}://${server}`;
  if (!/^https?:\/\//i.test(text) || /\s/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!hasScheme && url.pathname !== '/') return undefined;
  const path = url.pathname.replace(/\/+$/, '');
  const userInfo = url.username === '' ? '' : `${decoded(url.username)}:${decoded(url.password)}`;
  return { url: `${url.protocol}//${url.host}${path}`, ...(userInfo !== '' && { userInfo }) };
}

const usesTls = ({ caData, caFile, skipTLSVerify }: Cluster, { certData, certFile }: User): boolean =>
  Boolean(caData || caFile || certData || certFile || skipTLSVerify);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
