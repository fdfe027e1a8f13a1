/**
 * The keys and certificates of one cluster. Made with the openssl command: Node can read X.509 but not write it,
 * and the command is on every machine that has a shell.
 */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of a PEM certificate and its key. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A cluster's own authority; `folder` is where everything it signs is written. */
export interface Authority extends Certificate {
  readonly folder: string;
}

/** Makes a new certificate authority in `folder`, which must exist. */
export function createAuthority(folder: string): Authority {
  const authority = { folder, certificate: join(folder, 'ca.crt'), key: privateKey(folder, 'ca') };
  const extensions = join(folder, 'ca.ext');
  writeFileSync(
    extensions,
    'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign,digitalSignature\n',
  );
  const request = signingRequest(authority.key, '/CN=mayday-test-ca');
  openssl(
    [
      'x509',
      '-req',
      '-days',
      '3650',
      '-signkey',
      authority.key,
      '-extfile',
      extensions,
      ...serial(),
      '-out',
      authority.certificate,
    ],
    request,
  );
  return authority;
}

/** A serving certificate for `names`, given as openssl writes them: `IP:127.0.0.1`, `DNS:localhost`. */
export function servingCertificate(authority: Authority, file: string, names: readonly string[]): Certificate {
  const extensions = [
    'keyUsage=critical,digitalSignature',
    'extendedKeyUsage=serverAuth',
    `subjectAltName=${names.join(',')}`,
  ];
  return signed(authority, file, '/CN=mayday-test', extensions);
}

/** A client certificate for a user (CN) in groups (O), which is how Kubernetes reads identity from certificates. */
export function clientCertificate(
  authority: Authority,
  file: string,
  user: string,
  groups: readonly string[],
): Certificate {
  const subject = [...groups.map(group => `/O=${escaped(group)}`), `/CN=${escaped(user)}`].join('');
  return signed(authority, file, subject, ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=clientAuth']);
}

/** The key pair with which service-account tokens are signed and checked: `{key, publicKey}` as paths. */
export function serviceAccountKeys(folder: string): { readonly key: string; readonly publicKey: string } {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const paths = { key: join(folder, 'sa.key'), publicKey: join(folder, 'sa.pub') };
  writeFileSync(paths.key, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(paths.publicKey, pair.publicKey.export({ type: 'spki', format: 'pem' }));
  return paths;
}

function signed(authority: Authority, file: string, subject: string, extensions: readonly string[]): Certificate {
  const made = { certificate: join(authority.folder, `${file}.crt`), key: privateKey(authority.folder, file) };
  const extensionFile = join(authority.folder, `${file}.ext`);
  writeFileSync(extensionFile, `${extensions.join('\n')}\n`);
  const authorityArguments = ['-CA', authority.certificate, '-CAkey', authority.key, ...serial()];
  const request = signingRequest(made.key, subject);
  openssl(
    ['x509', '-req', '-days', '3650', ...authorityArguments, '-extfile', extensionFile, '-out', made.certificate],
    request,
  );
  return made;
}

function privateKey(folder: string, file: string): string {
  const path = join(folder, `${file}.key`);
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(path, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return path;
}

/** A request for a certificate, in PEM, with a new key that is forgotten at once. */
export function requestFor(folder: string, subject: string): string {
  return signingRequest(privateKey(folder, 'request'), subject);
}

function signingRequest(key: string, subject: string): string {
  return openssl(['req', '-new', '-key', key, '-subj', subject]);
}

// A random serial for each: two certificates of one authority with the same serial are refused by some clients.
const serial = (): string[] => ['-set_serial', `0x${randomBytes(8).toString('hex')}`];

const escaped = (part: string): string => part.replace(/[\\/+]/g, found => `\\${found}`);

function openssl(args: readonly string[], input = ''): string {
  return execFileSync('openssl', args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
}
