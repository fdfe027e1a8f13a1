import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Api } from '../../src/kube/client/api.ts';
import { type ProgramOnSandbox, programOnSandbox } from '../support/program-on-sandbox.ts';

const stale = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'left-behind' },
  webhooks: [
    {
      name: 'left.example.com',
      failurePolicy: 'Fail',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      clientConfig: { service: { namespace: 'gone', name: 'nowhere' } },
      rules: [{ apiGroups: ['batch'], apiVersions: ['v1'], resources: ['cronjobs'], operations: ['CREATE'] }],
    },
  ],
};
const ref = { apiVersion: stale.apiVersion, kind: stale.kind, name: 'left-behind' };
let person: ProgramOnSandbox;
let api: Api;
const mayday = (...args: string[]) => person.mayday(...args);

beforeAll(async () => {
  person = await programOnSandbox();
  api = person.api;
});
afterAll(() => person.close());
beforeEach(async () => {
  await api.remove(ref);
  await api.create(stale);
});

const policy = async (): Promise<unknown> => {
  const got = await api.get(ref);
  return got.ok ? (got.value.webhooks as { failurePolicy: string }[])[0]?.failurePolicy : got.reason;
};

it('a dead webhook is ignored for a while, scan shows it, and a guardian puts it back when mayday is long gone', async () => {
  const fixed = await mayday('fix', 'webhook/stale', '--do', 'ignore', '--ttl', '15s', '--yes', '-o', 'json');
  expect(fixed).toMatchObject({ code: 0 });
  expect(JSON.parse(fixed.stdout)).toMatchObject({ outcome: 'done', webhooks: ['left.example.com'] });
  expect(await policy()).toBe('Ignore');
  const { injections } = JSON.parse((await mayday('scan', '-o', 'json')).stdout);
  expect(injections).toMatchObject([
    { type: 'WebhookDisrupt', object: { name: 'left-behind' }, expiresAt: expect.anything() },
  ]);
  expect((await mayday('fix', 'webhook/stale', '--do', 'ignore', '--yes')).code).not.toBe(0);
  while ((await policy()) === 'Ignore') await sleep(200);
  expect(await policy()).toBe('Fail');
  const { injections: left } = JSON.parse((await mayday('scan', '-o', 'json')).stdout);
  expect(left).toEqual([]);
});

it('a stale webhook is saved, deleted and created again', async () => {
  const fixed = await mayday('fix', 'webhook/stale', '--yes', '-o', 'json');
  expect(fixed).toMatchObject({ code: 0 });
  const { saved, verified } = JSON.parse(fixed.stdout);
  expect(verified).toBe(true);
  expect(await policy()).toBe('not-found');
  expect(await mayday('fix', '--put-back', saved, '--yes')).toMatchObject({ code: 0 });
  expect(await policy()).toBe('Fail');
});

it('nothing is written by a dry run, without a yes, or read-only', async () => {
  expect(await mayday('fix', 'webhook/stale', '--dry-run')).toMatchObject({ code: 0 });
  expect(await mayday('fix', 'webhook/stale')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('expected --yes'),
  });
  expect(await mayday('fix', 'webhook/stale', '--yes', '--read-only')).toMatchObject({ code: 0 });
  expect(await policy()).toBe('Fail');
});

it('what is not found says what is', async () => {
  expect(await mayday('fix', 'pod/nonsense', '--yes')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('(webhook/stale, ValidatingWebhookConfiguration left-behind)'),
  });
  expect(await mayday('fix')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('expected the id of a finding'),
  });
});
