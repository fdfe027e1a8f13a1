import { describe, expect, test } from 'vitest';
import type { RawRequest } from '../../../src/kube/client/api.ts';
import type { Outcome } from '../../../src/kube/client/http/outcome.ts';
import { createNamedReader } from '../../../src/triage/run/read-named.ts';
import { type FakeApi, failing, fakeApi } from '../../support/fake-api.ts';

const clock = { monotonic: () => 0 };
const base64 = (text: string) => Buffer.from(text).toString('base64');
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
const KEY = '-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----';
const SECRET = {
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'kubernetes.io/tls',
  metadata: { name: 'cert', namespace: 'shop', annotations: { copy: 'hunter2' } },
  data: { 'tls.crt': base64(`${PEM}\n${KEY}\n${PEM}\n`), 'tls.key': base64(KEY), 'ca.crt': base64('hunter2') },
};

function answering(api: FakeApi, answer: (request: RawRequest) => Outcome<unknown>): RawRequest[] {
  const asked: RawRequest[] = [];
  api.raw = request => {
    asked.push(request);
    return Promise.resolve(answer(request));
  };
  return asked;
}

describe('reads of single things', () => {
  test('the certificates of a Secret come alone: no key, and nothing that is none', async () => {
    const { read } = createNamedReader(fakeApi([SECRET]), clock);
    const answers = await read([{ is: 'certificates', namespace: 'shop', secret: 'cert' }]);
    expect(answers.certificates('shop', 'cert')).toMatchObject({
      ok: true,
      value: [{ name: 'tls.crt', pem: `${PEM}\n${PEM}` }],
    });
    expect(JSON.stringify(answers.certificates('shop', 'cert'))).not.toContain('hunter2');
  });

  test('a Secret that is read as an object shows its keys and no values', async () => {
    const ref = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'cert' };
    const { read } = createNamedReader(fakeApi([SECRET]), clock);
    const found = (await read([{ is: 'object', ref }])).object(ref);
    expect(found?.ok && Object.keys(found.value.data as object)).toEqual(['tls.crt', 'tls.key', 'ca.crt']);
    const text = JSON.stringify(found);
    for (const secret of ['hunter2', ...Object.values(SECRET.data)]) expect(text).not.toContain(secret);
  });

  test('a log is asked for by lines and bytes, and its lines are sanitised', async () => {
    const api = fakeApi();
    const asked = answering(api, () => ({ ok: true, status: 200, value: 'old\none\n\u001b[31mpanic: x\u001b[0m\n' }));
    const log = { is: 'log', namespace: 'shop', pod: 'web-1', container: 'web', previous: true, lines: 2 } as const;
    const answers = await createNamedReader(api, clock).read([log]);
    expect(answers.log(log)).toMatchObject({ ok: true, value: ['one', 'panic: x'] });
    expect(asked).toMatchObject([
      {
        path: '/api/v1/namespaces/shop/pods/web-1/log',
        query: { container: 'web', previous: 'true', tailLines: '2', limitBytes: '262144' },
      },
    ]);
  });

  test('instances are asked for by metadata, in all namespaces unless told', async () => {
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'shop' } };
    const read = { is: 'instances', apiVersion: 'example.com/v1', kind: 'Widget' } as const;
    const answers = await createNamedReader(fakeApi([widget]), clock).read([read]);
    expect(answers.instances(read)).toMatchObject({ ok: true, value: [{ metadata: { name: 'w' } }] });
    expect(answers.instances({ ...read, namespace: 'other' })).toBeUndefined();
  });

  test('what fails is an outcome, also where the client throws', async () => {
    const api = fakeApi();
    api.get = () => Promise.reject(new Error('broken'));
    answering(api, () => failing('server-error', 'the server answered 500: [-]etcd failed'));
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'gone' };
    const answers = await createNamedReader(api, clock).read([
      { is: 'object', ref },
      { is: 'path', path: '/readyz?verbose' },
      { is: 'path', path: 'https://elsewhere' },
    ]);
    expect(answers.object(ref)).toMatchObject({ ok: false, message: expect.stringContaining('broken') });
    expect(answers.path('/readyz?verbose')).toMatchObject({ ok: false, reason: 'server-error' });
    expect(answers.path('https://elsewhere')).toMatchObject({ ok: false, reason: 'invalid' });
    expect(answers.path('/version')).toBeUndefined();
  });

  test('asks once for what several rules ask for, and not for more than can be read', async () => {
    const api = fakeApi();
    const asked = answering(api, () => ({ ok: true, status: 200, value: 'ok' }));
    const { read } = createNamedReader(api, clock);
    const version = { is: 'path', path: '/version' } as const;
    await read([version, version]);
    const many = Array.from({ length: 400 }, (_, index) => ({ is: 'path', path: `/p/${index}` }) as const);
    const answers = await read([version, ...many]);
    expect(asked).toHaveLength(300);
    expect(answers.path('/p/399')).toMatchObject({ ok: false, message: expect.stringContaining('300') });
  });
});
