import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type Clean, cleanText, literal, sanitise } from '../../text/sanitise.ts';
import type { TlsMaterial } from './credentials.ts';

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * What is wrong with certificates and keys, before anything is sent; undefined if nothing. OpenSSL silently ignores
 * an invalid CA.
 */
export function badMaterial(tls: TlsMaterial, names: { cluster: string; user: string }): Clean | undefined {
  const cluster = sanitise(names.cluster, 128);
  const user = sanitise(names.user, 128);
  if (tls.ca !== undefined && certificatesIn(tls.ca).length === 0) {
    return cleanText`the certificate authority of cluster ${cluster} cannot be used: ${expectedFound(tls.ca)}`;
  }
  if (tls.cert === undefined || tls.key === undefined) return undefined;
  const [certificate] = certificatesIn(tls.cert);
  if (!certificate) {
    return cleanText`the client certificate of user ${user} cannot be used: ${expectedFound(tls.cert)}`;
  }
  try {
    if (certificate.checkPrivateKey(createPrivateKey(tls.key))) return undefined;
    return cleanText`the client key of user ${user} does not belong to its client certificate`;
  } catch {
    return cleanText`the client key of user ${user} cannot be used: expected an unencrypted private key in PEM`;
  }
}

/**
 * Why a server may refuse our certificate: it has expired or is not valid yet, by this machine's clock. Undefined if it
 * is valid.
 */
export function certificateProblem(tls: TlsMaterial, user: string, now: number): Clean | undefined {
  const [certificate] = tls.cert === undefined ? [] : certificatesIn(tls.cert);
  if (!certificate) return undefined;
  const [from, to] = [certificate.validFromDate, certificate.validToDate];
  const who = sanitise(user, 128);
  if (to.getTime() < now)
    return cleanText`the client certificate of user ${who} expired at ${sanitise(to.toISOString())}: get a new one`;
  if (from.getTime() > now)
    return cleanText`the client certificate of user ${who} is valid only from ${sanitise(from.toISOString())}`;
  return undefined;
}

const expectedFound = (pem: string | Buffer): Clean =>
  String(pem).includes('-----BEGIN CERTIFICATE-----')
    ? literal('expected PEM of a certificate, found one that is damaged')
    : literal('expected PEM (-----BEGIN CERTIFICATE-----), found none');

function certificatesIn(pem: string | Buffer): X509Certificate[] {
  return (String(pem).match(BLOCK) ?? []).flatMap(block => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}
