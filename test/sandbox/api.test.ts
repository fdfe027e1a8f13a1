import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../../src/sandbox/server.ts';
import { startMutatingServer } from '../support/mutating-server.ts';
import { createTestClient, type TestClient } from './client.ts';

let sandbox: SandboxServer;
let client: TestClient;
beforeAll(async () => {
  sandbox = await startSandboxServer({ seed: 5, speed: 20 });
  client = createTestClient(sandbox);
  await client.ok({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 't' } } });
});
afterAll(async () => {
  client.close();
  await sandbox.stop();
});

const T = '/api/v1/namespaces/t';
interface List {
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
  items: { metadata: { name: string } }[];
}

const create = (name: string, data = {}) =>
  client.send({ method: 'POST', path: `${T}/configmaps`, body: { metadata: { name }, data } });
const events = (text: string) =>
  text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { type: string; object: { message?: string; metadata: { name?: string } } });

describe('who is asking', () => {
  test('nobody gets in with a wrong token; without one only the open paths answer', async () => {
    expect((await client.send({ path: T, token: 'wrong' })).status).toBe(401);
    const anonymous = await client.send({ path: `${T}/pods`, headers: { Authorization: '' } });
    expect(anonymous.status).toBe(403);
    expect(anonymous.text).toContain('User \\"system:anonymous\\" cannot list resource \\"pods\\"');
    expect((await client.send({ path: '/readyz', headers: { Authorization: '' } })).text).toBe('ok');
  });

  test('a ServiceAccount has the rights its token stands for, and no token outlives it', async () => {
    await client.ok({ method: 'POST', path: `${T}/serviceaccounts`, body: { metadata: { name: 'bot' } } });
    const request = { method: 'POST', path: `${T}/serviceaccounts/bot/token`, body: {} };
    const { status } = await client.ok<{ status: { token: string } }>(request);
    const list = { path: `${T}/configmaps`, token: status.token };
    expect((await client.send(list)).status).toBe(403);
    await client.ok({
      method: 'POST',
      path: '/apis/rbac.authorization.k8s.io/v1/namespaces/t/rolebindings',
      body: {
        metadata: { name: 'bot' },
        roleRef: { kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: 'ServiceAccount', name: 'bot', namespace: 't' }],
      },
    });
    expect((await client.send(list)).status).toBe(200);
    await client.ok({ method: 'DELETE', path: `${T}/serviceaccounts/bot` });
    expect((await client.send(list)).status).toBe(401);
  });
});

test('a right to one object by name lets it be listed and watched by that name, and no other', async () => {
  const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/t';
  const rules = [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['mine'], verbs: ['list', 'watch'] }];
  await client.ok({ method: 'POST', path: `${rbac}/roles`, body: { metadata: { name: 'one' }, rules } });
  const body = {
    metadata: { name: 'one' },
    roleRef: { kind: 'Role', name: 'one' },
    subjects: [{ kind: 'User', name: 'reader' }],
  };
  await client.ok({ method: 'POST', path: `${rbac}/rolebindings`, body });
  const ask = async (query: string) => (await client.send({ path: `${T}/configmaps${query}`, user: 'reader' })).status;
  expect(await ask('?fieldSelector=metadata.name%3Dmine')).toBe(200);
  expect(await ask('?fieldSelector=metadata.name%3Dmine&watch=true&timeoutSeconds=1')).toBe(200);
  expect(await ask('?fieldSelector=metadata.name%3Dother')).toBe(403);
  expect(await ask('?fieldSelector=metadata.namespace%3Dt')).toBe(403);
  expect(await ask('')).toBe(403);
});

test('whoever lacks what a binding gives may not write even a label of it; owners and finalizers alone he may', async () => {
  const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/t';
  const subjects = [{ kind: 'User', name: 'clerk' }];
  const rules = [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings', 'roles'], verbs: ['patch'] }];
  await client.ok({ method: 'POST', path: `${rbac}/roles`, body: { metadata: { name: 'clerk' }, rules } });
  for (const [name, kind, role] of [
    ['clerks', 'Role', 'clerk'],
    ['admins', 'ClusterRole', 'admin'],
  ]) {
    const body = { metadata: { name }, roleRef: { kind, name: role }, subjects: name === 'clerks' ? subjects : [] };
    await client.ok({ method: 'POST', path: `${rbac}/rolebindings`, body });
  }
  const patch = (path: string, metadata: unknown) =>
    client.send({
      method: 'PATCH',
      path: `${rbac}/${path}`,
      body: { metadata },
      contentType: 'application/merge-patch+json',
      user: 'clerk',
    });
  const refused = await patch('rolebindings/admins', { labels: { a: 'b' } });
  expect(refused.status).toBe(403);
  expect(refused.text).toContain('is attempting to grant RBAC permissions not currently held');
  expect((await patch('rolebindings/admins', { finalizers: ['example.com/wait'] })).status).toBe(200);
  expect((await patch('rolebindings/clerks', { labels: { a: 'b' } })).status).toBe(200);
  expect((await patch('roles/clerk', { labels: { a: 'b' } })).status).toBe(200);
});

test('a taken port and an unknown scenario are refused', async () => {
  await expect(startSandboxServer({ port: Number(new URL(sandbox.url).port) })).rejects.toThrow('EADDRINUSE');
  await expect(startSandboxServer({ scenario: 'nowhere' })).rejects.toThrow('found "nowhere"');
});

test('odd paths are answered, not stumbled over', async () => {
  for (const path of [
    '//[',
    '/%zz',
    '/api/v1/namespaces/t/configmaps/%',
    '/apis//v1/x',
    '/?=&&',
    '/api/v1/pods?limit=',
  ]) {
    const { status } = await client.send({ path });
    expect({ path, status }).toEqual({ path, status: expect.toSatisfy(code => [200, 404].includes(code as number)) });
  }
});

describe('lists and watches', () => {
  test('pages show one moment, whatever is written meanwhile', async () => {
    for (const name of ['p1', 'p2', 'p3']) await create(name);
    const first = await client.ok<List>({ path: `${T}/configmaps?limit=2` });
    await create('p0');
    await client.ok({ method: 'DELETE', path: `${T}/configmaps/p3` });
    const names = first.items.map(i => i.metadata.name);
    let next = first;
    while (next.metadata.continue) {
      next = await client.ok<List>({ path: `${T}/configmaps?limit=2&continue=${next.metadata.continue}` });
      names.push(...next.items.map(i => i.metadata.name));
      expect(next.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    }
    expect(names).toContain('p3');
    expect(names).not.toContain('p0');
  });

  test('history that is gone answers 410, on a list and in a watch', async () => {
    const { metadata } = await client.ok<List>({ path: `${T}/configmaps?limit=1` });
    await create('later');
    sandbox.context.store.compact();
    const page = await client.send({ path: `${T}/configmaps?limit=1&continue=${metadata.continue}` });
    expect(page.status).toBe(410);
    const watch = await client.send({ path: `${T}/configmaps?watch=1&resourceVersion=1&timeoutSeconds=1` });
    expect(events(watch.text)).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
  });

  test('a watch with a selector sees objects come to meet it and stop', async () => {
    const watching = client.send({
      path: `${T}/configmaps?watch=1&labelSelector=on&resourceVersion=${sandbox.context.store.revision()}&timeoutSeconds=1`,
    });
    await create('sel');
    const label = (value: string | null) =>
      client.ok({
        method: 'PATCH',
        path: `${T}/configmaps/sel`,
        contentType: 'application/merge-patch+json',
        body: { metadata: { labels: { on: value } } },
      });
    await label('1');
    await label('2');
    await label(null);
    expect(events((await watching).text).map(e => e.type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
  });
});

describe('admission webhooks', () => {
  const hooks = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
  const guard = {
    metadata: { name: 'guard' },
    webhooks: [
      {
        name: 'guard.example.com',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        timeoutSeconds: 1,
        clientConfig: { service: { namespace: 't', name: 'guard', path: '/check' } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 't' } },
      },
    ],
  };
  const endpoint = (ready: boolean) => ({
    metadata: { name: 'guard-1', labels: { 'kubernetes.io/service-name': 'guard' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.244.9.9'], conditions: { ready } }],
    ports: [{ port: 9443 }],
  });

  test('are called when an endpoint is ready, may change and refuse, and fail in the words of a real server', async () => {
    const slices = '/apis/discovery.k8s.io/v1/namespaces/t/endpointslices';
    await client.ok({
      method: 'POST',
      path: `${T}/services`,
      body: { metadata: { name: 'guard' }, spec: { ports: [{ port: 443 }] } },
    });
    await client.ok({ method: 'POST', path: slices, body: endpoint(false) });
    await client.ok({ method: 'POST', path: hooks, body: guard });
    const call =
      'failed calling webhook \\"guard.example.com\\": failed to call webhook: Post \\"https://guard.t.svc:443/check?timeout=1s\\"';
    expect((await create('w1')).text).toContain(`${call}: no endpoints available for service \\"guard\\"`);
    await client.ok({
      method: 'PATCH',
      path: `${slices}/guard-1`,
      contentType: 'application/merge-patch+json',
      body: endpoint(true),
    });
    expect((await create('w1')).text).toContain(`${call}: dial tcp 10.244.9.9:9443: connect: connection refused`);

    const { webhooks } = sandbox.context;
    webhooks.set('t/guard', () => new Promise(() => {}));
    expect((await create('w1')).text).toContain(`${call}: context deadline exceeded`);
    webhooks.set('t/guard', () => ({ allowed: false, status: { message: 'not today', code: 403 } }));
    const denied = await create('w1');
    expect({ status: denied.status, text: denied.text }).toMatchObject({
      status: 403,
      text: expect.stringContaining('admission webhook \\"guard.example.com\\" denied the request: not today'),
    });
    webhooks.set('t/guard', (path, { object }) => ({
      allowed: true,
      warnings: [`saw ${object?.metadata.name} at ${path}`],
      patch: [{ op: 'add', path: '/data/seen', value: 'yes' }],
    }));
    const made = await create('w1', { a: '1' });
    expect(JSON.parse(made.text)).toMatchObject({ data: { a: '1', seen: 'yes' } });
    expect(made.headers.warning).toContain('saw w1 at /check');
    await client.ok({ method: 'DELETE', path: `${hooks}/guard` });
  });

  test('by a URL of this machine are called over TLS, and of no other machine', async () => {
    const server = await startMutatingServer({ pointer: '/data/mode', from: 'live', to: 'third' });
    const at = (url: string, caBundle?: string) => ({
      metadata: { name: 'guard' },
      webhooks: [{ ...guard.webhooks[0], timeoutSeconds: 10, clientConfig: { url, ...(caBundle && { caBundle }) } }],
    });
    const told = async (configuration: object) => {
      await client.ok({ method: 'POST', path: hooks, body: configuration });
      const { text } = await create('u1', { mode: 'live' });
      await client.ok({ method: 'DELETE', path: `${hooks}/guard` });
      return text;
    };
    expect(JSON.parse(await told(at(server.url, server.caBundle)))).toMatchObject({ data: { mode: 'third' } });
    await client.ok({ method: 'DELETE', path: `${T}/configmaps/u1` });
    expect(await told(at(server.url))).toContain('x509: certificate signed by unknown authority');
    expect(await told(at('https://10.1.2.3:8443/mutate'))).toContain(
      'dial tcp 10.1.2.3:8443: connect: connection refused',
    );
    expect(await told(at('https://hooks.example.com/mutate'))).toContain('lookup hooks.example.com: no such host');
    await server.close();
    expect(await told(at(server.url, server.caBundle))).toMatch(/dial tcp 127.0.0.1:\d+: connect: connection refused/);
  });
});

describe('the API without HTTP', () => {
  test('asks the same rights and the same admission', async () => {
    const bob = sandbox.context.as('bob');
    expect(bob.can('get', 'pods', 't')).toBe(false);
    await expect(bob.create('configmaps', { metadata: { name: 'x', namespace: 't' } })).rejects.toThrow(
      'User "bob" cannot create resource "configmaps"',
    );
    const admin = sandbox.context.as('root', ['system:masters']);
    const made = await admin.create('pods', {
      metadata: { name: 'p', namespace: 't' },
      spec: { containers: [{ name: 'a', image: 'example.com/a:1' }] },
    });
    expect(made.spec).toMatchObject({ serviceAccountName: 'default', restartPolicy: 'Always', priority: 0 });
    await expect(admin.create('pods', { metadata: { name: 'q', namespace: 't' }, spec: {} })).rejects.toThrow(
      'spec.containers: Required value',
    );
  });
});
