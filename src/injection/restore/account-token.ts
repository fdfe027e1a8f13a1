import type { Live, Permission, Read } from '../../faults/contract.ts';
import { fields } from '../../k8s/fields.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { objectIn } from '../live.ts';

/**
 * Secrets that hold the token of a ServiceAccount. The cluster's token controller fills them, and deletes one whose account is not there
 * or has another uid than the Secret names.
 */
const TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/service-account.uid';
const LAST_USED = 'kubernetes.io/legacy-token-last-used';
/** What the token controller puts into it. */
const FILLED_IN = ['token', 'ca.crt', 'namespace'];
const ACCOUNT = 'account of the token';

const isToken = ({ kind, type }: KubeObject): boolean => kind === 'Secret' && type === TYPE;

const accountRef = ({ metadata: { namespace = '', annotations = {} } }: KubeObject) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  namespace,
  name: annotations[ACCOUNT_NAME] ?? '',
});

/** The ServiceAccount of a token Secret; nothing for another Secret. */
export const accountReads = (original: KubeObject): Read[] =>
  isToken(original) && accountRef(original).name !== '' ? [{ key: ACCOUNT, get: accountRef(original) }] : [];

/** What putting a token Secret back needs beside the Secret itself: a look at its ServiceAccount. */
export const accountPermissions = (original: KubeObject): Permission[] =>
  accountReads(original).map(() => {
    const { kind, namespace, name } = accountRef(original);
    return { verb: 'get', group: '', kind, namespace, name, for: 'revert' };
  });

/** What of a token Secret can be restored; the members are those of a `Recreation`. */
export interface TokenRecreation {
  before: [];
  left: [];
  lost?: string;
  waits?: string;
  blind?: string;
}

/**
 * Prepares a token Secret, or what stands in its place, for its creation. Under an account that was created again the former token is refused
 * permanently by the server: it is left out, so that the cluster makes a new one. `original` is what the backup holds.
 */
export function tokenOfAccount(body: KubeObject, live: Live, original: KubeObject): TokenRecreation {
  const done: TokenRecreation = { before: [], left: [] };
  if (accountReads(original).length === 0) return done;
  const account = nameOf(accountRef(original));
  const seen = objectIn(live, ACCOUNT);
  if (seen.state === 'blind' || seen.state === 'unread')
    return { ...done, blind: `whether ${account}, whose token it holds, is there cannot be read` };
  if (seen.state === 'absent')
    return {
      ...done,
      waits: `${account} is not there, and the cluster deletes a token Secret without its ServiceAccount: create that one first, then revert again`,
    };
  const uid = original.metadata.annotations?.[ACCOUNT_UID];
  if (uid === undefined || seen.value.metadata.uid === uid) return done;
  const { [ACCOUNT_UID]: _uid, ...annotations } = body.metadata.annotations ?? {};
  const { [LAST_USED]: _used, ...labels } = body.metadata.labels ?? {};
  body.metadata = { ...body.metadata, annotations, ...(body.metadata.labels === undefined ? {} : { labels }) };
  body.data = Object.fromEntries(Object.entries(fields(body.data)).filter(([key]) => !FILLED_IN.includes(key)));
  return {
    ...done,
    lost: `with a new token, since ${account} was created again: the former token is not valid any more, and whoever holds a copy of it needs the new one`,
  };
}

/** Why a token Secret that is there is not whole yet: its account, its uid or its token is missing. */
export function tokenMissing(secret: KubeObject, live: Live): string | undefined {
  const seen = objectIn(live, ACCOUNT);
  if (!isToken(secret) || seen.state !== 'found') return undefined;
  const isOfAccount = secret.metadata.annotations?.[ACCOUNT_UID] === seen.value.metadata.uid;
  return isOfAccount && fields(secret.data).token !== undefined
    ? undefined
    : `the cluster has not put a token of ${nameOf(accountRef(secret))} into it yet`;
}
