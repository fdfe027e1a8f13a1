import { generateKeyPairSync } from 'node:crypto';
import { request } from 'node:https';
import { afterEach, describe, expect, it } from 'vitest';
import { selfSigned } from '../../src/k8s/certificate.ts';
import { startWebhookServer, type WebhookServer } from '../../src/webhook-server/server.ts';

const DAY = 86_400_000;
const { certificate, key } = selfSigned(generateKeyPairSync('ec', { namedCurve: 'P-256' }), {
  commonName: 'test',
  dnsNames: ['localhost'],
  from: Date.now() - DAY,
  until: Date.now() + DAY,
});

let server: WebhookServer | undefined;
afterEach(() => server?.close());

async function started(options: { delayMs?: number; sleep?: (ms: number, signal: AbortSignal) => Promise<void> } = {}) {
  server = await startWebhookServer({ port: 0, host: '127.0.0.1', cert: certificate, key, delayMs: 0, ...options });
  return server.port;
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** One request, checked against the certificate as the API server would. */
function ask(
  port: number,
  how: { method: string; path: string; body?: string; signal?: AbortSignal },
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { method, path, signal } = how;
  const asking = request(
    {
      host: '127.0.0.1',
      port,
      servername: 'localhost',
      ca: certificate,
      method,
      path,
      agent: false,
      ...(signal ? { signal } : {}),
    },
    answer => {
      let text = '';
      answer.setEncoding('utf8').on('data', chunk => {
        text += chunk;
      });
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) as Record<string, unknown> }),
      );
    },
  );
  asking.on('error', reject);
  asking.end(how.body);
  return promise;
}

const REVIEW = JSON.stringify({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: { uid: 'u-1', operation: 'CREATE' },
});
const validate = (port: number, more: { body?: string; signal?: AbortSignal } = {}) =>
  ask(port, { method: 'POST', path: '/validate', body: REVIEW, ...more });

describe('the webhook server', () => {
  it('says yes to every review, in its own words and version', async () => {
    const port = await started();
    expect(await validate(port)).toEqual({
      status: 200,
      body: { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid: 'u-1', allowed: true } },
    });
  });

  it('really waits: no answer before the delay is over', async () => {
    const port = await started({ delayMs: 60 });
    const began = performance.now();
    await validate(port);
    // Timers may fire up to a millisecond early.
    expect(performance.now() - began).toBeGreaterThanOrEqual(59);
  });

  it('waits as long as it was told, each review for itself, and health is told at once', async () => {
    const waits: number[] = [];
    const gate = Promise.withResolvers<void>();
    const port = await started({
      delayMs: 25_000,
      sleep: ms => {
        waits.push(ms);
        return gate.promise;
      },
    });
    const reviews = [validate(port), validate(port)];
    await expect.poll(() => waits).toEqual([25_000, 25_000]);
    expect(await ask(port, { method: 'GET', path: '/healthz' })).toMatchObject({ status: 200 });
    gate.resolve();
    expect((await Promise.all(reviews)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('stops waiting for a caller that is gone', async () => {
    const seen = Promise.withResolvers<AbortSignal>();
    const port = await started({
      sleep: (_ms, signal) => {
        seen.resolve(signal);
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    });
    const caller = new AbortController();
    const asked = validate(port, { signal: caller.signal });
    const signal = await seen.promise;
    caller.abort();
    await expect(asked).rejects.toThrow();
    await expect.poll(() => signal.aborted).toBe(true);
  });

  it.each([
    ['no JSON', '{', 400],
    ['no review', '{}', 400],
    ['no uid', '{"apiVersion":"admission.k8s.io/v1","request":{}}', 400],
  ])('refuses %s without waiting', async (_what, body, status) => {
    const port = await started({ sleep: () => Promise.reject(new Error('it waited')) });
    expect(await validate(port, { body })).toMatchObject({ status });
  });

  it('takes no other method', async () => {
    expect(await ask(await started(), { method: 'PUT', path: '/validate' })).toMatchObject({ status: 405 });
  });

  it('rejects where the port is taken', async () => {
    const port = await started();
    const again = startWebhookServer({ port, host: '127.0.0.1', cert: certificate, key, delayMs: 0 });
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
