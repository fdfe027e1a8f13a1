import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/k8s/object.ts';
import { podOf } from '../support/deployments.ts';
import { type FakeApi, failing, fakeApi } from '../support/fake-api.ts';
import { at, inShop, marked, UNFIT, withMeta } from '../support/objects.ts';
import { effectOf, inject, mustPlan, refusal, restoreOf, type Wanted } from '../support/plans.ts';
import { comparable } from '../support/recorded.ts';
import { revertEverything } from '../support/revert.ts';

const KIND = 'ValidatingWebhookConfiguration';
interface Hook {
  name: string;
  failurePolicy?: string;
  [field: string]: unknown;
}
const hook = (name: string, failurePolicy?: string): Hook => ({
  name,
  ...(failurePolicy === undefined ? {} : { failurePolicy }),
  clientConfig: { service: { namespace: 'shop', name: 'web' }, caBundle: 'AAAA' },
  rules: [{ resources: ['gadgets'] }],
  fieldOfTheFuture: { kept: true },
});
const config = (webhooks: Hook[], name = 'checks', kind = KIND): KubeObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  metadata: { name, labels: { app: name } },
  webhooks,
});
const checks = config([hook('a.io', 'Ignore'), hook('b.io', 'Fail'), hook('c.io')]);
const disrupt = (more: Record<string, string> = {}): Wanted => ({
  type: 'WebhookDisrupt',
  parameters: { webhookName: 'checks', action: 'setFailurePolicy', value: 'Fail', ...more },
});
const selecting = (webhookLabelSelector: string): Wanted => ({
  type: 'WebhookDisrupt',
  parameters: { webhookLabelSelector, action: 'setFailurePolicy', value: 'Fail' },
});
const hooksOf = (object: KubeObject | undefined) => object?.webhooks as Hook[];
const policies = (api: FakeApi) =>
  hooksOf(api.peek(at(checks))).map(({ name, failurePolicy }) => [name, failurePolicy]);
const judged = (object: KubeObject) =>
  restoreOf(fakeApi([object]), 'WebhookDisrupt', { kind: object.kind, name: object.metadata.name });

describe('what is refused', () => {
  it.each(UNFIT)('%s', async (_what, meta, why) => {
    expect(await refusal(fakeApi([withMeta(checks, meta)]), disrupt())).toMatch(why);
  });

  it('a policy that every webhook has already, an unset one counting as Fail', async () => {
    expect(await refusal(fakeApi([config([hook('a.io', 'Fail'), hook('b.io')])]), disrupt())).toMatch(/^no-effect: /);
    expect(await refusal(fakeApi([config([])]), disrupt())).toMatch(/^no-effect: .*no webhooks/);
  });

  it('WH-4: a selector that leads to none or to several', async () => {
    const two = [config([hook('a.io', 'Ignore')], 'one'), config([hook('a.io', 'Ignore')], 'two')];
    expect(await refusal(fakeApi(two), selecting('app'))).toMatch(/^no-match: .*found one, two$/);
    expect(await refusal(fakeApi(two), selecting('app=three'))).toMatch(/^no-match: .*found none$/);
    expect(await refusal(fakeApi([withMeta(checks, UNFIT[0]?.[1] ?? {})]), selecting('app'))).toMatch(
      /^already-injected/,
    );
  });

  it('what it cannot read: the pods behind it are part of the reach', async () => {
    const api = fakeApi([checks]);
    api.script({ on: request => request.kind === 'Service', answer: failing('forbidden', 'no') });
    expect(await refusal(api, disrupt())).toMatch(/^blind: .*Service shop\/web/);
  });
});

describe('the plan', () => {
  it('counts the pods behind the service, each once', async () => {
    const service = inShop('v1', 'Service', 'web', { spec: { selector: { app: 'web' } } });
    const api = fakeApi([checks, service, podOf('web', 'web-1'), podOf('api', 'api-1')]);
    const plan = await mustPlan(api, disrupt());
    expect(plan.pods.map(pod => pod.name)).toEqual(['web-1']);
    expect(plan.warnings).toEqual([]);
  });

  it('says beforehand which requests a webhook without pods would refuse', async () => {
    const { warnings } = await mustPlan(fakeApi([checks]), disrupt());
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toContain('a.io has no pod behind it: with policy Fail every request for gadgets is refused');
  });

  it('WH-1: touches nothing but the policies, in either kind', async () => {
    for (const [kind, webhookType] of [
      [KIND, 'validating'],
      ['MutatingWebhookConfiguration', 'mutating'],
    ] as const) {
      const object = config([hook('a.io', 'Ignore')], 'checks', kind);
      const api = fakeApi([object]);
      await inject(api, disrupt({ webhookType }));
      expect(hooksOf(api.peek(at(object)))).toEqual([hook('a.io', 'Fail')]);
    }
  });

  it('is proven when every policy reads back as set', async () => {
    const api = fakeApi([checks]);
    const plan = await inject(api, disrupt());
    expect(await effectOf(api, disrupt(), plan)).toMatchObject({ state: 'proven' });
    api.change(at(checks), object => {
      (hooksOf(object)[1] as Hook).failurePolicy = 'Ignore';
    });
    expect(await effectOf(api, disrupt(), plan)).toMatchObject({ state: 'absent' });
  });
});

describe('restoring', () => {
  it.each(['Fail', 'Ignore'])('gives each webhook its own policy back after %s, also an unset one', async value => {
    const api = fakeApi([checks]);
    const before = api.all().map(comparable);
    await inject(api, disrupt({ value }));
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    const after = api.all().map(comparable);
    if (value === 'Ignore') expect(after).toEqual(before);
    // An unset policy means Fail, so that there is nothing to take back where Fail was set.
    else
      expect(policies(api)).toEqual([
        ['a.io', 'Ignore'],
        ['b.io', 'Fail'],
        ['c.io', 'Fail'],
      ]);
  });

  it('WH-4: needs no selector any more', async () => {
    const api = fakeApi([checks]);
    await inject(api, selecting('app=checks'));
    api.change(at(checks), object => {
      object.metadata.labels = { ...object.metadata.labels, app: 'renamed' };
    });
    api.put(config([hook('a.io', 'Fail')], 'other'));
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(policies(api)[0]).toEqual(['a.io', 'Ignore']);
  });

  it('WH-2: keeps a certificate and rules that the operator has renewed, and the order it has made', async () => {
    const api = fakeApi([checks]);
    await inject(api, disrupt());
    api.change(at(checks), object => {
      for (const one of hooksOf(object)) one.clientConfig = { caBundle: 'NEW' };
      object.webhooks = [hook('z.io', 'Fail'), ...hooksOf(object).reverse()];
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(policies(api)).toEqual([
      ['z.io', 'Fail'],
      ['c.io', 'Fail'],
      ['b.io', 'Fail'],
      ['a.io', 'Ignore'],
    ]);
    expect(hooksOf(api.peek(at(checks)))[3]?.clientConfig).toEqual({ caBundle: 'NEW' });
  });

  it('WH-3: sets nothing where the operator has put everything right', async () => {
    const object = marked(checks, 'WebhookDisrupt', { 'a.io': 'Ignore', 'b.io': 'Fail', 'c.io': '' });
    expect(await judged(object)).toMatchObject({ is: 'already-restored' });
  });

  it('WH-3: asks where webhooks went and others came, which may be the same under new names', async () => {
    const object = marked(config([hook('new.io', 'Fail'), hook('b.io', 'Fail')]), 'WebhookDisrupt', {
      'a.io': 'Ignore',
      'b.io': 'Ignore',
    });
    expect(await judged(object)).toMatchObject({
      is: 'diverged',
      says: expect.stringContaining('a.io are gone and new.io'),
    });
    const api = fakeApi([object]);
    expect(await revertEverything(api, { force: true })).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(policies(api)).toEqual([
      ['new.io', 'Fail'],
      ['b.io', 'Ignore'],
    ]);
  });

  it('says which webhooks are no longer there', async () => {
    const object = marked(config([hook('b.io', 'Fail')]), 'WebhookDisrupt', { 'a.io': 'Ignore', 'b.io': 'Ignore' });
    expect(await judged(object)).toMatchObject({
      is: 'restore',
      says: expect.stringContaining('no longer there: a.io'),
    });
  });

  it.each<[string, KubeObject]>([
    ['WH-5: another type’s record', marked(checks, 'WebhookDisrupt', { finalizer: 'a/b' })],
    ['a policy that is none', marked(checks, 'WebhookDisrupt', { 'a.io': 'Maybe' })],
    ['another kind of object', marked(inShop('v1', 'ConfigMap', 'checks'), 'WebhookDisrupt', { 'a.io': 'Fail' })],
  ])('leaves everything as it is with %s', async (_what, object) => {
    expect(await judged(object)).toMatchObject({ is: 'corrupt' });
  });
});
