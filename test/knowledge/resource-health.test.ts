import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/k8s/object.ts';
import { differencesOf, healthOf } from '../../src/knowledge/resource-health.ts';

const object = (kind: string, rest: Record<string, unknown> = {}, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'x', ...metadata },
  ...rest,
});
const condition = (type: string, status: string) => ({ type, status, reason: 'Because', message: 'of this' });

describe('the health of an object', () => {
  it.each([
    ['Deployment', { spec: { replicas: 2 }, status: { readyReplicas: 2 } }, 'healthy', '2 of 2 ready'],
    ['Deployment', { spec: { replicas: 2 }, status: {} }, 'unhealthy', '0 of 2 ready'],
    ['Deployment', { spec: { replicas: 0 }, status: {} }, 'healthy', '0 of 0 ready'],
    ['DaemonSet', { status: { desiredNumberScheduled: 3, numberReady: 2 } }, 'unhealthy', '2 of 3 ready'],
    ['Namespace', { status: { phase: 'Active' } }, 'healthy', 'Active'],
    ['PersistentVolumeClaim', { status: { phase: 'Pending' } }, 'unhealthy', 'Pending'],
    [
      'Certificate',
      { status: { conditions: [condition('Ready', 'False')] } },
      'unhealthy',
      'Ready False: Because: of this',
    ],
    ['Widget', { status: { conditions: [condition('Ready', 'True')] } }, 'healthy', 'Ready True'],
    ['ConfigMap', {}, 'there', ''],
    ['constructor', {}, 'there', ''],
  ])('of a %s with %j is %s', (kind, rest, state, says) => {
    expect(healthOf(object(kind, rest))).toEqual({ state, says });
  });

  it('is never good while it is being deleted, or its controller has not seen its spec', () => {
    const good = { spec: { replicas: 1 }, status: { readyReplicas: 1, observedGeneration: 1 } };
    expect(healthOf(object('Deployment', good, { deletionTimestamp: '2026-01-01T00:00:00Z' })).state).toBe('unhealthy');
    expect(healthOf(object('Deployment', good, { generation: 2 })).says).toContain('generation 2');
    expect(healthOf(object('Deployment', good, { generation: 1 })).state).toBe('healthy');
  });
});

it('tells labels, owner and spec that are not as the model says; how a value prints is what counts', () => {
  const wanted = {
    apiVersion: 'v1',
    kind: 'X',
    name: 'x',
    labels: { a: 'b' },
    ownerRef: 'Gateway',
    expectedSpec: { replicas: '1', type: { a: 1 } },
  };
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Gateway', name: 'g', uid: 'u' }];
  expect(
    differencesOf(
      wanted,
      object('X', { spec: { replicas: 1, type: { a: 1 } } }, { labels: { a: 'b' }, ownerReferences }),
    ),
  ).toEqual([]);
  expect(differencesOf(wanted, object('X', { spec: { replicas: 2 } }))).toEqual([
    'label a: expected b, found none',
    'owner: expected a Gateway, found none',
    'spec.replicas: expected "1", found 2',
    'spec.type: expected {"a":1}, found nothing',
  ]);
});
