import { X509Certificate } from 'node:crypto';

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const DAY_MS = 86_400_000;
/** A certificate that expires within this time gets a warning. */
const SOON_MS = 7 * DAY_MS;

/** The fields of a certificate that rules need. */
export interface Certificate {
  subject: string;
  issuer: string;
  names: readonly string[];
  from: number;
  until: number;
  isAuthority: boolean;
  x509: X509Certificate;
}

/** The certificates in a PEM text, in order; undefined when a block cannot be parsed. */
export function certificatesIn(pem: string): Certificate[] | undefined {
  try {
    return [...pem.matchAll(BLOCK)].map(([block]) => read(block));
  } catch {
    return undefined;
  }
}

/** The certificates in a `caBundle`, which is PEM in base64; undefined when a block cannot be parsed. */
export const certificatesInBundle = (caBundle: string): Certificate[] | undefined =>
  certificatesIn(Buffer.from(caBundle, 'base64').toString('latin1'));

function read(pem: string): Certificate {
  const x509 = new X509Certificate(pem);
  const names = (x509.subjectAltName ?? '')
    .split(', ')
    .flatMap(one => (one.startsWith('DNS:') ? [one.slice(4)] : one.startsWith('IP Address:') ? [one.slice(11)] : []));
  return {
    subject: oneLine(x509.subject),
    issuer: oneLine(x509.issuer),
    names,
    from: Date.parse(x509.validFrom),
    until: Date.parse(x509.validTo),
    isAuthority: x509.ca,
    x509,
  };
}

const oneLine = (name: string | undefined): string => (name ?? '').replaceAll('\n', ', ');

/** Whether a certificate is valid for this host name; `*` matches one label. */
export const isFor = ({ names }: Certificate, host: string): boolean =>
  names.some(
    name =>
      name === host || (name.startsWith('*.') && host.includes('.') && name.slice(1) === host.slice(host.indexOf('.'))),
  );

/** Whether one of the authorities signed a serving certificate, directly or through `intermediates`. */
export function isTrusted(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  authorities: readonly Certificate[],
): boolean {
  let at = leaf;
  for (let depth = 0; depth < 6; depth++) {
    if (authorities.some(one => one.x509.fingerprint256 === at.x509.fingerprint256 || isSignedBy(at, one))) return true;
    const next = intermediates.find(one => one !== at && isSignedBy(at, one));
    if (next === undefined) return false;
    at = next;
  }
  return false;
}

function isSignedBy({ x509 }: Certificate, by: Certificate): boolean {
  try {
    return x509.issuer === by.x509.subject && x509.verify(by.x509.publicKey);
  } catch {
    return false;
  }
}

/** The validity of a certificate at a time. */
export const validityOf = (
  { from, until }: Certificate,
  now: number,
): 'expired' | 'not yet valid' | 'expires soon' | 'valid' =>
  until <= now ? 'expired' : from > now ? 'not yet valid' : until - now < SOON_MS ? 'expires soon' : 'valid';

const day = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');

/** `CN=hook.tools.svc, valid from … until …`. */
export const certificateText = ({ subject, names, from, until }: Certificate): string =>
  `${subject || 'no subject'}${names.length > 0 ? ` (${names.slice(0, 4).join(', ')})` : ''}: valid from ${day(from)} until ${day(until)}`;
