import type { Condition, Deployment, Pod, ReplicaSet } from '../../../src/sandbox/controllers/kinds.ts';

/** Small objects for tests; each maker fills in what every object of the kind has. */

export const AT = '2026-11-21T12:00:00Z';
export const NOW = Date.parse(AT);

export function deployment(
  replicas: number,
  more: Partial<Deployment['spec']> = {},
  image = 'example.com/a:1',
): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'ex', uid: 'd', generation: 1 },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image }] } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      ...more,
    },
  };
}

export function pod(
  name: string,
  more: {
    labels?: Record<string, string>;
    ready?: boolean;
    node?: string;
    ip?: string;
    owner?: string;
    phase?: string;
    at?: string;
    deleted?: boolean;
  } = {},
): Pod {
  const {
    labels = { app: 'web' },
    ready = true,
    node = 'node-1',
    ip = '10.244.0.9',
    owner,
    phase = 'Running',
    at = AT,
  } = more;
  const condition: Condition = { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: at };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'ex',
      uid: `uid-${name}`,
      labels,
      creationTimestamp: at,
      ...(more.deleted && { deletionTimestamp: at }),
      ...(owner && {
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true }],
      }),
    },
    spec: {
      containers: [{ name: 'a', image: 'example.com/a:1', ports: [{ name: 'http', containerPort: 8080 }] }],
      nodeName: node,
    },
    status: { phase: phase as 'Running', conditions: [condition], ...(ip && { podIP: ip }), containerStatuses: [] },
  };
}

export function replicaSet(name: string, replicas: number, available = replicas): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, namespace: 'ex', uid: name, creationTimestamp: AT, generation: 1 },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image: name }] } },
    },
    status: { replicas, availableReplicas: available, readyReplicas: available },
  };
}
