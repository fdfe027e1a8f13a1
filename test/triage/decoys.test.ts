import { expect, it } from 'vitest';
import { RULES } from '../../src/triage/rules/index.ts';
import { isFailure } from '../../src/triage/run/gate-run.ts';
import { runGates } from '../../src/triage/run/run.ts';
import { type Literal, viewOf } from '../support/view.ts';
import { ago, NOW } from './rules/findings.ts';
import { pod, warning } from './rules/objects.ts';

const shop = 'shop';
const where = (name: string, more: object = {}) => ({
  name,
  namespace: shop,
  creationTimestamp: ago(60 * 24 * 40),
  ...more,
});
const deployment = (name: string, spec: object, status: object, more: object = {}): Literal => ({
  kind: 'Deployment',
  metadata: where(name, { generation: 3, ...more }),
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image: 'x:1' }] } },
    ...spec,
  },
  status: { observedGeneration: 3, ...status },
});
const well = {
  replicas: 2,
  readyReplicas: 2,
  availableReplicas: 2,
  updatedReplicas: 2,
  conditions: [{ type: 'Available', status: 'True' }],
};
const node = (name: string, spec: object = {}): Literal => ({
  kind: 'Node',
  metadata: { name, creationTimestamp: ago(60 * 24 * 90) },
  spec,
  status: {
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        lastHeartbeatTime: ago(1),
        lastTransitionTime: ago(9000),
      },
    ],
  },
});
const service = (name: string, spec: object): Literal => ({
  kind: 'Service',
  metadata: where(name),
  spec: { type: 'ClusterIP', ...spec },
  status: {},
});

/** What looks broken and is not: nothing here may be a failure. */
const DECOYS: Record<string, Literal[]> = {
  'a Deployment scaled to zero, with its Service': [
    deployment('preview', { replicas: 0 }, { conditions: [{ type: 'Available', status: 'True' }] }),
    service('preview', { selector: { app: 'preview' }, ports: [{ port: 80 }] }),
  ],
  'a suspended CronJob that missed a thousand starts': [
    {
      kind: 'CronJob',
      metadata: where('nightly'),
      spec: { schedule: '0 3 * * *', suspend: true },
      status: { lastScheduleTime: ago(60 * 24 * 30) },
    },
  ],
  'pods of Jobs that are done': [
    {
      kind: 'Job',
      metadata: where('migrate'),
      spec: { completions: 1 },
      status: { succeeded: 1, completionTime: ago(90), conditions: [{ type: 'Complete', status: 'True' }] },
    },
    pod('migrate-x', { ready: false, status: { phase: 'Succeeded' } }),
  ],
  'a rollout paused on purpose, half way': [
    deployment(
      'web',
      { paused: true },
      {
        ...well,
        updatedReplicas: 1,
        conditions: [
          { type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused' },
          { type: 'Available', status: 'True' },
        ],
      },
    ),
  ],
  'a cordoned node in maintenance, a budget that is kept': [
    node('n1', { unschedulable: true }),
    node('n2'),
    {
      kind: 'PodDisruptionBudget',
      metadata: where('web'),
      spec: { minAvailable: 1 },
      status: { expectedPods: 2, currentHealthy: 2, desiredHealthy: 1, disruptionsAllowed: 1 },
    },
  ],
  'restarts of long ago': [
    pod('web-1', {
      containers: {
        web: {
          ready: true,
          restartCount: 412,
          lastState: { terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: ago(60 * 30) } },
          state: { running: { startedAt: ago(60 * 30) } },
        },
      },
      ready: true,
    }),
  ],
  'a dead webhook that is ignored': [
    {
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'lint', creationTimestamp: ago(9000) },
      webhooks: [
        {
          name: 'lint.example.com',
          failurePolicy: 'Ignore',
          clientConfig: { service: { namespace: shop, name: 'gone' } },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        },
      ],
    },
  ],
  'an ExternalName Service, and a headless one without selector': [
    service('db', { type: 'ExternalName', externalName: 'db.example.com' }),
    service('manual', { clusterIP: 'None' }),
    service('outside', { ports: [{ port: 5432 }] }),
  ],
  'an autoscaler at its maximum that works': [
    deployment(
      'api',
      { replicas: 10 },
      { ...well, replicas: 10, readyReplicas: 10, availableReplicas: 10, updatedReplicas: 10 },
    ),
    {
      kind: 'HorizontalPodAutoscaler',
      metadata: where('api'),
      spec: {
        minReplicas: 2,
        maxReplicas: 10,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' },
      },
      status: {
        currentReplicas: 10,
        desiredReplicas: 10,
        conditions: [
          { type: 'AbleToScale', status: 'True' },
          { type: 'ScalingActive', status: 'True' },
          { type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas' },
        ],
      },
    },
  ],
  'pods that end within their grace': [
    pod('web-1', {
      ready: false,
      metadata: { deletionTimestamp: new Date(NOW + 40_000).toISOString(), deletionGracePeriodSeconds: 60 },
    }),
  ],
  'a rollout in its first minute': [
    deployment('web', {}, { ...well, updatedReplicas: 1, replicas: 3, unavailableReplicas: 1 }),
    pod('web-new', {
      ready: false,
      minutes: 0.5,
      containers: { web: { ready: false, state: { waiting: { reason: 'ContainerCreating' } } } },
      status: { phase: 'Pending' },
    }),
  ],
  'a claim that waits for its first consumer': [
    { kind: 'StorageClass', metadata: { name: 'local' }, provisioner: 'x', volumeBindingMode: 'WaitForFirstConsumer' },
    {
      kind: 'PersistentVolumeClaim',
      metadata: where('data'),
      spec: { storageClassName: 'local', resources: { requests: { storage: '1Gi' } } },
      status: { phase: 'Pending' },
    },
    warning(
      'PersistentVolumeClaim',
      shop,
      'data',
      'WaitForFirstConsumer',
      'waiting for first consumer to be created before binding',
    ),
  ],
  'a DaemonSet for hardware that no node has': [
    {
      kind: 'DaemonSet',
      metadata: where('gpu', { generation: 1 }),
      spec: { template: { spec: { nodeSelector: { gpu: 'a100' }, containers: [] } } },
      status: { desiredNumberScheduled: 0, observedGeneration: 1 },
    },
    node('n1'),
  ],
  'an isolated pod that is well, and an old load balancer where nobody has one': [
    { kind: 'NetworkPolicy', metadata: where('deny'), spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } },
    {
      kind: 'Service',
      metadata: { name: 'kube-dns', namespace: 'kube-system' },
      spec: { clusterIP: 'None' },
      status: {},
    },
    pod('batch-1'),
    service('old', { type: 'LoadBalancer', ports: [{ port: 80 }] }),
  ],
  'a suspended Kustomization of Flux that failed': [
    {
      kind: 'Kustomization',
      metadata: where('apps'),
      spec: { suspend: true },
      status: {
        conditions: [
          { type: 'Ready', status: 'False', reason: 'BuildFailed', message: 'x', lastTransitionTime: ago(99) },
        ],
      },
    },
  ],
};

it.each(Object.entries(DECOYS))('%s: no gate fails', async (_, objects) => {
  const namespaces: Literal[] = [shop, 'kube-system'].map(name => ({
    kind: 'Namespace',
    metadata: { name, creationTimestamp: ago(9e4) },
    spec: {},
    status: { phase: 'Active' },
  }));
  const view = viewOf([...namespaces, ...objects], { now: NOW });
  const nothing = () => ({ ok: false, status: 404, reason: 'not-found', message: 'not found' });
  const answers = {
    log: nothing,
    object: nothing,
    instances: nothing,
    certificates: nothing,
    path: nothing,
    marks: nothing,
  };
  const told: string[] = [];
  for await (const gate of runGates({
    rules: RULES,
    view,
    now: NOW,
    read: async () => answers as never,
    monotonic: () => 0,
  }))
    for (const { rule, severity, summary } of gate.findings) if (isFailure(severity)) told.push(`${rule}: ${summary}`);
  expect(told).toEqual([]);
});
