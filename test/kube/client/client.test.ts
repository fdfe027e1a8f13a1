import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../src/host/clock.ts';
import type { Api } from '../../../src/kube/client/api.ts';
import { connect } from '../../../src/kube/connection/connection.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { type Behaviour, json, type MisbehavingServer, startServer, statusBody } from '../misbehaving-server.ts';

const PODS = { apiVersion: 'v1', kind: 'Pod' };
const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'ns', name: 'c' };
const emptyList: Behaviour = (_, response) =>
  json(response, 200, { kind: 'PodList', metadata: { resourceVersion: '5' }, items: null });

let server: MisbehavingServer;
const opened: Api[] = [];

async function open(clock: Clock = systemClock, more: object = {}): Promise<Api> {
  const connected = await connect({ server: server.url, token: 'secret', clock, ...more });
  if (!connected.ok) throw new Error(connected.message);
  opened.push(connected.value);
  return connected.value;
}

/** Waits for something that real I/O brings about. */
async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await new Promise(resolve => setImmediate(resolve));
}

beforeEach(async () => {
  server = await startServer(emptyList);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map(api => api.close()));
  await server.close();
});

describe('a list whose objects are taken one by one', () => {
  const listOf = (items: unknown[]): Behaviour => {
    return (_, response) => json(response, 200, { kind: 'PodList', metadata: { resourceVersion: '5' }, items });
  };
  const named = (name: string) => ({ metadata: { name, managedFields: [{ manager: 'kubelet' }] } });

  it('gives them their kind, without what nobody will look at, and says what became of each', async () => {
    server.behave(listOf(['a', 'b', 'c'].map(named)));
    const taken: object[] = [];
    const page = await (await open()).list(PODS, {
      managedFieldsWith: 'mayday',
      each: object => {
        taken.push(object);
        return `key of ${object.metadata.name}`;
      },
    });
    const pod = (name: string) => ({ ...PODS, metadata: { name } });
    expect(taken).toEqual([pod('a'), pod('b')]);
    expect(page).toMatchObject({ ok: true, value: { items: [pod('c')], handedOver: ['key of a', 'key of b'] } });
  });

  it('names the one that is no object', async () => {
    server.behave(listOf([named('a'), { metadata: {} }, named('c')]));
    const page = await (await open()).list(PODS, { each: () => '' });
    expect(page).toMatchObject({
      ok: true,
      value: { malformedItem: 'item 2 of the list cannot be read: it has no name' },
    });
  });

  it('passes on what the taker throws', async () => {
    server.behave(listOf([named('a'), named('b')]));
    const api = await open();
    const taking = api.list(PODS, {
      each: () => {
        throw new Error('no such pod');
      },
    });
    await expect(taking).rejects.toThrow('no such pod');
  });
});

describe('requests', () => {
  it('carry the token, ask for a page, and count', async () => {
    const api = await open();
    expect(
      await api.list({ ...PODS, namespace: 'a' }, { labelSelector: 'app=x', fieldSelector: 'spec.nodeName=n' }),
    ).toEqual({
      ok: true,
      status: 200,
      size: expect.any(Number),
      value: { items: [], resourceVersion: '5' },
    });
    const [request] = server.received;
    expect(request?.path).toBe('/api/v1/namespaces/a/pods');
    expect(Object.fromEntries(request?.query ?? [])).toEqual({
      limit: '500',
      labelSelector: 'app=x',
      fieldSelector: 'spec.nodeName=n',
    });
    expect(request?.headers.authorization).toBe('Bearer secret');
    expect(api.requests).toBe(1);
  });

  it('impersonate', async () => {
    const api = await open(systemClock, { as: 'bob', asGroups: ['one', 'two'] });
    await api.list(PODS);
    expect(server.received[0]?.headers).toMatchObject({ 'impersonate-user': 'bob', 'impersonate-group': 'one, two' });
    expect(api.identity.user).toBe('bob');
  });

  it('keep the path prefix of a server behind a proxy', async () => {
    const api = await open(systemClock, { server: `${server.url}/k8s/clusters/c-1/` });
    await api.list(PODS);
    expect(server.received[0]?.path).toBe('/k8s/clusters/c-1/api/v1/pods');
  });

  it('send texts with the escapes of Go, since a server compares a patch with its own text', async () => {
    server.behave((_, response) =>
      json(response, 200, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }),
    );
    const api = await open();
    const value = '<a href="?b&c">\u2028\u2029é\\u003c\n';
    await api.patch(CONFIG, 'json', [{ op: 'test', path: '/data/a', value }]);
    const body = server.received[0]?.body ?? '';
    expect(body).toContain(String.raw`"\u003ca href=\"?b\u0026c\"\u003e\u2028\u2029é\\u003c\n"`);
    expect(JSON.parse(body)).toEqual([{ op: 'test', path: '/data/a', value }]);
  });

  it('keep their connection after a deletion, which has a body', async () => {
    server.behave((_, response) => json(response, 200, { kind: 'Status', metadata: {}, status: 'Success' }));
    const api = await open();
    for (let times = 0; times < 3; times += 1) {
      await api.remove(CONFIG, { uid: 'u' });
      // The connection is free once its answer has been dealt with.
      await new Promise(resolve => setImmediate(resolve));
    }
    expect(server.received.map(({ method }) => method)).toEqual(['DELETE', 'DELETE', 'DELETE']);
    expect(server.connections()).toBe(1);
  });

  it('know how each kind of write is said', async () => {
    server.behave((_, response) =>
      json(response, 200, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }),
    );
    const api = await open();
    const object = { ...CONFIG, metadata: { name: 'c', namespace: 'ns' } };
    await api.create(object, { dryRun: true, fieldManager: 'me', fieldValidation: 'Strict' });
    await api.replace(object);
    await api.patch(CONFIG, 'json', []);
    await api.patch(CONFIG, 'merge', {});
    await api.patch(CONFIG, 'strategic', {});
    await api.patch(CONFIG, 'apply', {}, { force: true, subresource: 'status' });
    await api.remove(
      { ...CONFIG, uid: 'u' },
      { resourceVersion: '7', gracePeriodSeconds: 0, propagationPolicy: 'Foreground', dryRun: true },
    );
    const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'ns', name: 'p' };
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p', namespace: 'ns' } };
    await api.create(eviction, { subresource: 'eviction', on: pod });
    const told = server.received.map(each => [
      each.method,
      each.path,
      Object.fromEntries(each.query),
      each.headers['content-type'],
    ]);
    const path = '/api/v1/namespaces/ns/configmaps';
    expect(told).toEqual([
      ['POST', path, { dryRun: 'All', fieldManager: 'me', fieldValidation: 'Strict' }, 'application/json'],
      ['PUT', `${path}/c`, { fieldManager: 'mayday' }, 'application/json'],
      ['PATCH', `${path}/c`, { fieldManager: 'mayday' }, 'application/json-patch+json'],
      ['PATCH', `${path}/c`, { fieldManager: 'mayday' }, 'application/merge-patch+json'],
      ['PATCH', `${path}/c`, { fieldManager: 'mayday' }, 'application/strategic-merge-patch+json'],
      ['PATCH', `${path}/c/status`, { fieldManager: 'mayday', force: 'true' }, 'application/apply-patch+yaml'],
      ['DELETE', `${path}/c`, {}, 'application/json'],
      ['POST', '/api/v1/namespaces/ns/pods/p/eviction', { fieldManager: 'mayday' }, 'application/json'],
    ]);
    expect(JSON.parse(server.received[6]?.body ?? '')).toEqual({
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      preconditions: { uid: 'u', resourceVersion: '7' },
      gracePeriodSeconds: 0,
      propagationPolicy: 'Foreground',
      dryRun: ['All'],
    });
  });

  it('are not sent for names that would lead elsewhere', async () => {
    const api = await open();
    for (const name of ['..', '.', 'a/b', 'a%2fb', '']) {
      expect(await api.get({ ...CONFIG, name })).toMatchObject({ ok: false, reason: 'invalid', status: 0 });
    }
    expect(await api.get({ apiVersion: 'v1', kind: 'Pod', name: 'p' })).toMatchObject({
      reason: 'invalid',
      message: 'Pod p needs a namespace, none was given',
    });
    expect(server.received).toEqual([]);
  });
});

describe('answers', () => {
  it('give items and partial objects their kind', async () => {
    server.behave((request, response) =>
      request.path.endsWith('/pods')
        ? json(response, 200, {
            metadata: { resourceVersion: '1', continue: 'more', remainingItemCount: 3 },
            items: [{ metadata: { name: 'a' } }],
          })
        : json(response, 200, { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'c' } }),
    );
    const api = await open();
    expect(await api.list(PODS)).toMatchObject({
      value: { items: [{ ...PODS, metadata: { name: 'a' } }], continue: 'more', remaining: 3 },
    });
    expect(await api.get(CONFIG, { metadataOnly: true })).toMatchObject({
      value: { kind: 'ConfigMap', apiVersion: 'v1' },
    });
    expect(server.received[1]?.headers.accept).toContain('as=PartialObjectMetadata');
  });

  it('bring their warnings along', async () => {
    server.behave((_, response) =>
      json(
        response,
        200,
        { ...CONFIG, metadata: { name: 'c' } },
        { warning: '299 - "unknown field \\"spec.x\\"", 299 - "old\u0009api"' },
      ),
    );
    expect(await (await open()).get(CONFIG)).toMatchObject({
      ok: true,
      warnings: ['unknown field "spec.x"', 'old api'],
    });
  });

  it('may be compressed', async () => {
    server.behave((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(JSON.stringify({ metadata: { resourceVersion: '9' }, items: [] })));
    });
    expect(await (await open()).list(PODS)).toMatchObject({ ok: true, value: { resourceVersion: '9' } });
  });

  it('that are no JSON, or no list, are failures', async () => {
    const api = await open();
    server.behave((_, response) => response.end('<html>login\x1b[31m</html>'));
    expect(await api.list(PODS)).toMatchObject({
      reason: 'server-error',
      message: 'the answer is not JSON: <html>login</html>',
    });
    server.behave((_, response) => json(response, 200, { kind: 'Pod' }));
    expect(await api.list(PODS)).toMatchObject({
      reason: 'server-error',
      message: 'expected a list of Pod, the server sent something else',
    });
    server.behave((_, response) => json(response, 200, null));
    expect(await api.list(PODS)).toMatchObject({ reason: 'server-error' });
  });

  it('in text are fine where text was asked for', async () => {
    server.behave((_, response) => response.end('ok'));
    expect(
      await (await open()).raw({ path: '/readyz', accept: 'text/plain', query: { verbose: 'true' } }),
    ).toMatchObject({ ok: true, value: 'ok' });
    expect(server.received[0]?.query.get('verbose')).toBe('true');
  });

  it('to a patch that expected another object are conflicts; other invalid patches are not', async () => {
    const api = await open();
    server.behave((_, response) =>
      json(response, 422, statusBody(422, 'Invalid', 'the server rejected our request due to an error in our request')),
    );
    expect(await api.patch(CONFIG, 'json', [])).toMatchObject({ reason: 'conflict', status: 422 });
    expect(await api.patch(CONFIG, 'merge', {})).toMatchObject({ reason: 'invalid', status: 422 });
    const otherUid = [{ reason: 'FieldValueInvalid', message: 'field is immutable', field: 'metadata.uid' }];
    server.behave((_, response) => json(response, 422, statusBody(422, 'Invalid', 'no', { causes: otherUid })));
    expect(await api.patch(CONFIG, 'merge', {})).toMatchObject({ reason: 'conflict', status: 422 });
    const causes = [{ reason: 'FieldValueInvalid', message: 'x', field: 'spec' }];
    server.behave((_, response) => json(response, 422, statusBody(422, 'Invalid', 'no', { causes })));
    expect(await api.patch(CONFIG, 'json', [])).toMatchObject({ reason: 'invalid', causes: [{ field: 'spec' }] });
  });

  it('tell the server time', async () => {
    const api = await open();
    expect(api.serverTime().known).toBe(false);
    await api.list(PODS);
    const { known, offsetMs, uncertaintyMs } = api.serverTime();
    expect(known).toBe(true);
    expect(Math.abs(offsetMs)).toBeLessThanOrEqual(uncertaintyMs + 1);
  });
});

describe('a list of many pages', () => {
  const page = (names: string[], token?: string) => ({
    metadata: { resourceVersion: '5', ...(token && { continue: token }) },
    items: names.map(name => ({ metadata: { name } })),
  });

  it('is joined', async () => {
    server.behave((request, response) =>
      json(response, 200, request.query.get('continue') === 'two' ? page(['c']) : page(['a', 'b'], 'two')),
    );
    const all = await (await open()).listAll(PODS, { limit: 2 });
    expect(all.ok && all.value.items.map(item => item.metadata.name)).toEqual(['a', 'b', 'c']);
  });

  it('starts over once when its pages expire, and fails as a whole otherwise', async () => {
    let expired = 1;
    server.behave((request, response) => {
      if (!request.query.has('continue')) return json(response, 200, page(['a'], 'two'));
      expired -= 1;
      return expired >= 0
        ? json(response, 410, statusBody(410, 'Expired', 'too old'))
        : json(response, 200, page(['b']));
    });
    const api = await open();
    expect(await api.listAll(PODS)).toMatchObject({ ok: true, value: { items: [{}, {}] } });
    expired = 9;
    expect(await api.listAll(PODS)).toMatchObject({ ok: false, reason: 'gone' });
  });
});

describe('trouble', () => {
  it('429: a read waits as long as it is told and tries again', async () => {
    const clock = manualClock();
    let refusals = 2;
    server.behave((request, response) => {
      refusals -= 1;
      return refusals >= 0
        ? json(response, 429, statusBody(429, 'TooManyRequests', 'busy'), { 'retry-after': '1' })
        : emptyList(request, response);
    });
    const api = await open(clock);
    const answer = api.list(PODS);
    await until(() => clock.sleeping.includes(1000));
    await clock.advance(1000);
    await until(() => server.received.length === 2 && clock.sleeping.includes(1000));
    await clock.advance(1000);
    expect(await answer).toMatchObject({ ok: true });
    expect(server.received).toHaveLength(3);
  });

  it('429: a read does not wait for ever, nor a write at all', async () => {
    const api = await open();
    server.behave((_, response) =>
      json(response, 429, statusBody(429, 'TooManyRequests', 'busy'), { 'retry-after': '60' }),
    );
    expect(await api.list(PODS)).toMatchObject({ reason: 'throttled', retryAfterMs: 60_000 });
    server.behave((_, response) =>
      json(response, 429, statusBody(429, 'TooManyRequests', 'busy'), { 'retry-after': '1' }),
    );
    expect(await api.remove(CONFIG)).toMatchObject({ reason: 'throttled', retryAfterMs: 1000 });
    expect(server.received).toHaveLength(2);
  });

  it('500: said once, not tried again', async () => {
    server.behave((_, response) => json(response, 500, statusBody(500, 'InternalError', 'etcd is on fire')));
    expect(await (await open()).list(PODS)).toMatchObject({
      reason: 'server-error',
      status: 500,
      message: 'etcd is on fire',
    });
    expect(server.received).toHaveLength(1);
  });

  it('a dropped connection: a read is sent again once, a write never', async () => {
    const api = await open();
    server.behave((_, response) => response.socket?.destroy());
    const failed = await api.list(PODS);
    expect(failed).toMatchObject({ ok: false, reason: 'unreachable', status: 0 });
    expect(failed).not.toHaveProperty('lost');
    expect(server.received).toHaveLength(2);
    expect(await api.patch(CONFIG, 'merge', {})).toMatchObject({ reason: 'unreachable' });
    expect(server.received).toHaveLength(3);
  });

  it('a body that breaks off', async () => {
    server.behave((_, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"metadata":');
      setImmediate(() => response.socket?.destroy());
    });
    expect(await (await open()).patch(CONFIG, 'merge', {})).toMatchObject({ reason: 'unreachable' });
  });

  it('no headers before the deadline', async () => {
    const clock = manualClock();
    server.behave(() => undefined);
    const answer = (await open(clock)).get(CONFIG, { timeoutMs: 4000 });
    await until(() => server.received.length === 1);
    await clock.advance(4000);
    expect(await answer).toMatchObject({ reason: 'unreachable', message: `${server.url} gave no answer within 4s` });
  });

  it('a body that trickles past the deadline', async () => {
    const clock = manualClock();
    server.behave((_, response) => response.writeHead(200).write('{'));
    const answer = (await open(clock)).get(CONFIG, { timeoutMs: 4000 });
    await until(() => server.received.length === 1);
    await clock.advance(4000);
    expect(await answer).toMatchObject({ reason: 'unreachable' });
  });

  it('given up by the caller, before or during', async () => {
    server.behave(() => undefined);
    const api = await open();
    const stop = new AbortController();
    const answer = api.get(CONFIG, { signal: stop.signal });
    await until(() => server.received.length === 1);
    stop.abort();
    expect(await answer).toMatchObject({ reason: 'aborted' });
    expect(await api.get(CONFIG, { signal: stop.signal })).toMatchObject({ reason: 'aborted' });
    expect(server.received).toHaveLength(1);
  });

  it('closed under the request', async () => {
    server.behave(() => undefined);
    const api = await open();
    const answer = api.get(CONFIG);
    await until(() => server.received.length === 1);
    await api.close();
    expect(await answer).toMatchObject({ reason: 'aborted' });
    expect(await api.get(CONFIG)).toMatchObject({ reason: 'aborted' });
  });

  it('nobody there', async () => {
    const api = await open();
    await server.close();
    expect(await api.get(CONFIG)).toMatchObject({
      reason: 'unreachable',
      message: `cannot reach ${server.url}: connection refused`,
    });
  });
});
