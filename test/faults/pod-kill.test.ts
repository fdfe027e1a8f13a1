import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/host/seeded-random.ts';
import type { KubeObject, OwnerReference } from '../../src/k8s/object.ts';
import { podOf } from '../support/deployments.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { withMeta } from '../support/objects.ts';
import { effectOf, mustPlan, refusal, sendAll } from '../support/plans.ts';

interface PodOptions {
  owner?: string | null;
  ownerKind?: string;
  ready?: boolean;
  phase?: string;
  terminating?: boolean;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

function pod(name: string, options: PodOptions = {}): KubeObject {
  const { owner = 'web-1', ownerKind = 'ReplicaSet', ready = true, phase = 'Running', terminating = false } = options;
  const controller: OwnerReference[] =
    owner === null
      ? []
      : [{ apiVersion: 'apps/v1', kind: ownerKind, name: owner, uid: `uid-${owner}`, controller: true }];
  const status = { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] };
  return withMeta(podOf('web', name, { status }), {
    ownerReferences: controller,
    ...(options.labels === undefined ? {} : { labels: options.labels }),
    ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
    ...(terminating ? { deletionTimestamp: '2026-11-21T12:00:00Z' } : {}),
  });
}

const KILL = { type: 'PodKill', parameters: { labelSelector: 'app=web' } } as const;
const killed = (plan: { pods: { name: string }[] }) => plan.pods.map(victim => victim.name);

describe('choosing whom to kill', () => {
  it('refuses a selector that matches nothing', async () => {
    expect(await refusal(fakeApi(), KILL)).toBe(
      'no-match: expected pods with app=web in shop, found none: check the selector and the namespace',
    );
  });

  it('PK-1: never a pod that nothing would bring back', async () => {
    const api = fakeApi([pod('bare', { owner: null })]);
    expect(await refusal(api, KILL)).toBe(
      'forbidden-target: no pod with app=web in shop may be killed: bare (has no controller, so nothing would replace it)',
    );
    api.put(pod('owned'));
    const plan = await mustPlan(api, { ...KILL, scope: { count: 2 } });
    expect(killed(plan)).toEqual(['owned']);
    expect(plan.warnings).toEqual([
      'asked for 2 pods, only 1 may be killed',
      '1 of 2 matching pods are left alone: has no controller, so nothing would replace it',
    ]);
  });

  it.each<[string, PodOptions, string]>([
    ['Terminating ones', { terminating: true }, 'terminating'],
    ['finished ones', { phase: 'Succeeded' }, 'no-effect'],
    ['static pods', { ownerKind: 'Node' }, 'forbidden-target'],
    [
      'pods that carry an undo record',
      { annotations: { 'chaos.operatorchaos.io/rollback-data': '{}' } },
      'already-injected',
    ],
    ['the chaos tooling itself', { labels: { 'app.kubernetes.io/part-of': 'operator-chaos' } }, 'forbidden-target'],
  ])('PK-2, PK-5: leaves %s alone', async (_what, options, code) => {
    expect(await refusal(fakeApi([pod('odd', options)]), KILL)).toMatch(new RegExp(`^${code}: `));
  });

  it('takes the healthy before the unhealthy, whatever the lot', async () => {
    const api = fakeApi([
      pod('pending', { ready: false, phase: 'Pending' }),
      pod('unready', { ready: false }),
      pod('well'),
    ]);
    for (const seed of [1, 2, 3, 4, 5]) {
      expect(killed(await mustPlan(api, { ...KILL, facts: { random: seededRandom(seed) } }))).toEqual(['well']);
    }
    const both = await mustPlan(api, { ...KILL, scope: { count: 2 } });
    expect(killed(both)).toEqual(['well', 'unready']);
    expect(both.warnings).toEqual(['not Ready before the kill: unready']);
  });

  it('draws by lot among equals, the same way for the same seed', async () => {
    const api = fakeApi(Array.from({ length: 9 }, (_, index) => pod(`p${index}`)));
    const draw = async (seed: number) =>
      killed(await mustPlan(api, { ...KILL, facts: { random: seededRandom(seed) } }))[0];
    const draws = await Promise.all(Array.from({ length: 30 }, (_, seed) => draw(seed)));
    expect(new Set(draws).size).toBeGreaterThan(4);
    expect(await draw(7)).toBe(draws[7]);
  });

  it('says when the selector reaches over several workloads', async () => {
    const plan = await mustPlan(fakeApi([pod('a'), pod('b', { owner: 'other' })]), KILL);
    expect(plan.warnings).toEqual(['the selector matches pods of 2 controllers']);
  });

  it('is blind where pods may not be listed, and then injects nothing', async () => {
    const api = fakeApi([pod('a')]);
    api.script({ on: request => request.verb === 'list', answer: failing('forbidden', 'pods is forbidden') });
    expect(await refusal(api, KILL)).toBe('blind: cannot read pods in shop, so nothing is injected: pods is forbidden');
  });
});

describe('killing', () => {
  it('is forced and bound to the uid', async () => {
    const plan = await mustPlan(fakeApi([pod('a')]), KILL);
    expect(plan.writes).toEqual([
      {
        verb: 'delete',
        on: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'a', uid: 'uid-a' },
        gracePeriodSeconds: 0,
        precondition: { uid: 'uid-a' },
        says: 'kill Pod shop/a',
      },
    ]);
  });

  it('PK-4: lets a StatefulSet pod end in its own time, and says so', async () => {
    const plan = await mustPlan(fakeApi([pod('db-0', { ownerKind: 'StatefulSet' })]), KILL);
    expect(plan.writes[0]).not.toHaveProperty('gracePeriodSeconds');
    expect(plan.warnings).toEqual(['StatefulSet pods are deleted with their own grace period, not by force: db-0']);
  });

  it('PK-3: a pod that went by itself, or came back under its name, spoils nothing', async () => {
    const api = fakeApi([pod('a'), pod('b'), pod('c')]);
    const plan = await mustPlan(api, { ...KILL, scope: { count: 3 } });
    api.forget({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'a' });
    api.forget({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'b' });
    api.put({ ...pod('b'), metadata: { ...pod('b').metadata, uid: 'another' } });
    const execution = await sendAll(api, plan.writes);
    expect(execution.state).toBe('done');
    expect(execution.steps.map(step => `${step.write.on.name} ${step.outcome}`).sort()).toEqual([
      'a gone',
      'b gone',
      'c applied',
    ]);
    expect(api.all().map(object => object.metadata.uid)).toEqual(['another']);
  });
});

describe('the effect', () => {
  it('is proven by the uid being gone, with the replacement as further evidence', async () => {
    const api = fakeApi([pod('a'), pod('bystander')]);
    const plan = await mustPlan(api, { ...KILL, facts: { random: seededRandom(2) } });
    const [victim] = killed(plan);
    expect((await effectOf(api, KILL, plan)).state).toBe('absent');
    await sendAll(api, plan.writes);
    api.put(pod('fresh', { ready: false, phase: 'Pending' }));
    expect(await effectOf(api, KILL, plan)).toEqual({
      state: 'proven',
      evidence: [`pod ${victim} (uid-${victim}) is gone`, 'replacement fresh is Pending'],
    });
  });

  it('is pending while the pod is Terminating or cannot be read', async () => {
    const api = fakeApi([pod('a')]);
    const plan = await mustPlan(api, KILL);
    api.change(plan.target, object => {
      object.metadata.deletionTimestamp = '2026-11-21T12:00:00Z';
    });
    expect((await effectOf(api, KILL, plan)).state).toBe('pending');
    api.script({ on: request => request.verb === 'get', answer: failing('unreachable', 'gone') });
    expect((await effectOf(api, KILL, plan)).state).toBe('pending');
  });
});
