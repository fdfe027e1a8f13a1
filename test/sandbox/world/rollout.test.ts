import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Deployment, IntOrString, ReplicaSet } from '../../../src/sandbox/controllers/kinds.ts';
import { planDeployment } from '../../../src/sandbox/controllers/workloads/deployment.ts';
import {
  maxUnavailable,
  newSetSize,
  proportional,
  rollingLimits,
  scaled,
  shrinkOld,
  specReplicas,
} from '../../../src/sandbox/controllers/workloads/rollout.ts';
import { AT, deployment, NOW, replicaSet } from './make.ts';

const rolling = (maxSurge: IntOrString, maxUnavailable: IntOrString) => ({
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
});

describe('rollout arithmetic', () => {
  it.each([
    ['25%', 4, true, 1],
    ['25%', 5, true, 2],
    ['25%', 5, false, 1],
    ['100%', 3, false, 3],
    ['1%', 1, false, 0],
    [2, 10, true, 2],
    [undefined, 10, true, 0],
  ] as const)('%s of %i, up %s, is %i', (value, of, up, expected) => {
    expect(scaled(value, of, up)).toBe(expected);
  });

  it.each([
    [2, 0, '1%', { surge: 0, unavailable: 1 }],
    [1, 0, '1%', { surge: 0, unavailable: 1 }],
    [2, '1%', '25%', { surge: 1, unavailable: 0 }],
    [10, '25%', '25%', { surge: 3, unavailable: 2 }],
    [1, '25%', '25%', { surge: 1, unavailable: 0 }],
  ] as const)('%i replicas, surge %s, unavailable %s: %o', (replicas, surge, unavailable, expected) => {
    expect(rollingLimits(deployment(replicas, rolling(surge, unavailable)))).toEqual(expected);
  });

  it('lets the new set grow to the ceiling and no further', () => {
    const d = deployment(10);
    expect(newSetSize(d, [replicaSet('old', 10)], 0)).toBe(3);
    expect(newSetSize(d, [replicaSet('old', 8), replicaSet('new', 3)], 3)).toBe(5);
    expect(newSetSize(d, [replicaSet('old', 8), replicaSet('new', 5)], 5)).toBe(5);
  });

  it('takes unhealthy old pods first, and none while the new ones are not available', () => {
    const d = deployment(10);
    const sizes = (old: ReplicaSet, fresh: ReplicaSet) => shrinkOld(d, [old], fresh).map(r => r.to);
    expect(sizes(replicaSet('old', 10), replicaSet('new', 3, 0))).toEqual([8]);
    expect(sizes(replicaSet('old', 8), replicaSet('new', 5, 0))).toEqual([]);
    expect(sizes(replicaSet('old', 8, 6), replicaSet('new', 5, 5))).toEqual([3]);
  });

  it('spreads a scaling event in proportion, the rest to the largest', () => {
    const annotated = (name: string, n: number) => {
      const set = replicaSet(name, n);
      set.metadata.annotations = {
        'deployment.kubernetes.io/max-replicas': '13',
        'deployment.kubernetes.io/desired-replicas': '10',
      };
      return set;
    };
    const sizes = proportional(deployment(14), [annotated('old', 8), annotated('new', 5)]);
    expect(Object.fromEntries(sizes.map(s => [s.set.metadata.name, s.to]))).toEqual({ old: 11, new: 7 });
  });
});

/** ReplicaSets whose pods come up, or not, as the test says; sets shrink by their unavailable pods first. */
class Cluster {
  sets: ReplicaSet[] = [];
  d: Deployment;
  constructor(d: Deployment) {
    this.d = d;
  }
  reconcile() {
    const plan = planDeployment(this.d, { sets: this.sets, oldPodsRun: false, nowMs: NOW, at: AT });
    if (plan.create) {
      const name = plan.create.metadata.name;
      this.sets.push({
        ...plan.create,
        metadata: { ...plan.create.metadata, uid: name },
        status: { replicas: specReplicas(plan.create), availableReplicas: 0 },
      });
    }
    for (const next of plan.update) {
      const available = Math.min(specReplicas(next), next.status?.availableReplicas ?? 0);
      this.sets = this.sets.map(s =>
        s.metadata.uid === next.metadata.uid
          ? {
              ...next,
              status: { replicas: specReplicas(next), availableReplicas: available, readyReplicas: available },
            }
          : s,
      );
    }
    const removed = new Set(plan.remove.map(s => s.metadata.uid));
    this.sets = this.sets.filter(s => !removed.has(s.metadata.uid));
    this.d = { ...this.d, status: plan.status };
    return plan;
  }
  comeUp(which: number) {
    const growing = this.sets.filter(s => (s.status?.availableReplicas ?? 0) < specReplicas(s));
    const set = growing[which % Math.max(1, growing.length)];
    if (set) set.status = { ...set.status, availableReplicas: (set.status?.availableReplicas ?? 0) + 1 };
  }
  newImage(n: number) {
    const [container] = this.d.spec.template.spec.containers;
    const spec = { containers: [{ ...container, name: 'a', image: `example.com/a:${n}` }] };
    this.d = {
      ...this.d,
      metadata: { ...this.d.metadata, generation: (this.d.metadata.generation ?? 1) + 1 },
      spec: { ...this.d.spec, template: { ...this.d.spec.template, spec } },
    };
  }
  get available() {
    return this.sets.reduce((n, s) => n + (s.status?.availableReplicas ?? 0), 0);
  }
  get total() {
    return this.sets.reduce((n, s) => n + specReplicas(s), 0);
  }
}

const bound = fc.oneof(
  fc.integer({ min: 0, max: 6 }),
  fc.integer({ min: 0, max: 100 }).map(n => `${n}%`),
);
const moves = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant({ do: 'reconcile' as const, n: 0 }) },
    { weight: 6, arbitrary: fc.nat(5).map(n => ({ do: 'up' as const, n })) },
    { weight: 1, arbitrary: fc.integer({ min: 2, max: 4 }).map(n => ({ do: 'image' as const, n })) },
  ),
  { maxLength: 80 },
);

describe('a rolling update', () => {
  it('never asks for more than the surge allows, nor takes availability below the floor', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), bound, bound, moves, (replicas, surge, unavailable, steps) => {
        const cluster = new Cluster(deployment(replicas, rolling(surge, unavailable)));
        const ceiling = replicas + rollingLimits(cluster.d).surge;
        const floor = replicas - maxUnavailable(cluster.d);
        for (const step of steps) {
          const before = cluster.available;
          if (step.do === 'up') cluster.comeUp(step.n);
          else if (step.do === 'image') cluster.newImage(step.n);
          else cluster.reconcile();
          expect(cluster.total).toBeLessThanOrEqual(Math.max(ceiling, replicas));
          if (before >= floor) expect(cluster.available).toBeGreaterThanOrEqual(floor);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('ends with the wanted pods of the last template, whatever happened on the way', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 }), bound, bound, moves, (replicas, surge, unavailable, steps) => {
        const cluster = new Cluster(deployment(replicas, rolling(surge, unavailable)));
        for (const step of steps) {
          if (step.do === 'up') cluster.comeUp(step.n);
          else if (step.do === 'image') cluster.newImage(step.n);
          else cluster.reconcile();
        }
        for (let i = 0; i < 120; i++) {
          cluster.reconcile();
          cluster.comeUp(i);
        }
        const image = cluster.d.spec.template.spec.containers[0]?.image;
        const active = cluster.sets.filter(s => specReplicas(s) > 0);
        expect(active.map(s => [s.spec.template.spec.containers[0]?.image, specReplicas(s)])).toEqual(
          replicas > 0 ? [[image, replicas]] : [],
        );
        expect(cluster.d.status?.conditions?.find(c => c.type === 'Progressing')?.reason).toBe(
          'NewReplicaSetAvailable',
        );
      }),
      { numRuns: 40 },
    );
  });

  it('keeps only as many old sets as the history limit says', () => {
    const cluster = new Cluster(deployment(1, { revisionHistoryLimit: 2 }));
    for (let image = 1; image <= 6; image++) {
      cluster.newImage(image);
      for (let i = 0; i < 10; i++) {
        cluster.reconcile();
        cluster.comeUp(i);
      }
    }
    expect(cluster.sets).toHaveLength(3);
  });
});

describe('a stuck rollout', () => {
  const stuck = () => {
    const cluster = new Cluster(deployment(2));
    for (let i = 0; i < 6; i++) {
      cluster.reconcile();
      cluster.comeUp(0);
    }
    cluster.newImage(9);
    for (let i = 0; i < 6; i++) cluster.reconcile();
    return cluster;
  };

  it('keeps the old pods', () => {
    const cluster = stuck();
    expect(cluster.sets.map(specReplicas).sort()).toEqual([1, 2]);
    expect(cluster.d.status).toMatchObject({
      replicas: 3,
      updatedReplicas: 1,
      availableReplicas: 2,
      unavailableReplicas: 1,
    });
  });

  it('is reported when the deadline has passed, not before', () => {
    const { d, sets } = stuck();
    const at = (seconds: number) => planDeployment(d, { sets, oldPodsRun: false, nowMs: NOW + seconds * 1000, at: AT });
    expect(at(599).status.conditions?.at(-1)).toMatchObject({
      type: 'Progressing',
      status: 'True',
      reason: 'ReplicaSetUpdated',
    });
    expect(at(599).checkInMs).toBe(2000);
    expect(at(601).status.conditions?.at(-1)).toMatchObject({
      type: 'Progressing',
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: expect.stringMatching(/^ReplicaSet "web-.*" has timed out progressing\.$/),
    });
  });

  it('does not run into the deadline while paused', () => {
    const { d, sets } = stuck();
    const paused = { ...d, spec: { ...d.spec, paused: true } };
    const plan = planDeployment(paused, { sets, oldPodsRun: false, nowMs: NOW + 3_600_000, at: AT });
    expect(plan.status.conditions?.at(-1)).toMatchObject({
      status: 'Unknown',
      reason: 'DeploymentPaused',
      message: 'Deployment is paused',
    });
  });
});

describe('recreate', () => {
  it('starts nothing new while an old pod runs', () => {
    const d = deployment(2, { strategy: { type: 'Recreate' } }, 'example.com/a:2');
    const facts = { nowMs: NOW, at: AT };
    const old = replicaSet('old', 2);
    const first = planDeployment(d, { ...facts, sets: [old], oldPodsRun: true });
    expect(first.update.map(specReplicas)).toEqual([0]);
    expect(first.create).toBeUndefined();
    const second = planDeployment(d, { ...facts, sets: [replicaSet('old', 0)], oldPodsRun: true });
    expect(second.create).toBeUndefined();
    expect(planDeployment(d, { ...facts, sets: [replicaSet('old', 0)], oldPodsRun: false }).create?.spec.replicas).toBe(
      2,
    );
  });
});
