import { describe, expect, it } from 'vitest';
import { MANAGED_BY, TYPE_LABEL } from '../../src/injection/record/markers.ts';
import type { ManagedField } from '../../src/k8s/object.ts';
import { quantityOf } from '../../src/k8s/quantity.ts';
import { fakeApi } from '../support/fake-api.ts';
import { inShop, withMeta } from '../support/objects.ts';
import { effectOf, inject, mustPlan, refusal, restoreOf, sendAll, type Wanted } from '../support/plans.ts';
import { revertEverything } from '../support/revert.ts';

const quota = (hard: Record<string, string> = { pods: '1' }): Wanted => ({
  type: 'QuotaExhaustion',
  parameters: { quotaName: 'tight', ...hard },
});
const pod = (name: string, phase = 'Running') => inShop('v1', 'Pod', name, { status: { phase } });
const REF = { apiVersion: 'v1', kind: 'ResourceQuota', namespace: 'shop', name: 'tight' };

it.each([
  ['10', 10],
  ['500m', 0.5],
  ['1000m', 1],
  ['2Gi', 2 * 1024 ** 3],
  ['1e3', 1000],
  ['.5k', 500],
  ['many', undefined],
])('the quantity %s is %s', (text, number) => {
  expect(quantityOf(text)).toBe(number);
});

describe('what is refused', () => {
  it('a quota of that name, whoever made it', async () => {
    const foreign = inShop('v1', 'ResourceQuota', 'tight', { spec: { hard: { pods: '9' } } });
    expect(await refusal(fakeApi([foreign]), quota())).toMatch(/^forbidden-target: .*so mayday must not change it/);
    const api = fakeApi();
    await inject(api, quota());
    expect(await refusal(api, quota())).toMatch(/^already-injected: /);
  });

  it('amounts that are none', async () => {
    expect(await refusal(fakeApi(), quota({ pods: '-1' }))).toMatch(/^invalid: pods/);
    expect(await refusal(fakeApi(), quota({}))).toMatch(/^invalid: expected at least one of cpu/);
  });
});

describe('the plan', () => {
  it('QUO-2: counts all running pods of the namespace, and says whom it hits', async () => {
    const plan = await mustPlan(
      fakeApi([pod('a'), pod('b'), pod('done', 'Succeeded')]),
      quota({ cpu: '1', pods: '4' }),
    );
    expect(plan.pods).toHaveLength(2);
    expect(plan.warnings).toEqual([
      'everything that runs in shop keeps running; the API server refuses only new objects, from every user',
      'every new pod in shop that asks for no cpu is refused',
      'the quota leaves room for 2 more pods, so nothing is refused until they are used up',
    ]);
  });

  it('QUO-4: the quota says when it must be gone', async () => {
    const plan = await mustPlan(fakeApi(), quota());
    expect(plan.writes).toMatchObject([
      {
        verb: 'create',
        body: {
          metadata: {
            labels: { [MANAGED_BY]: 'operator-chaos', [TYPE_LABEL]: 'QuotaExhaustion' },
            annotations: { 'chaos.operatorchaos.io/expires': '2026-11-21T12:05:00Z' },
          },
          spec: { hard: { pods: '1' } },
        },
        precondition: { absent: true },
      },
    ]);
  });
});

describe('the effect', () => {
  const counted = (hard: Record<string, string>, used: Record<string, string>) => async (wanted: Wanted) => {
    const api = fakeApi();
    const plan = await inject(api, wanted);
    api.change(REF, object => {
      object.status = { hard, used };
    });
    return effectOf(api, wanted, plan);
  };

  it('QUO-5: is pending until the server counts, and while there is room', async () => {
    const api = fakeApi();
    const plan = await inject(api, quota());
    expect(await effectOf(api, quota(), plan)).toMatchObject({ state: 'pending' });
    expect(await counted({ pods: '10' }, { pods: '2' })(quota({ pods: '10' }))).toMatchObject({ state: 'pending' });
  });

  it('is proven when no room is left, or when pods that ask for nothing are refused', async () => {
    expect(await counted({ pods: '1' }, { pods: '2' })(quota())).toMatchObject({ state: 'proven' });
    expect(await counted({ memory: '1Gi' }, { memory: '0' })(quota({ memory: '1024Mi' }))).toMatchObject({
      state: 'proven',
    });
  });
});

describe('restoring', () => {
  it('takes an amount that the server wrote differently for the one that was put in', async () => {
    const api = fakeApi();
    await inject(api, quota({ cpu: '1000m' }));
    api.change(REF, object => {
      object.spec = { hard: { cpu: '1' } };
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.all()).toEqual([]);
  });

  it('of the framework’s, into which somebody has written another amount since, as managedFields tell: a person decides', async () => {
    const by = (manager: string, fieldsV1: object) => ({ manager, operation: 'Update' as const, fieldsV1 });
    const marks = { 'f:metadata': { 'f:labels': { [`f:${TYPE_LABEL}`]: {} } } };
    const made = inShop('v1', 'ResourceQuota', 'tight', {
      metadata: { labels: { [TYPE_LABEL]: 'QuotaExhaustion', [MANAGED_BY]: 'operator-chaos' } },
      spec: { hard: { pods: '50' } },
    });
    const spec = { 'f:spec': { 'f:hard': { 'f:pods': {} } } };
    const api = (...managedFields: ManagedField[]) => fakeApi([withMeta(made, { managedFields })]);
    const taken = api(by('operator-chaos', marks), by('kubectl-edit', spec));
    expect(await revertEverything(taken)).toMatchObject([
      { outcome: 'diverged', message: expect.stringContaining('changed by somebody since') },
    ]);
    expect(taken.peek(REF)).toBeDefined();
    expect(await revertEverything(api(by('operator-chaos', { ...marks, ...spec })))).toMatchObject([
      { outcome: 'reverted', verified: true },
    ]);
  });

  it('QUO-3: never deletes a foreign quota, not even one that replaced ours meanwhile', async () => {
    const foreign = inShop('v1', 'ResourceQuota', 'tight', {
      metadata: { labels: { [TYPE_LABEL]: 'QuotaExhaustion' } },
    });
    expect(await restoreOf(fakeApi([foreign]), 'QuotaExhaustion', REF)).toMatchObject({ is: 'corrupt' });
    const api = fakeApi();
    await inject(api, quota());
    const restore = await restoreOf(api, 'QuotaExhaustion', REF);
    api.forget(REF);
    api.put(foreign);
    if (restore.is === 'corrupt') throw new Error(restore.says);
    expect((await sendAll(api, restore.writes, 'revert')).steps).toMatchObject([{ outcome: 'gone' }]);
    expect(api.peek(REF)).toBeDefined();
  });
});
