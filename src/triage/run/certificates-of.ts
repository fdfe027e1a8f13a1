import type { KubeObject } from '../../k8s/object.ts';

const FILES = ['tls.crt', 'ca.crt'] as const;
/** Matches only certificates, so that nothing else of a Secret is kept. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** The certificates of a TLS Secret, by file, in PEM; keys and everything else in it are left behind. A file that holds none is left out. */
export function certificatesOf(secret: KubeObject): { name: string; pem: string }[] {
  const data = (typeof secret.data === 'object' && secret.data !== null ? secret.data : {}) as Record<string, unknown>;
  return FILES.flatMap(name => {
    const encoded = Object.hasOwn(data, name) ? data[name] : undefined;
    if (typeof encoded !== 'string') return [];
    const found = Buffer.from(encoded, 'base64').toString('latin1').match(CERTIFICATE);
    return found === null ? [] : [{ name, pem: found.join('\n') }];
  });
}
