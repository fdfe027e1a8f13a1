import { expect, test } from 'vitest';
import { startTestWorld } from './harness.ts';

const NAME = 'kubernetes.io/service-account.name';
const UID = 'kubernetes.io/service-account.uid';

/** A ServiceAccount `builder`, and a Secret that asks for its token, naming `uid` where one is given. */
async function withToken(uid?: string) {
  const world = startTestWorld();
  const account = await world.admin.create('serviceaccounts', { metadata: { name: 'builder', namespace: 'default' } });
  const annotations = { [NAME]: 'builder', ...(uid === undefined ? {} : { [UID]: uid }) };
  const type = 'kubernetes.io/service-account-token';
  await world.admin.create('secrets', { metadata: { name: 'it', namespace: 'default', annotations }, type });
  await world.pass(500);
  return { ...world, account, secret: () => world.store.get('secrets', 'default', 'it') };
}

test('a Secret for the token of a ServiceAccount is filled, and named after the uid of the account', async () => {
  const { account, secret, world } = await withToken();
  expect(secret()).toMatchObject({
    metadata: { annotations: { [UID]: account.metadata.uid } },
    data: { token: expect.any(String), 'ca.crt': expect.any(String), namespace: 'ZGVmYXVsdA==' },
  });
  world.stop();
});

test('one whose account is deleted, or that names the uid of another account, is deleted', async () => {
  const of = await withToken('11111111-2222-3333-4444-555555555555');
  expect(of.secret()).toBeUndefined();
  of.world.stop();
  const { secret, store, pass, world } = await withToken();
  store.delete('serviceaccounts', 'default', 'builder');
  await pass(500);
  expect(secret()).toBeUndefined();
  world.stop();
});
