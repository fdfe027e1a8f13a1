import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket, connect as tcpConnect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Api } from '../../../src/kube/client/api.ts';
import { type ConnectOptions, connect } from '../../../src/kube/connection/connection.ts';
import { isLoopback, proxyFor } from '../../../src/kube/connection/connections.ts';
import type { RunCommand } from '../../../src/kube/connection/run-command.ts';
import { manualClock } from '../../support/manual-clock.ts';
import {
  fixture,
  json,
  type MisbehavingServer,
  type Received,
  startServer,
  statusBody,
} from '../misbehaving-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(tls: boolean): Promise<MisbehavingServer> {
  const server = await startServer((_, response) => json(response, 200, { major: '1' }), { tls });
  cleanups.push(server.close);
  return server;
}

/** A kubeconfig in memory. */
const kubeconfig = (cluster: object, user: object) => ({
  text: stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
    'current-context': 'x',
  }),
});

async function open(
  cluster: object,
  user: object,
  more: ConnectOptions = {},
  file = kubeconfig(cluster, user),
): Promise<Api> {
  const machine = { env: {}, home: '/', read: async () => file.text };
  const connected = await connect({ kubeconfig: '/k', machine, ...more });
  if (!connected.ok) throw new Error(connected.message);
  cleanups.push(() => connected.value.close());
  return connected.value;
}
const ask = (api: Api) => api.raw({ path: '/version' });
const base64 = (name: string) => readFileSync(fixture(name)).toString('base64');

describe('TLS', () => {
  const trusted = (server: MisbehavingServer) => ({
    server: `https://localhost:${server.port}`,
    'certificate-authority': fixture('ca.crt'),
  });

  it('trusts the CA of the kubeconfig, from a file or from data', async () => {
    const server = await serve(true);
    expect(await ask(await open(trusted(server), {}))).toMatchObject({ ok: true });
    expect(
      await ask(
        await open({ server: `https://localhost:${server.port}`, 'certificate-authority-data': base64('ca.crt') }, {}),
      ),
    ).toMatchObject({ ok: true });
  });

  it('refuses a server that this CA did not sign, and says so', async () => {
    const server = await serve(true);
    const url = `https://localhost:${server.port}`;
    expect(await ask(await open({ server: url }, {}))).toMatchObject({
      reason: 'unreachable',
      message: `cannot reach ${url}: its certificate is not trusted by this kubeconfig`,
    });
    expect(server.received).toEqual([]);
  });

  it('skips the check only where the kubeconfig says so', async () => {
    const server = await serve(true);
    expect(await ask(await open({ server: server.url, 'insecure-skip-tls-verify': true }, {}))).toMatchObject({
      ok: true,
    });
  });

  it('checks the name that the kubeconfig gives instead of the host', async () => {
    const server = await serve(true);
    const cluster = { server: server.url, 'certificate-authority': fixture('ca.crt') };
    expect(await ask(await open(cluster, {}))).toMatchObject({ reason: 'unreachable' });
    expect(await ask(await open({ ...cluster, 'tls-server-name': 'api.internal' }, {}))).toMatchObject({ ok: true });
  });

  it('shows the client certificate', async () => {
    const server = await serve(true);
    const user = { 'client-certificate': fixture('client.crt'), 'client-key-data': base64('client.key') };
    expect(await ask(await open(trusted(server), user))).toMatchObject({ ok: true });
    expect(server.received[0]?.certificate).toBe('client');
  });

  it('shows the client certificate that a plugin gave', async () => {
    const server = await serve(true);
    const status = {
      clientCertificateData: readFileSync(fixture('client.crt'), 'utf8'),
      clientKeyData: readFileSync(fixture('client.key'), 'utf8'),
    };
    const run: RunCommand = async () => ({ code: 0, stdout: JSON.stringify({ status }), stderr: '' });
    expect(await ask(await open(trusted(server), { exec: { command: 'login' } }, { run }))).toMatchObject({ ok: true });
    expect(server.received[0]?.certificate).toBe('client');
  });
});

describe('who we are', () => {
  it.each<[object, object]>([
    [{ token: 'abc' }, { authorization: 'Bearer abc' }],
    [
      { username: 'me', password: 'pass:word' },
      { authorization: `Basic ${Buffer.from('me:pass:word').toString('base64')}` },
    ],
    [
      { token: 'abc', as: 'bob', 'as-groups': ['g'], 'as-uid': '7', 'as-user-extra': { 'a/B': ['c'] } },
      {
        authorization: 'Bearer abc',
        'impersonate-user': 'bob',
        'impersonate-group': 'g',
        'impersonate-uid': '7',
        'impersonate-extra-a%2fb': 'c',
      },
    ],
  ])('%j', async (user, headers) => {
    const server = await serve(false);
    await ask(await open({ server: server.url }, user));
    expect(server.received[0]?.headers).toMatchObject(headers);
  });

  it('is known without asking', async () => {
    const server = await serve(false);
    expect((await open({ server: server.url }, { token: 't' })).identity).toEqual({
      context: 'x',
      server: server.url,
      user: 'u',
      namespace: 'shop',
    });
    expect((await open({ server: server.url }, { as: 'bob' }, { namespace: 'mine' })).identity).toMatchObject({
      user: 'bob',
      namespace: 'mine',
    });
    const api = await open({ server: server.url }, { as: 'bob', 'as-groups': ['g'] }, { as: 'eve' });
    await ask(api);
    expect(api.identity.user).toBe('eve');
    expect(server.received[0]?.headers).not.toHaveProperty('impersonate-group');
  });
});

describe('credentials that end', () => {
  const unauthorised = (request: Received, token: string) => request.headers.authorization !== `Bearer ${token}`;

  it('are asked of the plugin again before they end, and not before', async () => {
    const server = await serve(false);
    const clock = manualClock(Date.parse('2026-11-21T12:00:00Z'));
    let runs = 0;
    const run: RunCommand = async () => {
      runs += 1;
      return {
        code: 0,
        stdout: JSON.stringify({
          status: { token: `t${runs}`, expirationTimestamp: new Date(clock.now() + 60_000).toISOString() },
        }),
        stderr: '',
      };
    };
    const api = await open({ server: server.url }, { exec: { command: 'login' } }, { run, clock });
    await ask(api);
    await clock.advance(40_000);
    await ask(api);
    expect(runs).toBe(1);
    await clock.advance(11_000);
    await ask(api);
    expect(server.received.map(request => request.headers.authorization)).toEqual([
      'Bearer t1',
      'Bearer t1',
      'Bearer t2',
    ]);
  });

  it('are renewed once when the server refuses them, for writes too', async () => {
    const server = await serve(false);
    let runs = 0;
    const run: RunCommand = async () => {
      runs += 1;
      return { code: 0, stdout: JSON.stringify({ status: { token: `t${runs}` } }), stderr: '' };
    };
    server.behave((request, response) =>
      unauthorised(request, 't2')
        ? json(response, 401, statusBody(401, 'Unauthorized', 'Unauthorized'))
        : json(response, 201, {}),
    );
    const api = await open({ server: server.url }, { exec: { command: 'login' } }, { run });
    expect(
      await api.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'n' } }),
    ).toMatchObject({ ok: true, status: 201 });
    server.behave((_, response) => json(response, 401, statusBody(401, 'Unauthorized', 'Unauthorized')));
    expect(await ask(api)).toMatchObject({ reason: 'unauthorized', status: 401 });
    expect(runs).toBe(2);
  });

  it('are read again from a kubeconfig that has changed, the server stays', async () => {
    const server = await serve(false);
    server.behave((request, response) =>
      unauthorised(request, 'new')
        ? json(response, 401, statusBody(401, 'Unauthorized', 'Unauthorized'))
        : json(response, 200, {}),
    );
    const file = kubeconfig({ server: server.url }, { token: 'old' });
    const api = await open({}, {}, {}, file);
    file.text = kubeconfig({ server: 'https://elsewhere' }, { token: 'new' }).text;
    expect(await ask(api)).toMatchObject({ ok: true });
  });

  describe('in a token file that is rotated during a session', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mayday-token-'));
    const tokenFile = join(folder, 'token');
    const rotate = (token: string) => writeFileSync(tokenFile, `${token}\n`);
    afterAll(() => rmSync(folder, { recursive: true }));
    const sent = ({ received }: { received: Received[] }) => received.map(({ headers }) => headers.authorization);

    it('are read again within a minute, as kubectl does', async () => {
      const server = await serve(false);
      const clock = manualClock(Date.parse('2026-11-21T12:00:00Z'));
      rotate('old');
      const api = await open({ server: server.url }, { tokenFile }, { clock });
      await ask(api);
      rotate('new');
      await clock.advance(61_000);
      await ask(api);
      expect(sent(server)).toEqual(['Bearer old', 'Bearer new']);
    });

    it('are read again at once when the server refuses the old one, for writes too', async () => {
      const server = await serve(false);
      server.behave((request, response) =>
        unauthorised(request, 'new')
          ? json(response, 401, statusBody(401, 'Unauthorized', 'Unauthorized'))
          : json(response, 201, {}),
      );
      rotate('old');
      const api = await open({ server: server.url }, { tokenFile });
      rotate('new');
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'n' } };
      expect(await api.create(object)).toMatchObject({ ok: true, status: 201 });
      expect(sent(server)).toEqual(['Bearer old', 'Bearer new']);
    });
  });

  it('that cannot be had stop the connection with one line', async () => {
    const run: RunCommand = async () => ({ stdout: '', stderr: '', error: 'ENOENT' });
    const machine = {
      env: {},
      home: '/',
      read: async () => kubeconfig({ server: 'https://c' }, { exec: { command: 'aws' } }).text,
    };
    expect(await connect({ machine, run })).toEqual({
      ok: false,
      reason: 'credentials',
      message: 'credential plugin aws of user u was not found; install it or put it on the PATH',
    });
    const noFile = {
      ...machine,
      read: async () =>
        kubeconfig({ server: 'https://c' }, { 'client-certificate': '/nowhere.crt', 'client-key': '/nowhere.key' })
          .text,
    };
    const refused = await connect({ machine: noFile });
    expect(!refused.ok && refused.message).toMatch(/^the credentials of user u cannot be used: ENOENT.*nowhere\.crt/);
  });
});

describe('what cannot be connected to', () => {
  it.each([
    [{ asGroups: ['g'] }, '--as-group needs --as: name the user to act as'],
    [{ context: 'other' }, 'there is no context other; known: x'],
  ])('%j', async (options, message) => {
    const machine = { env: {}, home: '/', read: async () => kubeconfig({ server: 'https://c' }, {}).text };
    expect(await connect({ machine, ...options })).toMatchObject({ ok: false, message });
  });
  it.each([
    [{ server: 'c:6443 oops\x1b[2J' }, 'the server of x is not an http(s) URL: c:6443 oops'],
    [
      { server: 'https://c', 'proxy-url': 'socks4://p:1' },
      'cannot go through proxy socks4://p:1: expected an http, https or socks5 URL',
    ],
    [{ server: 'https://c', 'proxy-url': 'p' }, 'cannot go through proxy p: expected an http, https or socks5 URL'],
  ])('%j', async (cluster, message) => {
    const machine = { env: {}, home: '/', read: async () => kubeconfig(cluster, {}).text };
    expect(await connect({ machine })).toEqual({ ok: false, reason: 'kubeconfig', message });
  });
});

describe('a proxy', () => {
  async function proxy() {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      request.pipe(
        forward(request.url ?? '', { method: request.method, headers: request.headers }, answer => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        }),
      );
    });
    server.on('connect', (request, socket: Socket) => {
      seen.push(`CONNECT ${request.url}`);
      const [host = '', port] = (request.url ?? '').split(':');
      const target = tcpConnect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        target.pipe(socket).pipe(target);
      });
      target.on('error', () => socket.destroy());
      socket.on('error', () => target.destroy());
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  it('named by the kubeconfig carries the requests', async () => {
    const { seen, url } = await proxy();
    const plain = await serve(false);
    expect(await ask(await open({ server: plain.url, 'proxy-url': url }, {}))).toMatchObject({ ok: true });
    const secure = await serve(true);
    const cluster = {
      server: `https://localhost:${secure.port}`,
      'certificate-authority': fixture('ca.crt'),
      'proxy-url': url,
    };
    expect(
      await ask(
        await open(cluster, { 'client-certificate': fixture('client.crt'), 'client-key': fixture('client.key') }),
      ),
    ).toMatchObject({ ok: true });
    expect(secure.received[0]?.certificate).toBe('client');
    expect(seen).toEqual([expect.stringContaining('/version'), `CONNECT localhost:${secure.port}`]);
  });

  it('may speak SOCKS5', async () => {
    const seen: string[] = [];
    const server = createTcpServer(socket => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.write(Buffer.from([5, 0]));
        socket.once('data', request => {
          const port = request.readUInt16BE(request.length - 2);
          seen.push(String(port));
          const target = tcpConnect(port, '127.0.0.1', () => {
            socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
            target.pipe(socket).pipe(target);
          });
          target.on('error', () => socket.destroy());
        });
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => server.close());
    const secure = await serve(true);
    const url = `socks5h://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const cluster = {
      server: `https://localhost:${secure.port}`,
      'certificate-authority': fixture('ca.crt'),
      'proxy-url': url,
    };
    expect(await ask(await open(cluster, {}))).toMatchObject({ ok: true });
    expect(seen).toEqual([String(secure.port)]);
  });

  it.each<[string, Record<string, string>, string | undefined]>([
    ['https://api.example.com', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
    ['https://api.example.com', { https_proxy: 'p:1' }, 'http://p:1'],
    ['https://api.example.com', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['http://api.example.com', { HTTP_PROXY: 'http://p:1' }, 'http://p:1'],
    ['https://127.0.0.1:6443', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['https://localhost', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['https://[::1]:6443', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['https://api.example.com', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'other, .example.com' }, undefined],
    ['https://api.example.com', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*.example.com' }, undefined],
    ['https://api.example.com', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'example.com' }, undefined],
    ['https://example.com', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '.example.com' }, 'http://p:1'],
    ['https://api.example.com', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'api.example.com:443' }, undefined],
    ['https://api.example.com', { HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://lower:1' }, 'http://upper:1'],
    ['https://badexample.com', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'example.com' }, 'http://p:1'],
    ['https://api.example.com:6443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'api.example.com:443' }, 'http://p:1'],
    ['https://api.example.com:6443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'api.example.com:6443' }, undefined],
    ['https://10.1.2.3', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '10.0.0.0/8' }, undefined],
    ['https://11.1.2.3', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '10.0.0.0/8' }, 'http://p:1'],
    ['https://[fd00::1]:6443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'fd00::/8' }, undefined],
    ['https://[fe80::1]:6443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'fd00::/8' }, 'http://p:1'],
    ['https://[fd00::1]:6443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'fd00::1' }, undefined],
    ['https://10.1.2.3', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '10.0.0.0/99' }, 'http://p:1'],
    ['https://api.example.com', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, undefined],
  ])('of the environment: %s with %j', (server, env, expected) =>
    expect(proxyFor(server, undefined, env)?.uri).toBe(expected),
  );

  it('named by the kubeconfig wins, loopback or not', () =>
    expect(proxyFor('https://127.0.0.1', 'socks5://s:1', { NO_PROXY: '*' })).toEqual({ uri: 'socks5://s:1' }));
  it('knows loopback', () =>
    expect(['localhost', 'a.localhost', '127.9.9.9', '::1', '128.0.0.1', 'local'].map(isLoopback)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]));
});
