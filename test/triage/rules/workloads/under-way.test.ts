import { describe, expect, it } from 'vitest';
import { underWay } from '../../../../src/triage/rules/workloads/under-way.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings, NOW } from '../findings.ts';

const deployment = (status: object, spec: object = {}, generation = 4): Literal => ({
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', generation },
  spec: { replicas: 3, ...spec },
  status: { observedGeneration: 4, replicas: 3, updatedReplicas: 3, readyReplicas: 3, ...status },
});

const pod = (minutes: number, status: object, name = 'web-1'): Literal => ({
  kind: 'Pod',
  metadata: { name, namespace: 'shop', creationTimestamp: ago(minutes) },
  spec: { containers: [{ name: 'web' }] },
  status: { phase: 'Pending', ...status },
});

const unplaced = {
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available' }],
};
const waiting = (reason: string, restartCount = 0) => ({
  containerStatuses: [{ name: 'web', restartCount, state: { waiting: { reason } } }],
});

describe('rollout/under-way', () => {
  it('tells of a pod that no node takes before that is long enough to be called stuck', () => {
    const [found] = findings(underWay, [pod(1.5, unplaced)]);
    expect(found).toMatchObject({
      severity: 'info',
      since: { at: NOW - 90_000 },
      object: { kind: 'Pod', name: 'web-1' },
    });
    expect(found?.summary).toBe('not settled yet: 1 pod not ready (Unschedulable: 0/3 nodes are available)');
  });

  it('leaves a pod that waits longer, that fails, or that is done to the other rules', () => {
    const others = [
      pod(3, unplaced),
      pod(1, waiting('CrashLoopBackOff')),
      pod(1, waiting('ContainerCreating', 2)),
      pod(1, { phase: 'Succeeded' }),
    ];
    for (const one of others) expect(findings(underWay, [one])).toEqual([]);
    expect(findings(underWay, [pod(1, waiting('ContainerCreating'))])).toHaveLength(1);
  });

  it.each([
    [
      'a change that its controller has not seen',
      deployment({}, {}, 5),
      'its controller has not observed the newest change',
    ],
    ['a change that has reached some pods', deployment({ updatedReplicas: 2 }), '2 of 3 pods updated'],
    ['pods of the revision before', deployment({ replicas: 4 }), '1 pod of the previous revision left'],
  ])('tells of %s', (_, object, words) => {
    expect(findings(underWay, [object]).map(({ summary }) => summary)).toEqual([`not settled yet: ${words}`]);
  });

  it.each([
    ['complete', deployment({})],
    ['paused', deployment({ updatedReplicas: 1 }, { paused: true })],
    ['scaled to zero', deployment({ replicas: 0, updatedReplicas: 0 }, { replicas: 0 })],
    [
      'past its deadline, which is a rule of its own',
      deployment({ updatedReplicas: 1, conditions: [{ type: 'Progressing', status: 'False' }] }),
    ],
  ])('says nothing of a Deployment that is %s', (_, object) => {
    expect(findings(underWay, [object])).toEqual([]);
  });
});
