/** The URL of a kubeconfig's server, separated from what must never be shown. */
export interface ServerUrl {
  /** Scheme, host, port and path prefix, without a slash at the end. */
  url: string;
  /** The `user:password` in it, decoded. */
  userInfo?: string;
}

/**
 * The server of a kubeconfig as kubectl reads it: without a scheme it is plain http, whatever certificates are given.
 * Only URLs with a scheme may have a path. Undefined when it is not a server.
 */
export function readServerUrl(server: string): ServerUrl | undefined {
  const hasScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(server);
  const text = hasScheme ? server : `http://${server}`;
  if (!/^https?:\/\//i.test(text) || /\s/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!hasScheme && url.pathname !== '/') return undefined;
  const path = url.pathname.replace(/\/+$/, '');
  const userInfo = url.username === '' ? '' : `${decoded(url.username)}:${decoded(url.password)}`;
  return { url: `${url.protocol}//${url.host}${path}`, ...(userInfo !== '' && { userInfo }) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
