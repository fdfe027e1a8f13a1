import { WEBHOOK_AUTHORITY } from '../../world/trust.ts';
import { type Controller, keyOf, ownKey, placeOfKey } from '../controller-manager.ts';
import type { Obj } from '../kinds.ts';
import { BY_CONTROLLER, type Parts } from '../parts.ts';

interface Secret extends Obj {
  type?: string;
  data?: Record<string, string>;
}

const TYPE = 'kubernetes.io/service-account-token';
const NAME = 'kubernetes.io/service-account.name';
const UID = 'kubernetes.io/service-account.uid';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The token controller: fills the Secrets that ask for the token of a ServiceAccount, and deletes those whose account is gone or another one. */
export function accountTokens({ store, accountToken }: Parts): Controller {
  const tokensOf = (account: string, namespace: string | undefined): string[] =>
    store
      .list<Secret>('secrets', namespace)
      .filter(secret => secret.type === TYPE && secret.metadata.annotations?.[NAME] === account)
      .map(keyOf);
  return {
    name: 'serviceaccount-token',
    watches: {
      secrets: event => ((event.object as Secret).type === TYPE ? ownKey(event) : []),
      serviceaccounts: ({ object: { metadata } }) => tokensOf(metadata.name, metadata.namespace),
    },
    reconcile(key) {
      const { namespace = '', name } = placeOfKey(key);
      const secret = store.get<Secret>('secrets', namespace, name);
      if (secret?.type !== TYPE || secret.metadata.deletionTimestamp) return undefined;
      const { [NAME]: named = '', [UID]: uid } = secret.metadata.annotations ?? {};
      const account = store.get('serviceaccounts', namespace, named);
      if (!account || (uid && uid !== account.metadata.uid)) {
        store.delete('secrets', namespace, name, { preconditions: { uid: secret.metadata.uid } });
        return undefined;
      }
      const { data = {} } = secret;
      const isWhole =
        data['ca.crt'] === base64(WEBHOOK_AUTHORITY) && data.namespace === base64(namespace) && data.token;
      if (uid && isWhole) return undefined;
      const filled = (draft: Secret) => {
        draft.metadata.annotations = { ...draft.metadata.annotations, [UID]: account.metadata.uid };
        draft.data = {
          ...draft.data,
          'ca.crt': base64(WEBHOOK_AUTHORITY),
          namespace: base64(namespace),
          token: draft.data?.token || base64(accountToken({ namespace, name: named, uid: account.metadata.uid }, name)),
        };
      };
      store.modify<Secret>('secrets', namespace, name, filled, BY_CONTROLLER);
      return undefined;
    },
  };
}
