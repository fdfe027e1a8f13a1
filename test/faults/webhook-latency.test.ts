import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MANAGED_BY, MANAGER, TYPE_LABEL } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { confinement } from '../../src/safety/confined.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { inShop } from '../support/objects.ts';
import { effectOf, inject, mustPlan, refusal, restoreOf, sendAll, type Wanted } from '../support/plans.ts';
import { revertEverything } from '../support/revert.ts';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const slow = (more: Record<string, string> = {}): Wanted => ({
  type: 'WebhookLatency',
  parameters: { resources: 'widgets, gadgets', apiGroups: 'demo.example.com', delay: '5s', ...more },
  scope: { allowed: ['shop', 'far'] },
  facts: { keyPair: () => keys },
});
const NAME = 'chaos-webhook-latency-widgets-gadgets';
const CONFIGURATION = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  name: NAME,
};
const bodies = (plan: { writes: readonly unknown[] }) => plan.writes.map(write => (write as { body: KubeObject }).body);

describe('the plan', () => {
  it('creates four objects, and the one that intercepts last', async () => {
    const plan = await mustPlan(fakeApi(), slow());
    expect(plan.writes.map(({ verb, on }) => `${verb} ${on.kind} ${on.namespace ?? '-'}/${on.name}`)).toEqual([
      `create Secret shop/${NAME}-certs`,
      `create Deployment shop/${NAME}`,
      `create Service shop/${NAME}`,
      `create ValidatingWebhookConfiguration -/${NAME}`,
    ]);
    for (const { metadata } of bodies(plan)) {
      expect(metadata.labels).toMatchObject({ app: NAME, [MANAGED_BY]: MANAGER, [TYPE_LABEL]: 'WebhookLatency' });
      expect(metadata.annotations).toHaveProperty(['chaos.operatorchaos.io/expires']);
    }
  });

  it('WL-1: runs a server of our own that takes the delay', async () => {
    const [, deployment] = bodies(await mustPlan(fakeApi(), slow({ image: 'registry.example.com/mayday:1' })));
    expect(deployment).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [
              {
                image: 'registry.example.com/mayday:1',
                args: expect.arrayContaining(['webhook-server', '--delay=5s', '--port=8443']),
              },
            ],
          },
        },
      },
    });
  });

  it('WL-2: meets only the allowed namespaces, nothing that is in none, and never its own pods', async () => {
    const plan = await mustPlan(fakeApi(), slow());
    const configuration = bodies(plan).at(-1);
    expect(configuration?.webhooks).toMatchObject([
      {
        failurePolicy: 'Ignore',
        timeoutSeconds: 30,
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['shop', 'far'] }],
        },
        objectSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: [NAME] }] },
        rules: [{ resources: ['widgets', 'gadgets'], apiGroups: ['demo.example.com'], scope: 'Namespaced' }],
      },
    ]);
    const write = plan.writes.at(-1);
    if (write === undefined) throw new Error('no write');
    expect(confinement(write, ['shop', 'far'])).toBe('a webhook for shop, far only');
    expect(confinement(write, ['shop'])).toBeUndefined();
  });

  it('WL-6: the certificate fits the Service and outlives the fault', async () => {
    const [secret] = bodies(await mustPlan(fakeApi(), slow()));
    const data = secret?.data as Record<string, string>;
    const certificate = new X509Certificate(Buffer.from(data['tls.crt'] ?? '', 'base64'));
    expect(certificate.checkHost(`${NAME}.shop.svc`)).toBe(`${NAME}.shop.svc`);
    expect(certificate.verify(keys.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(keys.privateKey)).toBe(true);
    expect(certificate.validToDate.getTime()).toBe(Date.UTC(2026, 10, 22, 12, 5));
  });

  it('counts pods where it is pods whose writes are delayed', async () => {
    const pods = ['shop', 'far', 'other'].map(namespace => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `in-${namespace}`, namespace },
    }));
    const plan = await mustPlan(fakeApi(pods), slow({ resources: 'pods', apiGroups: 'core' }));
    expect(plan.pods.map(({ name }) => name)).toEqual(['in-shop', 'in-far']);
    expect((await mustPlan(fakeApi(pods), slow())).pods).toEqual([]);
  });
});

describe('what is refused', () => {
  it('WL-3: the configuration of another namespace', async () => {
    const api = fakeApi();
    await inject(api, { ...slow(), scope: { namespace: 'far', allowed: ['far'] } });
    expect(await refusal(api, slow())).toMatch(/^already-injected: ValidatingWebhookConfiguration .*for Service far\//);
  });

  it('any of the four names that is taken', async () => {
    for (const object of [inShop('v1', 'Secret', `${NAME}-certs`), inShop('v1', 'Service', NAME)])
      expect(await refusal(fakeApi([object]), slow())).toMatch(/^forbidden-target: .*so mayday must not change it/);
  });

  it('WL-4: resources that make no name, or live in no namespace', async () => {
    expect(await refusal(fakeApi(), slow({ resources: 'pods/status' }))).toMatch(/^invalid: /);
    expect(await refusal(fakeApi(), slow({ resources: '*' }))).toMatch(/^invalid: /);
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'gadgets.demo.example.com' },
      spec: { scope: 'Cluster' },
    };
    expect(await refusal(fakeApi([definition]), slow())).toMatch(/^outside-blast-radius: gadgets/);
  });
});

it('WL-4: is only proven when somebody is there to answer late', async () => {
  const api = fakeApi();
  const plan = await inject(api, slow());
  expect(await effectOf(api, slow(), plan)).toMatchObject({ state: 'pending' });
  const slice = (endpoints: object[] | null) =>
    inShop('discovery.k8s.io/v1', 'EndpointSlice', 'x', {
      metadata: { labels: { 'kubernetes.io/service-name': NAME } },
      endpoints,
    });
  // The server writes null where there are none.
  for (const nobody of [null, [], [{ conditions: { ready: false } }]]) {
    api.put(slice(nobody));
    expect(await effectOf(api, slow(), plan)).toMatchObject({ state: 'pending' });
  }
  api.put(slice([{ conditions: { ready: true } }]));
  expect(await effectOf(api, slow(), plan)).toMatchObject({ state: 'proven' });
});

describe('restoring', () => {
  it('deletes all four, the configuration first', async () => {
    const api = fakeApi();
    await inject(api, slow());
    const receipts = await revertEverything(api);
    expect(receipts).toHaveLength(4);
    for (const receipt of receipts) expect(receipt).toMatchObject({ outcome: 'reverted', verified: true });
    expect(api.all()).toEqual([]);
  });

  it('takes back what was created when a later part is refused', async () => {
    const api = fakeApi();
    const plan = await mustPlan(api, slow());
    api.script({
      on: request => request.kind === CONFIGURATION.kind && request.verb === 'create',
      answer: failing('forbidden', 'no'),
    });
    expect(await sendAll(api, plan.writes)).toMatchObject({ state: 'failed', left: [] });
    expect(api.all()).toEqual([]);
  });

  it('WL-3: never deletes a configuration that no chaos tool made, or that was given other rules', async () => {
    const foreign = {
      apiVersion: CONFIGURATION.apiVersion,
      kind: CONFIGURATION.kind,
      metadata: { name: NAME, labels: { [TYPE_LABEL]: 'WebhookLatency' } },
    };
    expect(await restoreOf(fakeApi([foreign]), 'WebhookLatency', CONFIGURATION)).toMatchObject({ is: 'corrupt' });
    const api = fakeApi();
    await inject(api, slow());
    api.change(CONFIGURATION, object => {
      object.webhooks = [{ name: 'mine.example.com', rules: [] }];
    });
    expect(await restoreOf(api, 'WebhookLatency', CONFIGURATION)).toMatchObject({ is: 'diverged' });
  });
});
