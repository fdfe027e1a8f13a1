import { describe, expect, it } from 'vitest';
import { CREATED, MANAGED_BY, MANAGER } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { podOf } from '../support/deployments.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { at, inShop, marked, UNFIT, withMeta } from '../support/objects.ts';
import { effectOf, inject, mustPlan, planned, refusal, restoreOf, sendAll, type Wanted } from '../support/plans.ts';
import { comparable } from '../support/recorded.ts';
import { revertEverything } from '../support/revert.ts';

const NAME = 'operator-chaos-config';
const fault = (faults: unknown = { get: { errorRate: 0.5, error: 'boom' } }): Wanted => ({
  type: 'ClientFault',
  parameters: { faults: typeof faults === 'string' ? faults : JSON.stringify(faults) },
});
const map = (data: Record<string, string>) => inShop('v1', 'ConfigMap', NAME, { data });
const quiet = map({ config: '{"active":false}', other: 'x' });
const MAP = { kind: 'ConfigMap', name: NAME };
const ACTIVE = '{"active":true,"faults":{"get":{"errorRate":1,"error":"old"}}}';
const dataOf = (object: KubeObject | undefined) => object?.data as Record<string, string> | undefined;

describe('what is refused', () => {
  it.each(UNFIT)('CF-3: %s', async (_what, meta, why) => {
    expect(await refusal(fakeApi([withMeta(quiet, meta)]), fault())).toMatch(why);
  });

  it('CF-1: delays, which the operator’s SDK cannot read', async () => {
    const wanted = fault({ get: { errorRate: 1, error: 'x', delay: '2s' }, list: { errorRate: 1, error: 'x' } });
    expect(await refusal(fakeApi([]), wanted)).toMatch(/^unsupported: delays \(of get\)/);
  });

  it.each<[string, KubeObject[], Wanted, RegExp]>([
    ['faults that are no JSON', [], fault('{'), /^invalid: /],
    ['no faults', [], fault({}), /^invalid: /],
    [
      'CF-3: faults in force that nobody recorded',
      [map({ config: ACTIVE })],
      fault(),
      /^already-injected: .*active faults/,
    ],
    ['an immutable ConfigMap', [{ ...quiet, immutable: true }], fault(), /^forbidden-target: /],
    ['a binary key of that name', [{ ...quiet, binaryData: { config: 'AA==' } }], fault(), /^forbidden-target: /],
    ['data that would read as ours', [map({ [CREATED]: 'true' })], fault(), /^invalid: /],
  ])('%s', async (_what, objects, wanted, why) => {
    expect(await refusal(fakeApi(objects), wanted)).toMatch(why);
  });
});

describe('the plan', () => {
  it('writes operations sorted, with rate and error always there', async () => {
    const api = fakeApi([]);
    await inject(api, fault('{"list":{"errorRate":1},"get":{"error":"<b>"}}'));
    expect(dataOf(api.peek(at(quiet)))?.config).toBe(
      '{"active":true,"faults":{"get":{"errorRate":0,"error":"\\u003cb\\u003e"},"list":{"errorRate":1,"error":""}}}',
    );
  });

  it('marks a ConfigMap that it makes as created, and one that was there not', async () => {
    const made = fakeApi([]);
    await inject(made, fault());
    expect(made.peek(at(quiet))?.metadata).toMatchObject({
      labels: { [MANAGED_BY]: MANAGER },
      annotations: { 'chaos.operatorchaos.io/expires': '2026-11-21T12:05:00Z' },
    });
    const found = fakeApi([quiet]);
    await inject(found, fault());
    expect(found.peek(at(quiet))?.metadata.labels).not.toHaveProperty([MANAGED_BY]);
  });

  it('counts the pods that mount it', async () => {
    const pod = { ...podOf('web', 'web-1'), spec: { volumes: [{ configMap: { name: NAME } }] } };
    expect((await mustPlan(fakeApi([pod, podOf('web', 'web-2')]), fault())).pods).toMatchObject([{ name: 'web-1' }]);
  });

  it('recognises its own ConfigMap when the answer to its creation was lost', async () => {
    const api = fakeApi([]);
    const plan = await mustPlan(api, fault());
    api.script({
      on: request => request.verb === 'create' && request.kind === 'ConfigMap',
      when: 'after',
      answer: failing('unreachable', 'reset'),
    });
    expect(await sendAll(api, plan.writes)).toMatchObject({ state: 'done' });
  });

  it('CF-2: never claims an effect, since nothing shows that a client acts on it', async () => {
    const api = fakeApi([]);
    const plan = await inject(api, fault());
    expect(plan.warnings[0]).toContain('only an operator built with the chaos SDK');
    expect(await effectOf(api, fault(), plan)).toMatchObject({ state: 'pending' });
    api.forget(at(quiet));
    expect(await effectOf(api, fault(), plan)).toMatchObject({ state: 'absent' });
  });
});

describe('restoring', () => {
  it.each<[string, KubeObject[]]>([
    ['nothing was there', []],
    ['there was a ConfigMap with a configuration', [quiet]],
    ['there was one without', [map({ other: 'x' })]],
    ['there was one without any data', [inShop('v1', 'ConfigMap', NAME)]],
    ['there was one with binary data beside', [{ ...quiet, binaryData: { blob: 'AA==' } }]],
  ])('leads back to exactly what was, where %s', async (_what, objects) => {
    const api = fakeApi(objects);
    const before = api.all().map(comparable);
    await inject(api, fault());
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.all().map(comparable)).toEqual(before);
  });

  it('CF-6: puts its own key back and leaves alone what others changed since', async () => {
    const api = fakeApi([quiet]);
    await inject(api, fault());
    api.change(at(quiet), object => {
      object.data = { ...dataOf(object), other: 'y', more: 'z' };
    });
    expect(await revertEverything(api)).toMatchObject([
      {
        outcome: 'reverted',
        verified: true,
        message: expect.stringContaining('other, more changed since; left as it is'),
      },
    ]);
    expect(dataOf(api.peek(at(quiet)))).toEqual({ config: '{"active":false}', other: 'y', more: 'z' });
  });

  it('does not delete with the faults what somebody has put beside them', async () => {
    const api = fakeApi([]);
    await inject(api, fault());
    api.change(at(quiet), object => {
      object.data = { ...dataOf(object), own: '1' };
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'diverged' }]);
    expect(dataOf(api.peek(at(quiet)))).toHaveProperty('own');
    expect(await revertEverything(api, { force: true })).toMatchObject([{ verified: true }]);
    expect(api.all()).toEqual([]);
  });

  it('does not delete what somebody has written in place of the faults', async () => {
    const api = fakeApi([]);
    await inject(api, fault());
    api.change(at(quiet), object => {
      object.data = { config: 'mine' };
    });
    expect(await revertEverything(api)).toMatchObject([
      {
        outcome: 'diverged',
        message: expect.stringMatching(
          /something else into config.*now mine; --force-diverged deletes ConfigMap .*by hand$/,
        ),
      },
    ]);
    expect(dataOf(api.peek(at(quiet)))).toEqual({ config: 'mine' });
  });

  it('CF-3: does not take active faults for an original', async () => {
    const api = fakeApi([marked(map({ config: ACTIVE }), 'ClientFault', { config: ACTIVE })]);
    expect(await restoreOf(api, 'ClientFault', MAP)).toMatchObject({
      is: 'diverged',
      says: expect.stringContaining('a second injection has probably overwritten the record'),
    });
    expect(await revertEverything(api, { force: true })).toMatchObject([{ outcome: 'reverted', verified: true }]);
  });

  it('asks where somebody has put a third configuration in', async () => {
    const api = fakeApi([quiet]);
    await inject(api, fault());
    api.change(at(quiet), object => {
      object.data = { ...dataOf(object), config: 'mine' };
    });
    expect(await restoreOf(api, 'ClientFault', MAP)).toMatchObject({ is: 'diverged', live: 'mine' });
  });

  it('never injects twice', async () => {
    const api = fakeApi([]);
    await inject(api, fault());
    expect(await planned(api, fault())).toMatchObject({ is: 'refusal', code: 'already-injected' });
  });
});
