import { createHash, type KeyObject, sign } from 'node:crypto';

// The few pieces of DER that one X.509 certificate needs (RFC 5280). Node.js can sign data but not issue
// certificates, and no other dependency can.
const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = Buffer.from(body.length.toString(16).padStart(body.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
};

const SEQUENCE = 0x30;
const sequence = (...parts: Uint8Array[]) => der(SEQUENCE, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const octets = (value: Uint8Array) => der(0x04, value);
const TRUE = der(0x01, Buffer.from([0xff]));
const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));
const COMMON_NAME = '550403';
const SUBJECT_KEY_ID = '551d0e';
const KEY_USAGE = '551d0f';
const SUBJECT_ALT_NAME = '551d11';
const BASIC_CONSTRAINTS = '551d13';
const EXTENDED_KEY_USAGE = '551d25';
const SERVER_AUTH = '2b06010505070301';

const name = (common: string) => sequence(der(0x31, sequence(oid(COMMON_NAME), der(0x0c, Buffer.from(common)))));

/** GeneralizedTime, whole seconds. */
const time = (ms: number) => der(0x18, Buffer.from(`${new Date(ms).toISOString().replace(/\D/g, '').slice(0, 14)}Z`));

const extension = (id: string, critical: boolean, value: Uint8Array) =>
  sequence(oid(id), ...(critical ? [TRUE] : []), octets(value));

function alternativeNames(dnsNames: readonly string[], addresses: readonly string[]) {
  const dns = dnsNames.map(n => der(0x82, Buffer.from(n)));
  const ips = addresses.map(a => der(0x87, Buffer.from(a.split('.').map(Number))));
  return sequence(...dns, ...ips);
}

const pem = (label: string, content: Buffer) =>
  `-----BEGIN ${label}-----\n${content.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END ${label}-----\n`;

/** A pair of P-256 keys, as `generateKeyPairSync('ec', { namedCurve: 'P-256' })` makes it. */
export interface KeyPair {
  privateKey: KeyObject;
  publicKey: KeyObject;
}

/** A certificate and its private key, both in PEM. */
export interface ServerCertificate {
  certificate: string;
  key: string;
}

/** A self-signed server certificate for these names and IPv4 addresses. Times are milliseconds since 1970. */
export function selfSigned(
  keys: KeyPair,
  of: { commonName: string; dnsNames: readonly string[]; addresses?: readonly string[]; from: number; until: number },
): ServerCertificate {
  const keyInfo = keys.publicKey.export({ type: 'spki', format: 'der' });
  const keyId = createHash('sha1').update(keyInfo).digest();
  const issuer = name(of.commonName);
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), keyId.subarray(0, 8)])),
    ECDSA_WITH_SHA256,
    issuer,
    sequence(time(of.from), time(of.until)),
    issuer,
    keyInfo,
    der(
      0xa3,
      sequence(
        extension(SUBJECT_KEY_ID, false, octets(keyId)),
        extension(BASIC_CONSTRAINTS, true, sequence(TRUE)),
        // digitalSignature and keyCertSign
        extension(KEY_USAGE, true, der(0x03, Buffer.from([2, 0b1000_0100]))),
        extension(EXTENDED_KEY_USAGE, false, sequence(oid(SERVER_AUTH))),
        extension(SUBJECT_ALT_NAME, false, alternativeNames(of.dnsNames, of.addresses ?? [])),
      ),
    ),
  );
  const signature = sign('sha256', body, keys.privateKey);
  const whole = sequence(body, ECDSA_WITH_SHA256, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return {
    certificate: pem('CERTIFICATE', whole),
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
