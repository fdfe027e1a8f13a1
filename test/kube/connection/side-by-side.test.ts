import { expect, test } from 'vitest';
import { connectionsFor } from '../../../src/kube/connection/connections.ts';
import { loadKubeconfig, type Machine } from '../../../src/kube/connection/kubeconfig.ts';
import { sharedMachine, thisMachine } from '../../../src/kube/connection/machine.ts';

const file = (token: string) => `
apiVersion: v1
kind: Config
clusters: [{name: a, cluster: {server: "https://a"}}]
users: [{name: u, user: {token: ${token}}}]
contexts: [{name: a, context: {cluster: a, user: u}}]
`;

/** A machine with one kubeconfig, and how often it was parsed. */
function machine() {
  const kept: NonNullable<Machine['parsed']> = new Map();
  let parses = 0;
  const set = kept.set.bind(kept);
  kept.set = (...entry) => {
    parses += 1;
    return set(...entry);
  };
  const self = { text: file('first'), parses: () => parses };
  const made: Machine = { env: {}, home: '/', read: async () => self.text, parsed: kept };
  return { self, load: () => loadKubeconfig(made, '/kubeconfig') };
}
const token = (loaded: Awaited<ReturnType<typeof loadKubeconfig>>) => loaded.ok && loaded.value.users[0]?.token;

test('the kubeconfig of many clusters is parsed once for all of them, and again when its text is another', async () => {
  const { self, load } = machine();
  for (let cluster = 0; cluster < 20; cluster++) expect(token(await load())).toBe('first');
  expect(self.parses()).toBe(1);
  self.text = file('renewed');
  expect(token(await load())).toBe('renewed');
  expect(self.parses()).toBe(2);
});

test('what one connection changes in what it was given, such as a token, no other sees', async () => {
  const { load } = machine();
  const one = await load();
  if (one.ok && one.value.users[0]) (one.value.users[0] as { token?: string }).token = 'changed';
  expect(token(await load())).toBe('first');
  const again = await load();
  if (again.ok) again.value.users.length = 0;
  expect(token(await load())).toBe('first');
});

test('the machine of many connections keeps what it parses, that of one does not', () => {
  expect(sharedMachine().parsed).toBeDefined();
  expect(thisMachine().parsed).toBeUndefined();
});

test('each of many clusters gets fewer connections, but more than the lists of one API group', () => {
  expect([1, 4, 6, 8, 12, 20, 500].map(connectionsFor)).toEqual([16, 16, 16, 12, 8, 8, 8]);
});
