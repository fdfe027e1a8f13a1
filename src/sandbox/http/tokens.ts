import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import type { UserInfo } from '../context.ts';
import type { Store } from '../store.ts';

/** Makes and recognises the bearer tokens of the sandbox. */
export interface Tokens {
  /** The administrator's. */
  admin: string;
  /** A token for a ServiceAccount, valid for some seconds of sandbox time. */
  issue(
    account: { namespace: string; name: string; uid: string },
    audiences: readonly string[],
    seconds: number,
  ): string;
  /** The token that a Secret of a ServiceAccount holds: valid without end. */
  ofSecret(account: { namespace: string; name: string; uid: string }, secret: string): string;
  /**
   * The user that a token belongs to; undefined for an unknown or expired token, or when its ServiceAccount is gone.
   */
  userOf(token: string): UserInfo | undefined;
}

export const ISSUER = 'https://kubernetes.default.svc';

/** The issuer of the tokens in Secrets. */
const LEGACY = 'kubernetes/serviceaccount';

interface LegacyClaims {
  iss: string;
  sub: string;
  'kubernetes.io/serviceaccount/namespace': string;
  'kubernetes.io/serviceaccount/secret.name': string;
  'kubernetes.io/serviceaccount/service-account.name': string;
  'kubernetes.io/serviceaccount/service-account.uid': string;
}

interface Claims {
  iss: string;
  aud: readonly string[];
  sub: string;
  exp: number;
  'kubernetes.io': { namespace: string; serviceaccount: { name: string; uid: string } };
}

const isLegacy = (claims: Claims | LegacyClaims): claims is LegacyClaims => claims.iss === LEGACY;

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The groups every ServiceAccount is in. */
export const accountGroups = (namespace: string): string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
  'system:authenticated',
];

const sameText = (a: string, b: string) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** Tokens that are valid until this process ends. `admin` is the administrator's; random by default. */
export function createTokens(store: Store, clock: SandboxClock, admin?: string): Tokens {
  const secret = randomBytes(32);
  const own = admin ?? randomBytes(24).toString('base64url');
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest('base64url');

  const userNamed = (claims: { sub: string }, namespace: string, name: string, uid: string): UserInfo | undefined =>
    store.get('serviceaccounts', namespace, name)?.metadata.uid === uid
      ? { username: claims.sub, uid, groups: accountGroups(namespace) }
      : undefined;

  const jwt = (claims: object): string => {
    const text = `${base64({ alg: 'HS256', typ: 'JWT' })}.${base64(claims)}`;
    return `${text}.${sign(text)}`;
  };

  /** Valid only as long as the Secret holds it. */
  const ofSecret = (token: string, claims: LegacyClaims): UserInfo | undefined => {
    const namespace = claims['kubernetes.io/serviceaccount/namespace'];
    const secret = store.get('secrets', namespace, claims['kubernetes.io/serviceaccount/secret.name']);
    const held = (secret?.data as { token?: string } | undefined)?.token ?? '';
    if (Buffer.from(held, 'base64').toString('utf8') !== token) return undefined;
    const name = claims['kubernetes.io/serviceaccount/service-account.name'];
    return userNamed(claims, namespace, name, claims['kubernetes.io/serviceaccount/service-account.uid']);
  };

  const accountOf = (token: string): UserInfo | undefined => {
    const [head = '', body = '', signature = ''] = token.split('.');
    if (!sameText(signature, sign(`${head}.${body}`))) return undefined;
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Claims | LegacyClaims;
    if (isLegacy(claims)) return ofSecret(token, claims);
    if (!claims.aud.includes(ISSUER)) return undefined;
    const { namespace, serviceaccount } = claims['kubernetes.io'];
    if (claims.exp * 1000 < clock.now()) return undefined;
    return userNamed(claims, namespace, serviceaccount.name, serviceaccount.uid);
  };

  return {
    admin: own,
    issue({ namespace, name, uid }, audiences, seconds) {
      const now = Math.floor(clock.now() / 1000);
      const claims = {
        aud: audiences,
        exp: now + seconds,
        iat: now,
        iss: ISSUER,
        'kubernetes.io': { namespace, serviceaccount: { name, uid } },
        nbf: now,
        sub: `system:serviceaccount:${namespace}:${name}`,
      };
      return jwt(claims);
    },
    ofSecret({ namespace, name, uid }, secretName) {
      const claims: LegacyClaims = {
        iss: LEGACY,
        'kubernetes.io/serviceaccount/namespace': namespace,
        'kubernetes.io/serviceaccount/secret.name': secretName,
        'kubernetes.io/serviceaccount/service-account.name': name,
        'kubernetes.io/serviceaccount/service-account.uid': uid,
        sub: `system:serviceaccount:${namespace}:${name}`,
      };
      return jwt(claims);
    },
    userOf(token) {
      if (sameText(token, own))
        return { username: 'sandbox-admin', groups: ['system:masters', 'system:authenticated'] };
      return accountOf(token);
    },
  };
}
