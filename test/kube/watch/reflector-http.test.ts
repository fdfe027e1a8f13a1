import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/host/clock.ts';
import { connect } from '../../../src/kube/connection/connection.ts';
import { createReflector, type Update } from '../../../src/kube/watch/reflector.ts';
import { type Behaviour, json, startServer, statusBody } from '../misbehaving-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const pod = (name: string, version: number) => ({
  metadata: { name, uid: `uid-${name}`, resourceVersion: String(version) },
});
const line = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;
const page = (version: number, names: string[], token?: string) => ({
  metadata: { resourceVersion: String(version), ...(token && { continue: token }) },
  items: names.map(name => pod(name, version)),
});
const drop = (response: ServerResponse, text: string) =>
  response.write(text, () => setImmediate(() => response.socket?.destroy()));

/** Follows pods through a server that goes through the script, one entry for each request. */
async function follow(script: Behaviour[], enough: (names: string[]) => boolean) {
  const server = await startServer((request, response) => {
    const next = script.shift();
    if (next) next(request, response);
    else response.flushHeaders();
  });
  cleanups.push(server.close);
  const connected = await connect({ server: server.url });
  if (!connected.ok) throw new Error(connected.message);
  cleanups.push(() => connected.value.close());
  const stop = new AbortController();
  const reflector = createReflector({
    api: connected.value,
    collection: { apiVersion: 'v1', kind: 'Pod' },
    project: object => ({ name: object.metadata.name }),
    clock: systemClock,
    random: Math.random,
    timing: { pageSize: 2, pauseMs: 5, batchMs: 5 },
  });
  const updates: Update<{ name: string }>[] = [];
  await new Promise<void>(resolve => {
    reflector.subscribe(update => {
      updates.push(update);
      const names = [...reflector.rows.values()].map(row => row.name);
      if (update.status.state === 'synced' && enough(names)) resolve();
    });
    cleanups.push(() => stop.abort());
    void reflector.run(stop.signal);
  });
  return {
    requests: server.received,
    reasons: updates.flatMap(({ status }) => status.reason ?? []),
    names: [...reflector.rows.values()].map(row => row.name).sort(),
  };
}

describe('following pods over HTTP', () => {
  it('survives drops, half lines, expired versions, refusals and errors, and misses nothing', async () => {
    const { requests, names, reasons } = await follow(
      [
        (_, response) => json(response, 500, statusBody(500, 'InternalError', 'not yet')),
        (_, response) => json(response, 200, page(5, ['a', 'b'], 'next')),
        (_, response) => json(response, 410, statusBody(410, 'Expired', 'continue token expired')),
        (_, response) => json(response, 200, page(6, ['a', 'b'], 'next')),
        (_, response) => json(response, 429, statusBody(429, 'TooManyRequests', 'slow down'), { 'retry-after': '0' }),
        (_, response) => json(response, 200, page(6, ['c'])),
        (_, response) => drop(response, `${line('ADDED', pod('d', 7))}{"type":"ADDED","object":{"meta`),
        (_, response) => json(response, 200, page(8, [])),
        (_, response) => drop(response, line('BOOKMARK', { metadata: { resourceVersion: '9' } })),
        (_, response) => json(response, 200, page(9, [])),
        (_, response) => json(response, 503, statusBody(503, 'ServiceUnavailable', 'leader election')),
        (_, response) =>
          response.end(line('DELETED', pod('a', 10)) + line('ERROR', statusBody(410, 'Expired', 'too old'))),
        (_, response) => json(response, 200, page(12, ['c', 'd'], 'next')),
        (_, response) => json(response, 200, page(12, ['e'])),
        (_, response) => response.write(line('ADDED', pod('日本', 13))),
      ],
      names => names.includes('日本'),
    );
    expect(names).toEqual(['c', 'd', 'e', '日本']);
    const asked = requests.map(({ query }) => {
      if (query.has('watch')) return `watch ${query.get('resourceVersion')}`;
      return query.get('limit') === '1' ? 'version?' : `list ${query.get('continue') ?? ''}`;
    });
    expect(asked).toEqual([
      ...['list ', 'list ', 'list next', 'list ', 'list next', 'list next'],
      ...['watch 6', 'version?', 'watch 7', 'version?', 'watch 9', 'watch 9'],
      ...['list ', 'list next', 'watch 12'],
    ]);
    expect(reasons).toContain('not yet');
    expect(reasons).toContain('continue token expired');
    expect(reasons).toContain('leader election');
  });

  it('forgets what it was handed of a page that broke off and was asked for again', async () => {
    const broken = JSON.stringify(page(5, ['gone-meanwhile', 'a', 'b'], 'next'));
    const { names, requests } = await follow(
      [
        (_, response) => drop(response, broken.slice(0, -20)),
        (_, response) => json(response, 200, page(6, ['a', 'b'], 'next')),
        (_, response) => json(response, 200, page(6, ['c', 'd', 'e'])),
        (_, response) => response.write(line('BOOKMARK', { metadata: { resourceVersion: '7' } })),
      ],
      found => found.includes('e'),
    );
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(requests).toHaveLength(4);
  });

  it('takes a body that is no list, or breaks off, for a failure to try again', async () => {
    const { names, reasons } = await follow(
      [
        (_, response) => response.end('<html>'),
        (_, response) => response.writeHead(200, { 'content-length': '99' }) && drop(response, '{"metadata"'),
        (_, response) => drop(response, '{'),
        (_, response) => json(response, 200, page(5, ['a'])),
        (_, response) => response.write(line('BOOKMARK', { metadata: { resourceVersion: '6' } })),
      ],
      names => names.includes('a'),
    );
    expect(names).toEqual(['a']);
    expect(reasons[0]).toBe('the answer is not JSON: <html>');
  });
});
