import { describe, expect, it } from 'vitest';
import { MAYDAY, ORIGINAL_REPLICAS, TYPE_LABEL } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { deployment, podOf } from '../support/deployments.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { at, inShop, UNFIT, withMeta } from '../support/objects.ts';
import { effectOf, inject, mustPlan, refusal, restoreOf, sendAll, type Wanted } from '../support/plans.ts';
import { comparable } from '../support/recorded.ts';
import { revertEverything } from '../support/revert.ts';

const web = deployment('web');
const zero: Wanted = { type: 'DeploymentScaleZero', parameters: { name: 'web' } };
const WEB = { kind: 'Deployment', name: 'web' };
const replicasOf = (object: KubeObject | undefined) => (object?.spec as { replicas?: number } | undefined)?.replicas;
const left = (original: string, replicas = 0) =>
  withMeta(deployment('web', { replicas }), { annotations: { [ORIGINAL_REPLICAS]: original } });

describe('what is refused', () => {
  it.each(UNFIT)('SZ-1: %s', async (_what, meta, why) => {
    expect(await refusal(fakeApi([withMeta(web, meta)]), zero)).toMatch(why);
  });

  it('SZ-6: a Deployment that is at 0 already', async () => {
    expect(await refusal(fakeApi([deployment('web', { replicas: 0 })]), zero)).toMatch(/^no-effect: /);
  });
});

describe('the plan', () => {
  it('SZ-3: puts the type label on, and its own facts beside the framework’s annotation', async () => {
    const api = fakeApi([web, podOf('web', 'web-1'), podOf('web', 'web-2'), podOf('api', 'api-1')]);
    const plan = await inject(api, zero);
    expect(plan.pods.map(pod => pod.name)).toEqual(['web-1', 'web-2']);
    const { metadata } = api.peek(at(web)) as KubeObject;
    expect(metadata.labels?.[TYPE_LABEL]).toBe('DeploymentScaleZero');
    expect(metadata.annotations).toMatchObject({ [ORIGINAL_REPLICAS]: '3', [MAYDAY]: expect.stringContaining('"id"') });
  });

  it('SZ-7: keeps annotations that came since the plan was made', async () => {
    const api = fakeApi([web]);
    const plan = await mustPlan(api, zero);
    api.change(at(web), object => {
      object.metadata.annotations = { note: 'new' };
    });

    expect(await sendAll(api, plan.writes)).toMatchObject({ state: 'conflict' });
    expect(api.peek(at(web))?.metadata.annotations).toEqual({ note: 'new' });
  });

  it('counts an unset number of replicas as 1', async () => {
    const { replicas: _replicas, ...spec } = web.spec as Record<string, unknown>;
    const api = fakeApi([{ ...web, spec }]);
    await inject(api, zero);
    expect(api.peek(at(web))?.metadata.annotations?.[ORIGINAL_REPLICAS]).toBe('1');
  });

  it('SZ-2: names the autoscaler that 0 switches off, and says when it cannot look', async () => {
    const scaler = inShop('autoscaling/v2', 'HorizontalPodAutoscaler', 'web-hpa', {
      spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' } },
    });
    expect((await mustPlan(fakeApi([web, scaler]), zero)).warnings).toEqual([
      'HorizontalPodAutoscaler web-hpa stops scaling while replicas is 0',
    ]);
    const api = fakeApi([web]);
    api.script({ on: request => request.kind === 'HorizontalPodAutoscaler', answer: failing('forbidden', 'no') });
    expect((await mustPlan(api, zero)).warnings[0]).toContain('autoscalers cannot be read (no)');
  });
});

describe('the effect', () => {
  it('is proven when no pod is left, and not before', async () => {
    const api = fakeApi([web, podOf('web', 'web-1')]);
    const plan = await inject(api, zero);
    expect(await effectOf(api, zero, plan)).toMatchObject({ state: 'pending' });
    api.forget(at(podOf('web', 'web-1')));
    expect(await effectOf(api, zero, plan)).toMatchObject({ state: 'proven' });
    api.change(at(web), object => {
      (object.spec as { replicas: number }).replicas = 3;
    });
    expect(await effectOf(api, zero, plan)).toMatchObject({ state: 'absent' });
  });
});

describe('restoring', () => {
  it('scales back to exactly what it was', async () => {
    const api = fakeApi([web]);
    const before = api.all().map(comparable);
    await inject(api, zero);
    expect(replicasOf(api.peek(at(web)))).toBe(0);
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.all().map(comparable)).toEqual(before);
  });

  it('SZ-2: asks before it overwrites what somebody has scaled to since', async () => {
    const api = fakeApi([left('3', 5)]);
    expect(await restoreOf(api, 'DeploymentScaleZero', WEB)).toMatchObject({
      is: 'diverged',
      original: '3',
      live: '5',
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'diverged' }]);
    expect(replicasOf(api.peek(at(web)))).toBe(5);
    expect(await revertEverything(api, { force: true })).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(replicasOf(api.peek(at(web)))).toBe(3);
  });

  it.each(['-3', '3 ', '1e3', '2147483648', '99999999999', '', 'null'])('SZ-5: leaves "%s" alone', async text => {
    expect(await restoreOf(fakeApi([left(text)]), 'DeploymentScaleZero', WEB)).toMatchObject({ is: 'corrupt' });
  });

  it('SZ-5: does not start a million pods on the word of an annotation', async () => {
    expect(await restoreOf(fakeApi([left('1000000')]), 'DeploymentScaleZero', WEB)).toMatchObject({ is: 'diverged' });
    expect(await restoreOf(fakeApi([left('500')]), 'DeploymentScaleZero', WEB)).toMatchObject({ is: 'restore' });
  });

  it('SZ-1: does not take a record of 0 at 0 for a success, and says what was last applied', async () => {
    const applied = { 'kubectl.kubernetes.io/last-applied-configuration': '{"spec":{"replicas":4}}' };
    const api = fakeApi([withMeta(left('0'), { annotations: applied })]);
    const [receipt] = await revertEverything(api);
    expect(receipt).toMatchObject({ outcome: 'diverged', verified: false });
    const restore = await restoreOf(api, 'DeploymentScaleZero', WEB);
    expect(restore.says).toContain('4 were last applied');
    expect(await revertEverything(api, { force: true })).toMatchObject([{ outcome: 'reverted', verified: true }]);
  });

  it('SZ-8: copies of the annotation on ReplicaSets are no injection', async () => {
    const copy = inShop('apps/v1', 'ReplicaSet', 'web-1', { metadata: { annotations: { [ORIGINAL_REPLICAS]: '3' } } });
    expect(await revertEverything(fakeApi([copy]))).toEqual([]);
  });
});
