import { describe, expect, it } from 'vitest';
import { deletionOrder } from '../../../src/sandbox/controllers/pods.ts';
import { planReplicaSet, replicaSetStatus } from '../../../src/sandbox/controllers/workloads/replicaset.ts';
import { startTestWorld } from './harness.ts';
import { AT, NOW, pod, replicaSet } from './make.ts';

describe('a replica set', () => {
  const set = replicaSet('rs', 2);

  it('makes what is missing', () => {
    expect(planReplicaSet(set, [pod('a', { owner: 'rs' })])).toMatchObject({ create: 1, remove: [] });
  });

  it('adopts matching orphans instead of making pods', () => {
    const plan = planReplicaSet(set, [pod('a', { owner: 'rs' }), pod('b'), pod('c', { labels: { app: 'other' } })]);
    expect(plan.adopt.map(p => p.metadata.name)).toEqual(['b']);
    expect(plan.create).toBe(0);
  });

  it('lets pods go whose labels no longer match, and replaces them', () => {
    const plan = planReplicaSet(set, [
      pod('a', { owner: 'rs' }),
      pod('b', { owner: 'rs', labels: { app: 'chaos-stomped' } }),
    ]);
    expect(plan.release.map(p => p.metadata.name)).toEqual(['b']);
    expect(plan.create).toBe(1);
  });

  it('leaves pods of another controller alone', () => {
    expect(planReplicaSet(set, [pod('a', { owner: 'other' })])).toEqual({
      adopt: [],
      release: [],
      create: 2,
      remove: [],
    });
  });

  it('does not count pods that are on their way out', () => {
    const pods = [pod('a', { owner: 'rs' }), pod('b', { owner: 'rs', deleted: true })];
    expect(planReplicaSet(set, pods).create).toBe(1);
    expect(replicaSetStatus(set, pods, undefined, NOW, AT)).toMatchObject({
      replicas: 1,
      readyReplicas: 1,
      terminatingReplicas: 1,
    });
  });

  it('gives up the least useful pods first', () => {
    const pods = [
      pod('old', { at: '2026-11-21T10:00:00Z' }),
      pod('young', { at: '2026-11-21T11:59:00Z' }),
      pod('unready', { ready: false }),
      pod('pending', { ready: false, phase: 'Pending' }),
      pod('unassigned', { ready: false, phase: 'Pending', node: '' }),
    ];
    expect(deletionOrder(pods).map(p => p.metadata.name)).toEqual(['unassigned', 'pending', 'unready', 'young', 'old']);
  });
});

describe('a refused pod', () => {
  it('shows as ReplicaFailure on the set and the Deployment, as an Event, and goes away when pods are allowed again', async () => {
    const w = startTestWorld();
    await w.pass(500);
    await w.admin.create('resourcequotas', {
      metadata: { name: 'chaos-quota', namespace: 'istio-system' },
      spec: { hard: { pods: '0' } },
    });
    const [victim] = w.store.list('pods', 'istio-system');
    await w.admin.delete('pods', 'istio-system', victim?.metadata.name ?? '');
    await w.pass(5000);
    const message =
      /^pods "istiod-[a-z0-9-]+" is forbidden: exceeded quota: chaos-quota, requested: pods=1, used: pods=[01], limited: pods=0$/;
    const failure = {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message: expect.stringMatching(message),
    };
    const d = () => w.store.get('deployments.apps', 'istio-system', 'istiod');
    expect(d()?.status).toMatchObject({ conditions: expect.arrayContaining([expect.objectContaining(failure)]) });
    const said = w.store.list('events', 'istio-system').find(e => e.reason === 'FailedCreate');
    expect(said).toMatchObject({ type: 'Warning', source: { component: 'replicaset-controller' } });
    expect(said?.message).toMatch(/^Error creating: pods "istiod-/);
    await w.admin.delete('resourcequotas', 'istio-system', 'chaos-quota');
    await w.pass(6000);
    expect(d()?.status).toMatchObject({ availableReplicas: 1 });
    expect(JSON.stringify(d()?.status)).not.toContain('ReplicaFailure');
  });
});
