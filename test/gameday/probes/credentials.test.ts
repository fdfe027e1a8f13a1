import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpConfig, httpConfig } from '../../../src/gameday/plan/http-config.ts';
import { probe as probeRules } from '../../../src/gameday/plan/probe-rules.ts';
import { credentialsOf } from '../../../src/gameday/probes/credentials.ts';
import { askProbe } from '../../../src/gameday/probes/look.ts';
import type { ProbeWorld } from '../../../src/gameday/probes/probe.ts';
import { fetchText } from '../../../src/host/fetch-text.ts';
import { issueServerCertificate } from '../../../src/sandbox/http/certificate.ts';

const files = new Map<string, string>();
const env: Record<string, string> = { PASSWORD: 's3cret' };
const sources = {
  read: (path: string) => {
    const text = files.get(path);
    return text === undefined ? { why: 'nothing' } : { text };
  },
  env,
};
const headersOf = (config: object) => credentialsOf(httpConfig.parse(config), sources);

test('a token is read from its file each time, and a password from its variable', () => {
  files.set('/token', 'first\n');
  const token = { authorization: { credentials_file: '/token' } };
  expect(headersOf(token)).toMatchObject({ headers: { authorization: 'Bearer first' } });
  files.set('/token', 'second');
  expect(headersOf(token)).toMatchObject({ headers: { authorization: 'Bearer second' } });
  expect(headersOf({ basic_auth: { username: 'ana', password_env: 'PASSWORD' } })).toMatchObject({
    headers: { authorization: `Basic ${Buffer.from('ana:s3cret').toString('base64')}` },
  });
});

test('what is missing is named by its place, and nothing in it is shown', () => {
  files.set('/empty', '\n');
  files.set('/odd', 's3cret\nmore');
  expect(headersOf({ authorization: { credentials_file: '/none' } })).toBe(
    'credentials_file: expected a file at /none, found nothing',
  );
  expect(headersOf({ authorization: { credentials_file: '/empty' } })).toBe(
    'credentials: expected one in /empty, found nothing',
  );
  expect(headersOf({ authorization: { credentials_file: '/odd' } })).toBe(
    'credentials: expected one line of ASCII in /odd, found something else',
  );
  expect(headersOf({ basic_auth: { username: 'a', password_env: 'NONE' } })).toBe(
    'password: expected one in the environment variable NONE, found nothing',
  );
});

let close: () => void = () => undefined;
let url = '';
beforeAll(async () => {
  const { key, certificate } = issueServerCertificate(Date.now());
  files.set('/ca.crt', certificate);
  const server = createServer({ key, cert: certificate }, (request, response) => {
    response.statusCode = request.headers.authorization === 'Bearer s3cret' ? 200 : 401;
    response.end('well');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterAll(() => close());

const world: Pick<ProbeWorld, 'fetch'> = {
  async fetch(address, { config, ...options }) {
    const known = credentialsOf(config as HttpConfig | undefined, sources);
    return typeof known === 'string'
      ? { ok: false, why: known, notAsked: true }
      : fetchText(address, { ...options, ...known });
  },
};
const look = async (config: object) => {
  const rules = probeRules.parse({ name: 'p', http: { url, within: '60s', http_config: config } });
  const { state, actual } = await askProbe(world as ProbeWorld, rules);
  return [state, actual];
};

test('a server behind TLS with an authority of its own is asked with the token', async () => {
  files.set('/token', 's3cret');
  const authorization = { credentials_file: '/token' };
  expect(await look({ authorization, tls_config: { ca_file: '/ca.crt' } })).toEqual([
    'pass',
    expect.stringMatching(/^200/),
  ]);
  expect(await look({ tls_config: { ca_file: '/ca.crt' } })).toEqual(['fail', expect.stringMatching(/^401/)]);
  expect(await look({ authorization })).toEqual(['fail', expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/)]);
});

test('a probe whose credentials are missing was not asked: it is blind, not broken', async () => {
  expect(await look({ authorization: { credentials_file: '/none' } })).toEqual([
    'blind',
    expect.stringContaining('/none'),
  ]);
});
