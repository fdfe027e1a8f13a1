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
  /**
   * The user that a token belongs to; undefined for an unknown or expired token, or when its ServiceAccount is gone.
   */
  userOf(token: string): UserInfo | undefined;
}

export const ISSUER = 'https://kubernetes.default.svc';

interface Claims {
  aud: readonly string[];
  sub: string;
  exp: number;
  'kubernetes.io': { namespace: string; serviceaccount: { name: string; uid: string } };
}

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The groups every ServiceAccount is in. */
export const accountGroups = (namespace: string): string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
  'system:authenticated',
];

const sameText = (a: string, b: string) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

export function createTokens(store: Store, clock: SandboxClock, admin?: string): Tokens {
  const secret = randomBytes(32);
  const own = admin ?? randomBytes(24).toString('base64url');
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest('base64url');

  const accountOf = (token: string): UserInfo | undefined => {
    const [head = '', body = '', signature = ''] = token.split('.');
    if (!sameText(signature, sign(`${head}.${body}`))) return undefined;
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Claims;
    if (!claims.aud.includes(ISSUER)) return undefined;
    const { namespace, serviceaccount } = claims['kubernetes.io'];
    const account = store.get('serviceaccounts', namespace, serviceaccount.name);
    if (account?.metadata.uid !== serviceaccount.uid || claims.exp * 1000 < clock.now()) return undefined;
    return { username: claims.sub, uid: serviceaccount.uid, groups: accountGroups(namespace) };
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
      const text = `${base64({ alg: 'HS256', typ: 'JWT' })}.${base64(claims)}`;
      return `${text}.${sign(text)}`;
    },
    userOf(token) {
      if (sameText(token, own))
        return { username: 'sandbox-admin', groups: ['system:masters', 'system:authenticated'] };
      return accountOf(token);
    },
  };
}
