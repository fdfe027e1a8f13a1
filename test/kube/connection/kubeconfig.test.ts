import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadKubeconfig, type Machine, resolveTarget } from '../../../src/kube/connection/kubeconfig.ts';

const machine = (files: Record<string, string>, env: Record<string, string> = {}): Machine => ({
  env,
  home: '/home/me',
  read: async path => files[path],
});
const cluster = (name: string, more: object = {}) => ({ name, cluster: { server: `https://${name}:6443`, ...more } });
const user = (name: string, more: object = {}) => ({ name, user: more });
const context = (name: string, more: object = {}) => ({ name, context: { cluster: 'c', user: 'u', ...more } });
const file = (more: object) =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [cluster('c')],
    users: [user('u', { token: 't' })],
    contexts: [context('x')],
    'current-context': 'x',
    ...more,
  });

const load = async (files: Record<string, string>, env = {}, path?: string) =>
  loadKubeconfig(machine(files, env), path);
const target = async (text: string, wanted?: string) => {
  const loaded = await load({ f: text }, {}, 'f');
  return loaded.ok ? resolveTarget(loaded.value, wanted) : loaded;
};

describe('where a kubeconfig is found', () => {
  it('is the file given, else KUBECONFIG, else the home folder', async () => {
    const files = {
      given: file({}),
      env: file({ 'current-context': 'e' }),
      '/home/me/.kube/config': file({ 'current-context': 'h' }),
    };
    expect(await load(files, { KUBECONFIG: 'env' }, 'given')).toMatchObject({
      value: { files: ['given'], currentContext: 'x' },
    });
    expect(await load(files, { KUBECONFIG: 'env' })).toMatchObject({ value: { files: ['env'], currentContext: 'e' } });
    expect(await load(files)).toMatchObject({ value: { files: ['/home/me/.kube/config'], currentContext: 'h' } });
  });

  it('is refused where it names a user, cluster or context twice, as kubectl refuses it', async () => {
    const twice = file({ users: [user('u', { token: 'a' }), user('u', { token: 'b' })] });
    expect(await load({ f: twice }, {}, 'f')).toMatchObject({
      ok: false,
      message: 'f names u twice in users; keep one of the two',
    });
    const clusters = file({ clusters: [cluster('c'), cluster('c')] });
    expect(await load({ f: clusters }, {}, 'f')).toMatchObject({
      ok: false,
      message: 'f names c twice in clusters; keep one of the two',
    });
  });

  it('is one where kind is null, too', async () =>
    expect(await load({ f: file({ kind: null }) }, {}, 'f')).toMatchObject({ ok: true }));

  it('merges several files: the first to say something wins, missing ones are skipped', async () => {
    const files = {
      a: stringify({ contexts: [context('x', { namespace: 'from-a' })] }),
      b: file({ contexts: [context('x', { namespace: 'from-b' }), context('y')] }),
    };
    expect(await load(files, { KUBECONFIG: 'a:nowhere:b' })).toMatchObject({
      value: {
        files: ['a', 'b'],
        currentContext: 'x',
        contexts: [{ name: 'x', namespace: 'from-a' }, { name: 'y' }],
        clusters: [{ name: 'c' }],
      },
    });
  });

  it('is the service account inside a cluster', async () => {
    const account = '/var/run/secrets/kubernetes.io/serviceaccount';
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    const loaded = await load({ [`${account}/token`]: 't\n', [`${account}/namespace`]: 'shop\n' }, env);
    expect(loaded).toMatchObject({
      ok: true,
      value: {
        clusters: [{ server: 'https://[fd00::1]:443', caFile: `${account}/ca.crt` }],
        contexts: [{ namespace: 'shop' }],
      },
    });
  });

  it.each([
    [{}, 'no kubeconfig: /home/me/.kube/config does not exist; give --kubeconfig FILE or set KUBECONFIG'],
    [
      { '/home/me/.kube/config': '[]' },
      '/home/me/.kube/config is not a kubeconfig: expected a document of kind Config',
    ],
    [
      { '/home/me/.kube/config': 'kind: Pod' },
      '/home/me/.kube/config is not a kubeconfig: expected a document of kind Config',
    ],
  ])('says what is wrong: %j', async (files, message) =>
    expect(await load(files)).toEqual({ ok: false, reason: 'kubeconfig', message }),
  );

  it('says so in one line when it is no YAML or cannot be read', async () => {
    const broken = await load({ f: 'a: [b\nc: "' }, {}, 'f');
    expect(broken).toMatchObject({ ok: false, reason: 'kubeconfig' });
    expect(!broken.ok && broken.message).toMatch(/^cannot read kubeconfig f: [^⏎]+$/);
    const folder: Machine = {
      ...machine({}),
      read: () => Promise.reject(new Error('EISDIR: illegal operation on a directory, read')),
    };
    expect(await loadKubeconfig(folder, '/tmp')).toMatchObject({
      message: 'cannot read kubeconfig /tmp: EISDIR: illegal operation on a directory, read',
    });
  });
});

describe('the context', () => {
  it('is the one asked for, else the current one', async () => {
    const text = file({ contexts: [context('x'), context('y', { namespace: 'shop' })] });
    expect(await target(text)).toMatchObject({
      value: { context: 'x', namespace: 'default', cluster: { server: 'https://c:6443' }, user: { token: 't' } },
    });
    expect(await target(text, 'y')).toMatchObject({ value: { context: 'y', namespace: 'shop' } });
  });

  it.each([
    [file({ contexts: [context('x'), context('y\x1b[31m')] }), 'z', 'there is no context z; known: x, y'],
    [file({ 'current-context': '' }), undefined, 'no context is current; choose one with --context (known: x)'],
    [
      file({ contexts: null, 'current-context': '' }),
      undefined,
      'no context is current; choose one with --context (known: none)',
    ],
    [
      file({ clusters: [] }),
      undefined,
      'context x names cluster c, which the kubeconfig does not define (or defines without a server)',
    ],
    [
      file({ clusters: [{ name: 'c', cluster: {} }] }),
      undefined,
      'context x names cluster c, which the kubeconfig does not define (or defines without a server)',
    ],
    [file({ users: [] }), undefined, 'context x names user u, which the kubeconfig does not define'],
  ])('says what is wrong with it (%#)', async (text, wanted, message) =>
    expect(await target(text, wanted)).toEqual({ ok: false, reason: 'context', message }),
  );

  it('is not kept from us by a broken entry that it does not use', async () =>
    expect(
      await target(file({ clusters: [{ name: 'broken' }, cluster('c')], users: [{ user: {} }, user('u')] })),
    ).toMatchObject({ ok: true }));

  it('may name no user', async () =>
    expect(await target(file({ contexts: [context('x', { user: undefined })] }))).toMatchObject({
      ok: true,
      value: { user: { name: 'anonymous' } },
    }));
});

describe('a user', () => {
  it('keeps what the library leaves out, with paths from the file that says so', async () => {
    const given = {
      as: 'bob',
      'as-uid': '7',
      'as-groups': ['g'],
      'as-user-extra': { 'a/b': ['c'] },
      tokenFile: 'tok',
      exec: { command: './login', apiVersion: 'v1' },
      'client-certificate': 'crt',
    };
    const loaded = await load({ '/etc/kube/f': file({ users: [user('u', given)] }) }, {}, '/etc/kube/f');
    expect(loaded).toMatchObject({
      value: {
        users: [
          {
            name: 'u',
            impersonateUser: 'bob',
            impersonateUid: '7',
            impersonateGroups: ['g'],
            impersonateExtra: { 'a/b': ['c'] },
            authProvider: { config: { tokenFile: '/etc/kube/tok' } },
            execConfig: { command: './login' },
            folder: '/etc/kube',
            certFile: '/etc/kube/crt',
          },
        ],
      },
    });
  });
});
