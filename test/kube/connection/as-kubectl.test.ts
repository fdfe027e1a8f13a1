import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { checkAccess, whoAmI } from '../../../src/kube/client/access.ts';
import type { Api } from '../../../src/kube/client/api.ts';
import { type ConnectOptions, connect } from '../../../src/kube/connection/connection.ts';
import { type CommandResult, type RunCommand, runCommand } from '../../../src/kube/connection/run-command.ts';
import { startSandboxServer } from '../../../src/sandbox/server.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { fixture, json, type MisbehavingServer, startServer, statusBody } from '../misbehaving-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const config = (cluster: object, user: object = { token: 'secret-token' }) =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });

/** Connects by kubeconfig files in memory, in the order of KUBECONFIG. */
const connectBy = (files: Record<string, string>, options: ConnectOptions = {}) =>
  connect({
    machine: { env: { KUBECONFIG: Object.keys(files).join(':') }, home: '/', read: async path => files[path] },
    ...options,
  });

async function open(text: string, options: ConnectOptions = {}): Promise<Api> {
  const connected = await connectBy({ '/k': text }, options);
  if (!connected.ok) throw new Error(connected.message);
  cleanups.push(() => connected.value.close());
  return connected.value;
}

async function refusal(text: string, options: ConnectOptions = {}): Promise<string> {
  const connected = await connectBy({ '/k': text }, options);
  return connected.ok ? 'connected' : connected.message;
}

async function serve(tls = false): Promise<MisbehavingServer> {
  const server = await startServer((_, response) => json(response, 200, { major: '1' }), { tls });
  cleanups.push(server.close);
  return server;
}

const version = (api: Api) => api.raw({ path: '/version' });
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a kubeconfig that kubectl takes', () => {
  it.each([
    ['an empty first file', { '/empty': '', '/k': config({ server: 'https://c' }) }],
    ['a first file with a comment alone', { '/empty': '# nothing yet\n', '/k': config({ server: 'https://c' }) }],
    ['a first file of null', { '/empty': 'null\n', '/k': config({ server: 'https://c' }) }],
    ['a key that is there twice', { '/k': `current-context: gone\n${config({ server: 'https://c' })}` }],
    ['a second document', { '/k': `${config({ server: 'https://c' })}---\napiVersion: [\n` }],
  ])('%s', async (_, files) => {
    const connected = await connectBy(files);
    expect(connected).toMatchObject({ ok: true, value: { identity: { context: 'x', server: 'https://c' } } });
  });

  it.each([
    ['localhost:8080', {}, {}, 'http://localhost:8080'],
    ['c:6443', { 'certificate-authority': fixture('ca.crt') }, {}, 'http://c:6443'],
    ['https://c/prefix/', {}, {}, 'https://c/prefix'],
  ])('the server %s with %j and %j is %s', async (server, cluster, user, url) => {
    expect((await open(config({ server, ...cluster }, user))).identity.server).toBe(url);
  });

  it('a path without a scheme is no server, as for kubectl', async () =>
    expect(await refusal(config({ server: 'c/prefix' }))).toBe('the server of x is not an http(s) URL: c/prefix'));

  it('over plain http to another machine no credentials go, and no plugin is run', async () => {
    const seen: unknown[] = [];
    const proxy = await startServer((request, response) => {
      seen.push(request.headers.authorization);
      json(response, 200, {});
    });
    cleanups.push(proxy.close);
    const run: RunCommand = () => Promise.reject(new Error('was run'));
    for (const user of [{ token: 'secret-token' }, { exec: { command: 'login' } }]) {
      const api = await open(config({ server: 'c.example:80', 'proxy-url': proxy.url }, user), { run });
      expect(await version(api)).toMatchObject({ ok: true });
    }
    expect(seen).toEqual([undefined, undefined]);
  });

  it('data wins over a file', async () => {
    const server = await serve(true);
    const ca = readFileSync(fixture('ca.crt'), 'utf8');
    const cluster = {
      server: `https://localhost:${server.port}`,
      'certificate-authority': '/nowhere',
      'certificate-authority-data': base64(ca),
    };
    expect(await version(await open(config(cluster)))).toMatchObject({ ok: true });
  });
});

describe('a kubeconfig that kubectl refuses, since it contradicts itself', () => {
  const plugin = (exec: object) => ({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'p', ...exec } });
  const ca = { 'insecure-skip-tls-verify': true, 'certificate-authority': fixture('ca.crt') };
  it.each<[string, object, object, RegExp]>([
    ['no verification, and a CA', ca, { token: 't' }, /cluster c .* a certificate authority; keep one of the two/],
    ['a token and a username', {}, { token: 't', username: 'me', password: 'x' }, /user u .*keep one of the two/],
    [
      'a certificate without its key',
      {},
      { 'client-certificate': fixture('client.crt') },
      /without its key; add client-key/,
    ],
    ['groups without a user to act as', {}, { token: 't', 'as-groups': ['system:masters'] }, /add the user to act as/],
    [
      'an unknown auth-provider',
      {},
      { 'auth-provider': { name: 'zzz' } },
      /auth-provider zzz; expected one of azure, gcp/,
    ],
    ['a plugin without a command', {}, plugin({ command: undefined }), /\(exec\) without a command/],
    [
      'a plugin of an unknown version',
      {},
      plugin({ apiVersion: 'client.authentication.k8s.io/v2' }),
      /v2; expected client/,
    ],
    [
      'an unknown interactiveMode',
      {},
      plugin({ interactiveMode: 'Sometimes' }),
      /interactiveMode Sometimes; expected Never/,
    ],
  ])('%s', async (_, cluster, user, says) => {
    const run: RunCommand = () => Promise.reject(new Error('was run'));
    expect(await refusal(config({ server: 'https://c', ...cluster }, user), { run })).toMatch(says);
  });

  it('an apiVersion other than v1', async () =>
    expect(await refusal(config({ server: 'https://c' }).replace('apiVersion: v1', 'apiVersion: v2'))).toBe(
      '/k is not a kubeconfig: expected apiVersion v1, found v2',
    ));

  it('groups with a user from --as are taken', async () => {
    const text = config({ server: 'https://c' }, { token: 't', 'as-groups': ['g'] });
    expect(await refusal(text, { as: 'joe' })).toBe('connected');
  });

  it('a legacy provider without any settings is told as one without a token', async () =>
    expect(await refusal(config({ server: 'https://c' }, { 'auth-provider': { name: 'gcp' } }))).toBe(
      'the token of auth provider gcp of user u has expired, and no command for a new one is given',
    ));
});

describe('what a credential plugin prints', () => {
  const printing =
    (stdout: string): RunCommand =>
    async () => ({ code: 0, stdout, stderr: '' });
  const user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'p' } };
  const yaml = (version: string, kind = 'ExecCredential') =>
    `apiVersion: client.authentication.k8s.io/${version}\nkind: ${kind}\nstatus:\n  token: t\n`;

  it.each([
    ['YAML', yaml('v1'), 'connected'],
    ['another version than was asked for', yaml('v1beta1'), 'answered in client.authentication.k8s.io/v1beta1'],
    ['another kind', yaml('v1', 'Pod'), 'printed no ExecCredential'],
    ['words', 'please log in', 'printed no ExecCredential'],
    ['null', 'null', 'neither a token nor a client certificate'],
  ])('%s', async (_, stdout, says) => {
    expect(await refusal(config({ server: 'https://c' }, user), { run: printing(stdout) })).toContain(says);
  });

  it('is not asked for where a token is given, which kubectl prefers', async () => {
    const run: RunCommand = () => Promise.reject(new Error('was run'));
    expect(await refusal(config({ server: 'https://c' }, { ...user, token: 't' }), { run })).toBe('connected');
  });
});

describe('a credential plugin that asks for the cluster', () => {
  it('is found beside a kubeconfig that was named by a relative path', async () => {
    let ran = '';
    const run: RunCommand = async command => {
      ran = command;
      return { code: 0, stdout: JSON.stringify({ status: { token: 't' } }), stderr: '' };
    };
    const text = config({ server: 'https://c' }, { exec: { command: './login' } });
    await connectBy({ kubeconfig: text }, { run });
    expect(ran).toBe(join(process.cwd(), 'login'));
  });

  it('is given the CA of a file, the proxy, and the extension of the cluster', async () => {
    let info = '';
    const run: RunCommand = async (_, __, env) => {
      info = env.KUBERNETES_EXEC_INFO ?? '';
      return { code: 0, stdout: JSON.stringify({ status: { token: 't' } }), stderr: '' };
    };
    const cluster = {
      server: 'https://c',
      'certificate-authority': fixture('ca.crt'),
      'proxy-url': 'http://p:1',
      extensions: [
        { name: 'other', extension: 1 },
        { name: 'client.authentication.k8s.io/exec', extension: { audience: 'me', nested: [1] } },
      ],
    };
    await open(config(cluster, { exec: { command: 'login', provideClusterInfo: true } }), { run });
    expect(JSON.parse(info).spec.cluster).toEqual({
      server: 'https://c',
      'certificate-authority-data': base64(readFileSync(fixture('ca.crt'), 'utf8')),
      'proxy-url': 'http://p:1',
      config: { audience: 'me', nested: [1] },
    });
  });

  it('is given the numbers of the extension as they were written, and disable-compression', async () => {
    let info = '';
    const run: RunCommand = async (_, __, env) => {
      info = env.KUBERNETES_EXEC_INFO ?? '';
      return { code: 0, stdout: JSON.stringify({ status: { token: 't' } }), stderr: '' };
    };
    const text = config(
      {
        server: 'https://c',
        'disable-compression': true,
        extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { account: 'ACCOUNT' } }],
      },
      { exec: { command: 'login', provideClusterInfo: true } },
    ).replace('ACCOUNT', '9007199254740993');
    await open(text, { run });
    expect(info).toContain('"config":{"account":9007199254740993}');
    expect(info).toContain('"disable-compression":true');
  });
});

describe('whom to act as', () => {
  it('goes out in UTF-8, beyond Latin-1 too', async () => {
    const server = await serve();
    await version(await open(config({ server: server.url }), { as: 'Łukasz 世', asGroups: ['größe'] }));
    const headers = server.received[0]?.headers ?? {};
    const sent = (name: string) => Buffer.from(String(headers[name]), 'latin1').toString('utf8');
    expect(sent('impersonate-user')).toBe('Łukasz 世');
    expect(sent('impersonate-group')).toBe('größe');
  });

  it('is read as UTF-8 by the sandbox', async () => {
    const sandbox = await startSandboxServer({ scenario: 'healthy', port: 0, speed: 1 });
    cleanups.push(() => sandbox.stop());
    const api = await open(sandbox.kubeconfig, { as: 'Łukasz 世' });
    expect(await whoAmI(api)).toMatchObject({ ok: true, value: { user: 'Łukasz 世' } });
  });

  it('cannot be a name that no header carries', async () =>
    expect(await refusal(config({ server: 'https://c' }), { as: 'me\r\nX-Evil: 1' })).toBe(
      '--as and --as-group: expected names without control characters',
    ));
});

describe('a busy server', () => {
  it('is asked again whether we may: a review writes nothing', async () => {
    const clock = manualClock();
    const server = await serve();
    let refusals = 1;
    server.behave(({ path }, response) => {
      if (path.endsWith('/apis')) return json(response, 200, { groups: [] });
      refusals -= 1;
      return refusals >= 0
        ? json(response, 429, statusBody(429, 'TooManyRequests', 'busy'), { 'retry-after': '1' })
        : json(response, 201, { status: { allowed: true } });
    });
    const api = await open(config({ server: server.url }), { clock });
    const answer = checkAccess({ create: (object, options) => api.create(object, options) }, [
      { verb: 'get', group: '', resource: 'pods' },
    ]);
    while (!clock.sleeping.includes(1000)) await new Promise(setImmediate);
    await clock.advance(1000);
    expect(await answer).toMatchObject([{ allowed: 'yes' }]);
  });
});

describe('a redirect', () => {
  const redirecting =
    (to: string, status = 302) =>
    (request: { path: string }, response: Parameters<typeof json>[0]) =>
      request.path === '/version'
        ? response.writeHead(status, { location: to }).end()
        : json(response, 200, { major: 'followed' });

  it('to the same server is followed, with the token', async () => {
    const server = await serve();
    server.behave(redirecting('/elsewhere/version'));
    expect(await version(await open(config({ server: server.url })))).toMatchObject({ value: { major: 'followed' } });
    expect(server.received.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/version', 'Bearer secret-token'],
      ['/elsewhere/version', 'Bearer secret-token'],
    ]);
  });

  it('to another port of the same host is followed, with the token, as kubectl does', async () => {
    const [server, other] = [await serve(), await serve()];
    server.behave(redirecting(`${other.url}/moved`));
    expect(await version(await open(config({ server: server.url })))).toMatchObject({ ok: true });
    expect(other.received.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/moved', 'Bearer secret-token'],
    ]);
  });

  it('from https to http is not followed, even on the same host: the token would be readable on the way', async () => {
    const [server, other] = [await serve(true), await serve()];
    server.behave(redirecting(`http://127.0.0.1:${other.port}/version`));
    const cluster = { server: `https://127.0.0.1:${server.port}`, 'insecure-skip-tls-verify': true };
    expect(await version(await open(config(cluster)))).toMatchObject({
      ok: false,
      message: expect.stringContaining('not by the protocol of server: in the kubeconfig'),
    });
    expect(other.received).toEqual([]);
  });

  it('to another server is named, and that one is given nothing', async () => {
    const [server, other] = [await serve(), await serve()];
    server.behave(redirecting(`http://me:pw@localhost:${other.port}/login?next=1`));
    const answer = await version(await open(config({ server: server.url })));
    expect(answer).toMatchObject({
      ok: false,
      status: 302,
      message: `${server.url} redirects to http://localhost:${other.port}/login: another server, which was not asked; expected the API server itself under server: in the kubeconfig`,
    });
    expect(other.received).toEqual([]);
  });

  it('in circles ends', async () => {
    const server = await serve();
    server.behave(redirecting('/version'));
    expect(await version(await open(config({ server: server.url })))).toMatchObject({
      message: expect.stringContaining('redirected 10 times'),
    });
    expect(server.received).toHaveLength(11);
  });

  it.each([
    [302, ['POST'], { ok: false, message: expect.stringContaining('nothing was written') }],
    [307, ['POST', 'POST'], { ok: true }],
  ])('of a write with %d', async (status, methods, outcome) => {
    const server = await serve();
    server.behave(redirecting('/elsewhere', status));
    const api = await open(config({ server: server.url }));
    expect(await api.raw({ path: '/version', method: 'POST', body: { a: 1 } })).toMatchObject(outcome);
    expect(server.received.map(({ method }) => method)).toEqual(methods);
    expect(server.received.every(({ body }) => body === '{"a":1}')).toBe(true);
  });
});

describe('a proxy that does not answer', () => {
  it('is named without its password, since the server may be well', async () => {
    const gone = await startServer((_, response) => json(response, 200, {}));
    await gone.close();
    const cluster = { server: 'https://c.example', 'proxy-url': `http://me:s3cr3t@127.0.0.1:${gone.port}` };
    const answer = await version(await open(config(cluster)));
    expect(answer).toMatchObject({
      ok: false,
      message: `cannot reach https://c.example: connection refused (through proxy http://127.0.0.1:${gone.port})`,
    });
  });
});

describe('a password in a URL is never shown', () => {
  it.each([
    [{ server: 'https://c', 'proxy-url': 'ftp://me:s3cr3t@p:1' }],
    [{ server: 'https://c', 'proxy-url': 'http://me:s3c/r3t@p:x' }],
    [{ server: 'ftp://me:s3cr3t@c' }],
    [{ server: 'me:s3cr3t@c/path' }],
  ])('when it cannot be used: %j', async cluster => {
    const said = await refusal(config(cluster));
    expect(said).toMatch(/expected an http|not an http/);
    expect(said).not.toMatch(/s3c|r3t|me:/);
  });

  it('of a server, which is given it as kubectl does', async () => {
    const server = await serve();
    const api = await open(config({ server: server.url.replace('http://', 'http://me:s3cr3t@') }));
    expect(api.identity.server).toBe(server.url);
    await version(api);
    expect(server.received[0]?.headers.authorization).toBe(`Basic ${base64('me:s3cr3t')}`);
    await server.close();
    expect(JSON.stringify([await version(api), api.identity])).not.toContain('s3cr3t');
  });

  it('of a proxy that is not there', async () => {
    const answer = await version(
      await open(config({ server: 'https://c.invalid', 'proxy-url': 'http://me:s3cr3t@127.0.0.1:1' })),
    );
    expect(answer).toMatchObject({ ok: false, reason: 'unreachable' });
    expect(JSON.stringify(answer)).not.toContain('s3cr3t');
  });
});

describe('certificates that cannot be used', () => {
  const good = { 'client-certificate': fixture('client.crt'), 'client-key': fixture('client.key') };
  it.each<[string, object, object, RegExp]>([
    [
      'CA data that is no PEM',
      { 'certificate-authority-data': base64('hello') },
      {},
      /^the certificate authority of cluster c cannot be used: expected PEM/,
    ],
    [
      'CA data that is no base64',
      { 'certificate-authority-data': '%%%' },
      {},
      /^the certificate authority of cluster c cannot be used: expected PEM/,
    ],
    [
      'PEM with rubbish in it',
      { 'certificate-authority-data': base64('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n') },
      {},
      /^the certificate authority of cluster c cannot be used: expected PEM of a certificate, found one that is damaged/,
    ],
    [
      'a client certificate that is none',
      {},
      { ...good, 'client-certificate-data': base64('x') },
      /^the client certificate of user u cannot be used: expected PEM/,
    ],
    [
      'the key of another certificate',
      {},
      { ...good, 'client-key': fixture('server.key') },
      /^the client key of user u does not belong to its client certificate/,
    ],
    ['a key that is none', {}, { ...good, 'client-key-data': base64('x') }, /^the client key of user u cannot be used/],
  ])('%s', async (_, cluster, user, said) =>
    expect(await refusal(config({ server: 'https://c', ...cluster }, user))).toMatch(said),
  );

  it.each([
    [401, statusBody(401, 'Unauthorized', 'Unauthorized')],
    [403, statusBody(403, 'Forbidden', 'forbidden: User "system:anonymous" cannot get path "/version"')],
  ])('a client certificate that has expired is told when the server answers %d', async (status, body) => {
    const server = await serve(true);
    server.behave((_, response) => json(response, status, body));
    const cluster = { server: `https://localhost:${server.port}`, 'certificate-authority': fixture('ca.crt') };
    const user = { 'client-certificate': fixture('expired.crt'), 'client-key': fixture('expired.key') };
    const answer = await version(await open(config(cluster, user)));
    expect(answer).toMatchObject({
      message: expect.stringMatching(
        /; the client certificate of user u expired at 2024-02-01T00:00:00\.000Z: get a new one$/,
      ),
    });
  });

  it('a refusal of somebody who is known is not blamed on a certificate', async () => {
    const server = await serve(true);
    server.behave((_, response) =>
      json(response, 403, statusBody(403, 'Forbidden', 'forbidden: User "bob" cannot get path "/version"')),
    );
    const cluster = { server: `https://localhost:${server.port}`, 'certificate-authority': fixture('ca.crt') };
    const user = { 'client-certificate': fixture('expired.crt'), 'client-key': fixture('expired.key') };
    expect(await version(await open(config(cluster, user)))).toMatchObject({
      message: 'forbidden: User "bob" cannot get path "/version"',
    });
  });
});

describe('a credential plugin out of bounds', () => {
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), 'mayday-plugin-'));
    cleanups.push(() => rmSync(made, { recursive: true, force: true }));
    return made;
  };
  const shell = (script: string, deadlineMs = 20_000) =>
    runCommand('/bin/sh', ['-c', script], { PATH: process.env.PATH }, deadlineMs);
  const isAlive = (pid: number) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };

  it('that prints without end is ended', async () => {
    const result = await shell('yes');
    expect(result.error).toBe('too-much');
    expect(result.stdout.length).toBeLessThanOrEqual(1024 * 1024);
  });

  it('that writes errors without end is ended', async () =>
    expect(await shell('yes >&2')).toMatchObject({ error: 'too-much' }));

  it('that hangs is ended with everything it started', async () => {
    const pidFile = join(folder(), 'pid');
    const result = await shell(`sleep 600 & echo $! > ${pidFile}; echo 'open https://login' >&2; wait`, 1_000);
    expect(result).toMatchObject({ error: 'deadline', stderr: 'open https://login\n' });
    const child = Number(readFileSync(pidFile, 'utf8'));
    while (isAlive(child)) await new Promise(setImmediate);
    expect(isAlive(child)).toBe(false);
  });

  it('that leaves something running with its pipes open has still answered', async () => {
    const pidFile = join(folder(), 'pid');
    expect(await shell(`sleep 600 & echo $! > ${pidFile}; echo token`)).toMatchObject({ code: 0, stdout: 'token\n' });
    process.kill(Number(readFileSync(pidFile, 'utf8')));
  });

  it('that says something hostile is told in one clean line', async () => {
    const said = await refusal(
      config(
        { server: 'https://c' },
        {
          exec: {
            command: '/bin/sh',
            args: ['-c', 'printf "no\\033[2J\\007\\n\\033]52;c;aGk=\\007way\\r" >&2; exit 3'],
          },
        },
      ),
    );
    expect(said).toBe('credential plugin /bin/sh of user u failed with exit code 3: no⏎way');
  });
});

describe('a legacy auth provider', () => {
  const provider = (name: string, more: object) => ({ 'auth-provider': { name, config: more } });
  const GCP = { 'token-key': '{.credential.access_token}', 'expiry-key': '{.credential.token_expiry}' };

  it('runs its command without a shell and uses what it printed', async () => {
    const server = await serve();
    const ran: unknown[] = [];
    const run: RunCommand = async (command, args) => {
      ran.push([command, args]);
      const credential = { access_token: 'fresh', token_expiry: '2099-01-01T00:00:00Z' };
      return { code: 0, stdout: JSON.stringify({ credential }), stderr: '' };
    };
    const user = provider('gcp', { ...GCP, 'cmd-path': '/opt/gcloud', 'cmd-args': 'config  helper;id' });
    await version(await open(config({ server: server.url }, user), { run }));
    expect(ran).toEqual([['/opt/gcloud', ['config', 'helper;id']]]);
    expect(server.received[0]?.headers.authorization).toBe('Bearer fresh');
  });

  it('whose token is still good runs nothing', async () => {
    const server = await serve();
    const run: RunCommand = () => Promise.reject(new Error('was run'));
    const user = provider('azure', { 'access-token': 'good', 'expires-on': '4102444800', 'cmd-path': '/opt/az' });
    await version(await open(config({ server: server.url }, user), { run }));
    expect(server.received[0]?.headers.authorization).toBe('Bearer good');
  });

  it.each<[object, CommandResult, string]>([
    [
      { 'cmd-path': '/opt/gcloud' },
      { stdout: '', stderr: '', error: 'deadline' },
      'auth provider gcp of user u: its command /opt/gcloud gave no answer within 60s and was ended',
    ],
    [
      { 'cmd-path': '/opt/gcloud' },
      { stdout: '', stderr: 'log in\x1b[2J first\n', code: 1 },
      'auth provider gcp of user u: its command /opt/gcloud failed with exit code 1: log in first',
    ],
    [
      { 'cmd-path': '/opt/gcloud' },
      { stdout: 'hello', stderr: '', code: 0 },
      'auth provider gcp of user u: its command /opt/gcloud printed no token in JSON',
    ],
    [
      {},
      { stdout: '', stderr: '', code: 0 },
      'the token of auth provider gcp of user u has expired, and no command for a new one is given',
    ],
  ])('that fails says so in one line: %j', async (more, result, said) =>
    expect(await refusal(config({ server: 'https://c' }, provider('gcp', more)), { run: async () => result })).toBe(
      said,
    ),
  );

  it('that holds an exec entry is a credential plugin', async () => {
    const server = await serve();
    const run: RunCommand = async () => ({ code: 0, stdout: JSON.stringify({ status: { token: 'p' } }), stderr: '' });
    await version(
      await open(config({ server: server.url }, provider('exec', { exec: { command: 'login' } })), { run }),
    );
    expect(server.received[0]?.headers.authorization).toBe('Bearer p');
  });
});
