import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { exchange } from '../../../../src/kube/client/http/exchange.ts';
import type { RawAnswer } from '../../../../src/kube/client/http/raw-answer.ts';
import { loadHttpLibrary } from '../../../../src/kube/connection/http-library.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A server, a way to ask it over at most one connection, and its connections so far. */
async function serving(listener: RequestListener) {
  const server: Server = createServer(listener);
  const sockets: Socket[] = [];
  server.on('connection', socket => sockets.push(socket));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { Agent } = await loadHttpLibrary();
  const agent = new Agent({ connections: 1 });
  closing.push(() => new Promise(resolve => server.close(resolve)));
  closing.push(() => agent.destroy());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const ask = (signal = new AbortController().signal) =>
    exchange({ dispatcher: agent, url, method: 'GET', headers: {}, signal });
  return { ask, sockets, url };
}

async function textOf({ body }: RawAnswer): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('an answer', () => {
  test('arrives whole, however slowly it is read, and the server is held up meanwhile', async () => {
    const piece = Buffer.alloc(256 * 1024, 'x');
    const pieces = 64;
    let written = 0;
    const { ask } = await serving(async (_request, response) => {
      while (written < pieces) {
        written += 1;
        if (!response.write(piece)) await new Promise(resolve => response.once('drain', resolve));
      }
      response.end();
    });
    const answer = await ask();
    // Once nothing more is written, everything between the two sides is full.
    for (let before = -1; before !== written; ) {
      before = written;
      await new Promise(resolve => setTimeout(resolve, 200));
    }
    expect(written).toBeLessThan(pieces);
    expect((await textOf(answer)).length).toBe(pieces * piece.length);
  });

  test('leaves its connection to the next request', async () => {
    const { ask, sockets } = await serving((_request, response) => response.end('fine'));
    for (let request = 0; request < 3; request++) expect(await textOf(await ask())).toBe('fine');
    expect(sockets).toHaveLength(1);
  });

  test('that is thrown away leaves its connection as well, unless it is long', async () => {
    const long = Buffer.alloc(4 * 1024 * 1024, 'x');
    let requests = 0;
    const { ask, sockets } = await serving((_request, response) => {
      requests += 1;
      response.end(requests === 1 ? 'short' : long);
    });
    await (await ask()).body.dump({ limit: 1_000 });
    await (await ask()).body.dump({ limit: 1_000 });
    expect(sockets).toHaveLength(1);
    await (await ask()).body.dump({ limit: 1_000 });
    expect(sockets).toHaveLength(2);
  });

  test('whose reader stops early closes its connection', async () => {
    const { ask, sockets } = await serving((_request, response) => {
      response.write('begun');
    });
    const closed = ask().then(async answer => {
      const gone = new Promise(resolve => sockets[0]?.once('close', resolve));
      for await (const chunk of answer.body) {
        expect(chunk.toString()).toBe('begun');
        break;
      }
      return gone;
    });
    await closed;
    expect(sockets[0]?.destroyed).toBe(true);
  });

  test('that breaks off in the middle is an error for its reader', async () => {
    const { ask } = await serving((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('begun', () => response.destroy());
    });
    await expect(textOf(await ask())).rejects.toThrow();
  });
});

describe('a request that is given up', () => {
  const REASON = new Error('enough');

  test('before it is answered ends at once, with the reason', async () => {
    const stop = new AbortController();
    const { ask } = await serving(() => stop.abort(REASON));
    await expect(ask(stop.signal)).rejects.toBe(REASON);
  });

  test('while it waits for a connection is never sent', async () => {
    const paths: string[] = [];
    let answer: (() => void) | undefined;
    const { ask } = await serving((request, response) => {
      paths.push(request.url ?? '');
      if (paths.length === 1) answer = () => response.end('first');
      else response.end('next');
    });
    const first = ask();
    const stop = new AbortController();
    const second = ask(stop.signal);
    const third = ask();
    stop.abort(REASON);
    await expect(second).rejects.toBe(REASON);
    while (answer === undefined) await new Promise(resolve => setImmediate(resolve));
    answer();
    expect(await textOf(await first)).toBe('first');
    expect(await textOf(await third)).toBe('next');
    expect(paths).toHaveLength(2);
  });

  test('in the middle of its answer ends the reading with the reason', async () => {
    const stop = new AbortController();
    const { ask } = await serving((_request, response) => {
      response.write('begun');
    });
    const answer = await ask(stop.signal);
    const reading = textOf(answer);
    stop.abort(REASON);
    await expect(reading).rejects.toBe(REASON);
  });
});

test('a server that nobody answers for is an error with its code', async () => {
  const { url } = await serving(() => undefined);
  const { Agent } = await loadHttpLibrary();
  const agent = new Agent({ connections: 1 });
  closing.push(() => agent.destroy());
  const nobody = url.replace(/:\d+/, ':1');
  await expect(
    exchange({
      dispatcher: agent,
      url: nobody,
      method: 'GET',
      headers: {},
      signal: new AbortController().signal,
    }),
  ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
