import type { RequestOptions } from 'node:https';
import { readRegular } from '../../host/disk/regular.ts';
import type { KubeCluster, KubeUser } from './kubeconfig.ts';

/** A token file is read again after this time, as with kubectl, milliseconds. */
const TOKEN_LASTS_MS = 60_000;

/**
 * The text of a file that a kubeconfig names. Only ordinary files of limited size are read; throws with one line on
 * why one is not.
 */
function namedFile(path: string): string {
  const reading = readRegular(path);
  if (reading.is === 'text') return reading.text;
  throw new Error(
    reading.is === 'missing' ? `ENOENT: there is no file ${path}` : `cannot read ${path}: ${reading.why}`,
  );
}

/** The certificate authority of a cluster, in PEM; undefined where none is named. Where data and a file are both given kubectl takes the data. */
export function authorityOf({ caFile, caData }: KubeCluster): Buffer | undefined {
  if (caData) return Buffer.from(caData, 'base64');
  return caFile ? Buffer.from(namedFile(caFile)) : undefined;
}

interface ProviderConfig {
  tokenFile?: string;
  'idp-certificate-authority'?: string;
  'idp-certificate-authority-data'?: string;
}

const providerOf = (user: KubeUser) => user.authProvider as { name: string; config?: ProviderConfig } | undefined;

/**
 * A cluster and its user without the files that they name, for the client library, which would hang on a pipe or a
 * device.
 */
export function withoutFiles(cluster: KubeCluster, user: KubeUser): { cluster: KubeCluster; user: KubeUser } {
  const { caFile: _ca, ...clusterRest } = cluster;
  const { certFile: _cert, keyFile: _key, ...userRest } = user;
  return { cluster: clusterRest, user: { ...userRest, ...withoutProviderFiles(user) } as KubeUser };
}

function withoutProviderFiles(user: KubeUser): Partial<KubeUser> {
  const provider = providerOf(user);
  if (provider?.config?.tokenFile !== undefined) return { authProvider: undefined };
  const authority = provider?.config?.['idp-certificate-authority'];
  if (!provider?.config || !authority || provider.config['idp-certificate-authority-data']) return {};
  const { 'idp-certificate-authority': _file, ...config } = provider.config;
  const data = Buffer.from(namedFile(authority)).toString('base64');
  return { authProvider: { ...provider, config: { ...config, 'idp-certificate-authority-data': data } } };
}

/**
 * Reads the files that a cluster and its user name into the options of a request, each time again, except for the
 * token.
 */
export function namedFiles(now: () => number): (cluster: KubeCluster, user: KubeUser, into: RequestOptions) => void {
  let token: { path: string; text: string; at: number } | undefined;
  return (cluster, user, into) => {
    const { caFile, caData } = cluster;
    const { certFile, certData, keyFile, keyData } = user;
    if (caFile && !caData) into.ca = Buffer.from(namedFile(caFile));
    if (certFile && !certData) into.cert = Buffer.from(namedFile(certFile));
    if (keyFile && !keyData) into.key = Buffer.from(namedFile(keyFile));
    const path = providerOf(user)?.config?.tokenFile;
    if (path === undefined) return;
    if (token?.path !== path || now() - token.at > TOKEN_LASTS_MS) token = { path, text: namedFile(path), at: now() };
    if (token.text) into.headers = { ...into.headers, Authorization: `Bearer ${token.text}` };
  };
}
