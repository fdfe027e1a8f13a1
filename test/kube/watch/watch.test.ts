import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Api, WatchEvent } from '../../../src/kube/client/api.ts';
import type { Failure } from '../../../src/kube/client/http/outcome.ts';
import { connect } from '../../../src/kube/connection/connection.ts';
import { manualClock, settle } from '../../support/manual-clock.ts';
import { json, type MisbehavingServer, startServer, statusBody } from '../misbehaving-server.ts';

const PODS = { apiVersion: 'v1', kind: 'Pod' };
const line = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;
const added = (name: string) => line('ADDED', { metadata: { name, resourceVersion: '2' } });

let server: MisbehavingServer;
let api: Api;
let stream: (response: ServerResponse) => void;

beforeEach(async () => {
  server = await startServer((_, response) => stream(response));
  const connected = await connect({ server: server.url });
  if (!connected.ok) throw new Error(connected.message);
  api = connected.value;
});
afterEach(async () => {
  await api.close();
  await server.close();
});

async function all(signal = new AbortController().signal): Promise<(WatchEvent | Failure)[]> {
  const events: (WatchEvent | Failure)[] = [];
  for await (const event of api.watch(PODS, { resourceVersion: '1', signal })) events.push(event);
  return events;
}
const names = (events: (WatchEvent | Failure)[]) =>
  events.map(event => ('object' in event ? event.object.metadata.name : event));

describe('a watch', () => {
  it('asks for bookmarks from its version on', async () => {
    stream = response => response.end();
    let openings = 0;
    for await (const _ of api.watch(PODS, {
      resourceVersion: '7',
      labelSelector: 'a=b',
      metadataOnly: true,
      onOpen: () => (openings += 1),
      signal: new AbortController().signal,
    }));
    expect(Object.fromEntries(server.received[0]?.query ?? [])).toEqual({
      resourceVersion: '7',
      labelSelector: 'a=b',
      watch: '1',
      allowWatchBookmarks: 'true',
    });
    expect(server.received[0]?.headers.accept).toContain('as=PartialObjectMetadata');
    expect(openings).toBe(1);
  });

  it('gives events and bookmarks, and ends when the server does', async () => {
    stream = response =>
      response.end(
        added('a') +
          line('MODIFIED', { metadata: { name: 'a' } }) +
          line('BOOKMARK', { metadata: { resourceVersion: '9' } }) +
          line('DELETED', { metadata: { name: 'a' } }),
      );
    expect((await all()).map(event => 'type' in event && event.type)).toEqual([
      'ADDED',
      'MODIFIED',
      'BOOKMARK',
      'DELETED',
    ]);
  });

  it('puts lines and characters together again, however they were cut', async () => {
    stream = response => {
      const bytes = Buffer.from(added('日本') + added('naïve-👩‍💻'));
      let at = 0;
      const next = () => {
        if (at >= bytes.length) {
          response.end();
          return;
        }
        response.write(bytes.subarray(at, at + 3), () => setImmediate(next));
        at += 3;
      };
      next();
    };
    expect(names(await all())).toEqual(['日本', 'naïve-👩‍💻']);
  });

  it('reads compressed streams', async () => {
    stream = response => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(added('zipped')));
    expect(names(await all())).toEqual(['zipped']);
  });

  it('says so when the connection drops in mid-line', async () => {
    stream = response => {
      response.write(`${added('a')}{"type":"ADD`, () => setImmediate(() => response.socket?.destroy()));
    };
    expect(await all()).toMatchObject([{ type: 'ADDED' }, { ok: false, reason: 'unreachable' }]);
  });

  it('says when its version is too old, at the door and in mid-stream', async () => {
    stream = response => json(response, 410, statusBody(410, 'Expired', 'too old resource version'));
    expect(await all()).toMatchObject([{ ok: false, reason: 'gone', status: 410 }]);
    stream = response =>
      response.end(added('a') + line('ERROR', statusBody(410, 'Expired', 'too old')) + added('never read'));
    expect(await all()).toMatchObject([
      { type: 'ADDED' },
      { ok: false, reason: 'gone', status: 410, message: 'too old' },
    ]);
  });

  it.each([
    ['not json\n', 'the watch sent a line that is not JSON: not json'],
    ['{"type":"ADDED"}\n', 'the watch sent an event without an object: {"type":"ADDED"}'],
    ['null\n', 'the watch sent an event without an object: null'],
    [line('EXPLODED', { metadata: {} }), 'the watch sent an event of unknown type EXPLODED'],
  ])('fails plainly on %j', async (text, message) => {
    stream = response => response.end(text);
    expect(await all()).toMatchObject([{ ok: false, reason: 'server-error', message }]);
  });

  it('refused is a failure like any other', async () => {
    stream = response =>
      json(
        response,
        403,
        statusBody(
          403,
          'Forbidden',
          'pods is forbidden: User "a" cannot watch resource "pods" in API group "" at the cluster scope',
        ),
      );
    expect(await all()).toMatchObject([
      { reason: 'forbidden', denied: { user: 'a', verb: 'watch', resource: 'pods' } },
    ]);
  });

  it('ends quietly when it is given up, and lets the connection go', async () => {
    const closed = new Promise(resolve => {
      stream = response => {
        response.on('close', resolve);
        response.write(added('a'));
      };
    });
    const stop = new AbortController();
    const events: unknown[] = [];
    for await (const event of api.watch(PODS, { resourceVersion: '1', signal: stop.signal })) {
      events.push(event);
      stop.abort();
    }
    expect(events).toHaveLength(1);
    await closed;
  });

  it('is given up when the server shows no sign of life any more, and not before', async () => {
    const clock = manualClock();
    const silent = await connect({ server: server.url, clock });
    if (!silent.ok) throw new Error(silent.message);
    let alive = true;
    server.behave((request, response) => {
      if (request.path !== '/version') response.write(added('a'));
      else if (alive) json(response, 403, {});
    });
    const probes = () => server.received.filter(request => request.path === '/version').length;
    const until = async (fact: () => boolean) => {
      while (!fact()) await settle(1);
    };
    const events: unknown[] = [];
    const done = (async () => {
      for await (const event of silent.value.watch(PODS, {
        resourceVersion: '1',
        signal: new AbortController().signal,
      }))
        events.push(event);
    })();
    await until(() => events.length === 1);
    await clock.advance(9_999);
    expect(probes()).toBe(0);
    await clock.advance(1);
    await until(() => probes() === 1 && clock.sleeping.length === 1);
    alive = false;
    await clock.advance(10_000);
    await until(() => probes() === 2);
    expect(events).toHaveLength(1);
    await clock.advance(5_000);
    await done;
    expect(events[1]).toMatchObject({
      ok: false,
      reason: 'unreachable',
      message: `cannot reach ${server.url}: no sign of life`,
    });
    await until(() => clock.sleeping.length === 0);
    await silent.value.close();
  });

  it('lets the connection go when its reader leaves', async () => {
    const closed = new Promise(resolve => {
      stream = response => {
        response.on('close', resolve);
        response.write(added('a'));
      };
    });
    for await (const _ of api.watch(PODS, { resourceVersion: '1', signal: new AbortController().signal })) break;
    await closed;
  });
});
