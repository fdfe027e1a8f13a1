import { describe, expect, it } from 'vitest';
import { EXPIRES, MANAGED_BY, MAYDAY, TYPE_LABEL } from '../../src/injection/record/markers.ts';
import { labelSelectorText } from '../../src/k8s/deployment.ts';
import { labelSelectorOf } from '../../src/k8s/label-selector.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { matches, parseSelector } from '../../src/k8s/selector-text.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { inShop } from '../support/objects.ts';
import { effectOf, inject, mustPlan, refusal, restoreOf, sendAll, type Wanted } from '../support/plans.ts';
import { revertEverything } from '../support/revert.ts';

const API = 'networking.k8s.io/v1';
const cut = (labelSelector = 'app=web'): Wanted => ({ type: 'NetworkPartition', parameters: { labelSelector } });
const pod = (name: string, more: Record<string, unknown> = {}) =>
  inShop('v1', 'Pod', name, {
    metadata: { labels: { app: 'web', tier: name } },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    ...more,
  });
const policy = (name: string, spec: object, labels: Record<string, string> = {}) =>
  inShop(API, 'NetworkPolicy', name, { metadata: { labels }, spec });
const NAME = 'operator-chaos-np-app-web';
const REF = { kind: 'NetworkPolicy', name: NAME };
const created = (plan: { writes: readonly unknown[] }) => (plan.writes[0] as { body: KubeObject }).body;
const BOTH = { policyTypes: ['Ingress', 'Egress'] };

describe('the selector', () => {
  it.each(['app=web,tier!=a', 'app in (web),tier in (a,b)', 'app,!gone', 'tier notin (a)', 'app=web,app=other'])(
    'NP-1: %s is carried over exactly, never more widely',
    text => {
      const selector = labelSelectorOf(text);
      if (typeof selector === 'string') throw new Error(selector);
      const [was, is] = [parseSelector(text), parseSelector(labelSelectorText(selector) ?? '')];
      if (typeof was === 'string' || typeof is === 'string') throw new Error('no selector');
      for (const app of ['web', 'other', undefined])
        for (const tier of ['a', 'b', undefined])
          for (const gone of ['x', undefined]) {
            const labels = JSON.parse(JSON.stringify({ app, tier, gone })) as Record<string, string>;
            expect([labels, matches(is, labels)]).toEqual([labels, matches(was, labels)]);
          }
    },
  );

  it('NP-1: what the API cannot store is refused', async () => {
    expect(await refusal(fakeApi([pod('a')]), cut('app=web,size>3'))).toMatch(/^unsupported: .*other pods/);
  });
});

describe('what is refused', () => {
  it('NP-3: a foreign policy of that name is not adopted', async () => {
    const api = fakeApi([pod('a'), policy(NAME, { podSelector: {} })]);
    expect(await refusal(api, cut())).toMatch(/^forbidden-target: .*so mayday must not change it/);
  });

  it('NP-3: nor one that appears between plan and write', async () => {
    const api = fakeApi([pod('a')]);
    const plan = await mustPlan(api, cut());
    api.put(policy(NAME, { podSelector: {} }));
    expect(await sendAll(api, plan.writes)).toMatchObject({ state: 'conflict', left: [] });
    expect(api.peek({ apiVersion: API, namespace: 'shop', ...REF })?.metadata.annotations).toBeUndefined();
  });

  it('NP-4: two selectors that lead to one name', async () => {
    const api = fakeApi([pod('a', { metadata: { labels: { 'a-b': 'c', a: 'b-c' } } })]);
    await inject(api, cut('a=b-c'));
    expect(await refusal(api, cut('a-b=c'))).toMatch(
      /^already-injected: .*a=b-c.*two selectors give the same policy name/,
    );
    expect(await refusal(api, cut('a=b-c'))).toMatch(/^already-injected: .*for these pods/);
  });

  it('NP-5: no pods', async () => {
    expect(await refusal(fakeApi([pod('a', { status: { phase: 'Succeeded' } })]), cut())).toMatch(/^no-match: /);
  });

  it('NP-2: pods that no policy reaches, or that another one isolates already', async () => {
    const host = pod('a', { spec: { hostNetwork: true } });
    expect(await refusal(fakeApi([host]), cut())).toMatch(/^no-effect: .*node's network/);
    const open = policy('open', { podSelector: {}, ...BOTH, ingress: [{}], egress: [{}] });
    expect(await refusal(fakeApi([pod('a'), open]), cut())).toMatch(/^no-effect: NetworkPolicy open isolates .*add up/);
  });

  it('what cannot be read', async () => {
    for (const kind of ['Pod', 'NetworkPolicy']) {
      const api = fakeApi([pod('a')]);
      api.script({
        on: request => request.verb === 'list' && request.kind === kind,
        answer: failing('forbidden', 'no'),
      });
      expect(await refusal(api, cut())).toMatch(/^blind: /);
    }
  });
});

describe('the plan', () => {
  it('counts the pods it cuts off, and marks the policy with its end', async () => {
    const api = fakeApi([pod('a'), pod('b'), pod('node', { spec: { hostNetwork: true } })]);
    const plan = await mustPlan(api, cut());
    expect(plan.pods.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(plan.warnings).toEqual(["1 of 3 pods use their node's network and are not cut off"]);
    const { labels, annotations } = created(plan).metadata;
    expect(labels).toEqual({ [MANAGED_BY]: 'operator-chaos', [TYPE_LABEL]: 'NetworkPartition' });
    expect(annotations?.[EXPIRES]).toBe('2026-11-21T12:05:00Z');
    expect(JSON.parse(annotations?.[MAYDAY] ?? '')).toMatchObject({ v: 1, id: 'i-0001', by: 'tester' });
    expect(plan.permissions.map(({ verb, for: purpose }) => `${purpose} ${verb}`)).toContain('revert delete');
  });

  it('NP-2: says what other policies keep open', async () => {
    const dns = policy('dns', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'], egress: [{}] });
    const plan = await mustPlan(fakeApi([pod('a'), dns]), cut());
    expect(plan.warnings).toEqual(['policies add up: the egress that NetworkPolicy dns allows stays allowed']);
  });
});

describe('the effect', () => {
  it('NP-2: a policy alone proves nothing; a plugin that enforces it, or pods that fail their probes, do', async () => {
    const api = fakeApi([pod('a')]);
    const plan = await inject(api, cut());
    expect(await effectOf(api, cut(), plan)).toMatchObject({ state: 'pending' });
    api.change({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'a' }, object => {
      object.status = { phase: 'Running' };
    });
    expect(await effectOf(api, cut(), plan)).toMatchObject({ state: 'proven' });
    const other = fakeApi([
      pod('a'),
      { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'cilium', namespace: 'x' } },
    ]);
    const again = await inject(other, cut());
    expect((await effectOf(other, cut(), again)).evidence).toContain('DaemonSet cilium enforces network policies');
  });

  it('NP-2: a Lease that a cut pod renews no more proves it too; one that was dead before does not', async () => {
    const lease = (name: string, holderIdentity: string, seconds: number) =>
      inShop('coordination.k8s.io/v1', 'Lease', name, {
        spec: {
          holderIdentity,
          leaseDurationSeconds: 15,
          renewTime: new Date(Date.UTC(2026, 10, 21, 12, 0, seconds)).toISOString(),
        },
      });
    const api = fakeApi([pod('a'), lease('dead', 'a_1', -60), lease('node', 'n', 10)]);
    const plan = await inject(api, cut());
    api.put(lease('leads', 'a_2', 1));
    expect(await effectOf(api, cut(), plan)).toMatchObject({ state: 'pending' });
    api.put(lease('node', 'n', 20));
    expect(await effectOf(api, cut(), plan)).toMatchObject({
      state: 'proven',
      evidence: [expect.anything(), expect.stringContaining('Lease shop/leads is no longer renewed')],
    });
  });

  it('is absent when the policy is gone, or another stands in its place', async () => {
    const api = fakeApi([pod('a')]);
    const plan = await inject(api, cut());
    const ref = { apiVersion: API, namespace: 'shop', ...REF };
    api.forget(ref);
    expect(await effectOf(api, cut(), plan)).toMatchObject({ state: 'absent' });
    api.put(policy(NAME, { podSelector: {}, ...BOTH }));
    expect(await effectOf(api, cut(), plan)).toMatchObject({ state: 'absent' });
  });
});

describe('restoring', () => {
  it('deletes what it created, bound to its uid', async () => {
    const api = fakeApi([pod('a')]);
    await inject(api, cut());
    const restore = await restoreOf(api, 'NetworkPartition', REF);
    expect(restore).toMatchObject({
      is: 'restore',
      writes: [{ verb: 'delete', precondition: { uid: expect.any(String) } }],
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.all().map(({ kind }) => kind)).toEqual(['Pod']);
  });

  it('NP-3: an object without the marks of a chaos tool is never deleted', async () => {
    const api = fakeApi([policy(NAME, { podSelector: {}, ...BOTH }, { [TYPE_LABEL]: 'NetworkPartition' })]);
    expect(await restoreOf(api, 'NetworkPartition', REF)).toMatchObject({ is: 'corrupt' });
    const service = inShop('v1', 'Service', 'x', { metadata: { labels: { [MANAGED_BY]: 'operator-chaos' } } });
    expect(await restoreOf(fakeApi([service]), 'NetworkPartition', { kind: 'Service', name: 'x' })).toMatchObject({
      is: 'corrupt',
      says: 'Service shop/x: NetworkPartition never creates a Service; left as it is',
    });
  });

  it('one that somebody changed since is shown, and only deleted by force', async () => {
    const api = fakeApi([pod('a')]);
    await inject(api, cut());
    api.change({ apiVersion: API, namespace: 'shop', ...REF }, object => {
      (object.spec as Record<string, unknown>).ingress = [{}];
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'diverged', verified: false }]);
    expect(await revertEverything(api, { force: true })).toMatchObject([{ outcome: 'reverted', verified: true }]);
  });

  it('one that is Terminating is not yet gone', async () => {
    const api = fakeApi([pod('a')]);
    await inject(api, cut());
    api.change({ apiVersion: API, namespace: 'shop', ...REF }, ({ metadata }) => {
      metadata.deletionTimestamp = '2026-11-21T12:00:00Z';
      metadata.finalizers = ['a/b'];
    });
    expect(await restoreOf(api, 'NetworkPartition', REF)).toMatchObject({
      writes: [],
      says: expect.stringContaining('held by a/b'),
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'failed', verified: false }]);
  });
});
