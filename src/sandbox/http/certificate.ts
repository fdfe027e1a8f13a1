import { generateKeyPairSync } from 'node:crypto';
import { type ServerCertificate, selfSigned } from '../../k8s/certificate.ts';

const DAY = 86_400_000;

/**
 * Makes a P-256 key and a certificate for `localhost` and 127.0.0.1 that is its own authority, valid for a year from the
 * day before `now` (milliseconds since 1970). kubectl sends a token only over TLS.
 */
export function issueServerCertificate(now: number): ServerCertificate {
  return selfSigned(generateKeyPairSync('ec', { namedCurve: 'P-256' }), {
    commonName: 'mayday-sandbox',
    dnsNames: ['localhost', 'kubernetes.default.svc'],
    addresses: ['127.0.0.1'],
    from: now - DAY,
    until: now + 365 * DAY,
  });
}
