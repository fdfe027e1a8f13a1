import { describe, expect, it } from 'vitest';
import {
  daemonNowhere,
  governingService,
  heldByPartition,
  zeroInUse,
} from '../../../../src/triage/rules/workloads/nowhere.ts';
import {
  brokenRevision,
  notObserved,
  rolloutStuck,
  statefulStuck,
} from '../../../../src/triage/rules/workloads/rollout.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';
import { pod } from '../objects.ts';

const deployment = (conditions: object[], spec: Record<string, unknown> = {}): Literal => ({
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', generation: 4 },
  spec: { replicas: 3, template: { metadata: { labels: { app: 'web' } } }, ...spec },
  status: { observedGeneration: 4, updatedReplicas: 1, availableReplicas: 2, conditions },
});
const past = {
  type: 'Progressing',
  status: 'False',
  reason: 'ProgressDeadlineExceeded',
  message: 'ReplicaSet "web-5d9" has timed out progressing.',
  lastTransitionTime: ago(15),
};
const down = (minutes: number) => ({
  type: 'Available',
  status: 'False',
  reason: 'MinimumReplicasUnavailable',
  message: 'Deployment does not have minimum availability.',
  lastTransitionTime: ago(minutes),
});

describe('workload/rollout-stuck', () => {
  it('finds a rollout past its deadline and what may explain it', () => {
    const [found] = findings(rolloutStuck, [deployment([past])]);
    expect(found).toMatchObject({
      severity: 'high',
      object: { kind: 'Deployment', name: 'web' },
      since: { at: Date.parse(ago(15)), exact: true },
    });
    expect(found?.summary).toBe('rollout stuck past its deadline: 1 of 3 pods updated, 2 available');
    expect(found?.because).toContainEqual({ kind: 'Deployment', namespace: 'shop', name: 'web', rule: 'pod/' });
  });

  it('finds one that is down for two minutes, but neither a short dip, a pause nor zero replicas', () => {
    expect(findings(rolloutStuck, [deployment([down(5)])])[0]?.summary).toBe('2 of 3 pods available');
    expect(findings(rolloutStuck, [deployment([down(1)])])).toEqual([]);
    expect(findings(rolloutStuck, [deployment([past], { paused: true })])).toEqual([]);
    expect(findings(rolloutStuck, [deployment([down(5)], { replicas: 0 })])).toEqual([]);
  });
});

describe('workload/not-observed', () => {
  const lease = (minutes: number): Literal => ({
    kind: 'Lease',
    metadata: { name: 'kube-controller-manager', namespace: 'kube-system' },
    spec: { holderIdentity: 'cp-1', renewTime: ago(minutes) },
  });
  const behind: Literal = { ...deployment([]), metadata: { name: 'web', namespace: 'shop', generation: 5 } };

  it('needs both a change that nobody saw and an expired lease', () => {
    expect(findings(notObserved, [behind, lease(9)])[0]).toMatchObject({
      severity: 'critical',
      object: { kind: 'Lease', name: 'kube-controller-manager' },
    });
    expect(findings(notObserved, [behind, lease(0.1)])).toEqual([]);
    expect(findings(notObserved, [deployment([]), lease(9)])).toEqual([]);
  });
});

describe('StatefulSets that go in order', () => {
  const set = (spec: Record<string, unknown>, status: Record<string, unknown>): Literal => ({
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'shop' },
    spec: { replicas: 3, ...spec },
    status,
  });
  const sick = (hash: string) =>
    pod('db-0', {
      minutes: 9,
      labels: { 'controller-revision-hash': hash },
      containers: { web: { state: { waiting: { reason: 'CrashLoopBackOff' } } } },
      metadata: { ownerReferences: [{ kind: 'StatefulSet', name: 'db', controller: true }] },
    });

  it('workload/stateful-stuck: the next pods wait for the first', () => {
    const objects = [set({}, { replicas: 1, updateRevision: 'db-1', currentRevision: 'db-1' }), sick('db-1')];
    expect(findings(statefulStuck, objects)[0]?.summary).toBe(
      'stuck behind pod db-0, which is not ready: 1 of 3 pods created',
    );
    expect(findings(brokenRevision, objects)).toEqual([]);
    expect(findings(statefulStuck, [set({ podManagementPolicy: 'Parallel' }, { replicas: 1 }), sick('db-1')])).toEqual(
      [],
    );
  });

  it('workload/broken-revision: the template is mended and the pod is not replaced', () => {
    const objects = [set({}, { replicas: 3, updateRevision: 'db-2', currentRevision: 'db-1' }), sick('db-1')];
    const [found] = findings(brokenRevision, objects);
    expect(found?.summary).toContain('rollout stuck behind pod db-0');
    expect(found?.fixes[0]?.command).toBe('kubectl --context test delete pod/db-0 -n shop');
    expect(findings(statefulStuck, objects)).toEqual([]);
  });

  it('leaves pods below the partition, and OnDelete, alone', () => {
    const status = { replicas: 3, updateRevision: 'db-2', currentRevision: 'db-1' };
    expect(
      findings(brokenRevision, [set({ updateStrategy: { rollingUpdate: { partition: 2 } } }, status), sick('db-1')]),
    ).toEqual([]);
    expect(findings(brokenRevision, [set({ updateStrategy: { type: 'OnDelete' } }, status), sick('db-1')])).toEqual([]);
  });

  it('workload/partition only warns', () => {
    expect(
      findings(heldByPartition, [
        set(
          { updateStrategy: { rollingUpdate: { partition: 2 } } },
          { updateRevision: 'b', currentRevision: 'a', updatedReplicas: 1 },
        ),
      ])[0],
    ).toMatchObject({ severity: 'warn' });
    expect(
      findings(heldByPartition, [
        set({ updateStrategy: { rollingUpdate: { partition: 2 } } }, { updateRevision: 'a', currentRevision: 'a' }),
      ]),
    ).toEqual([]);
  });

  it('workload/service-name names the Service that exists', () => {
    const service: Literal = { kind: 'Service', metadata: { name: 'db-headless', namespace: 'shop' }, spec: {} };
    expect(findings(governingService, [set({ serviceName: 'db-headles' }, {}), service])[0]).toMatchObject({
      severity: 'high',
    });
    expect(findings(governingService, [set({ serviceName: 'other' }, {}), service])[0]).toMatchObject({
      severity: 'warn',
    });
    expect(findings(governingService, [set({ serviceName: 'db-headless' }, {}), service])).toEqual([]);
  });
});

describe('workload/daemonset-nowhere', () => {
  const set = (value: string): Literal => ({
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'shop', creationTimestamp: ago(60) },
    spec: { template: { spec: { nodeSelector: { pool: value } } } },
    status: { desiredNumberScheduled: 0 },
  });
  const node: Literal = { kind: 'Node', metadata: { name: 'node-1', labels: { pool: 'general' } }, status: {} };
  it('fails where nodes nearly match, and only warns where they do not', () => {
    expect(findings(daemonNowhere, [set('genral'), node])[0]).toMatchObject({
      severity: 'high',
      summary: 'runs on no node: no node matches its nodeSelector pool=genral (there is pool=general)',
    });
    expect(findings(daemonNowhere, [set('gpu'), node])[0]).toMatchObject({ severity: 'warn' });
    expect(findings(daemonNowhere, [set('general'), node])).toEqual([]);
  });
});

describe('workload/scaled-to-zero', () => {
  const zero: Literal = { ...deployment([], { replicas: 0 }), status: {} };
  const service: Literal = {
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { selector: { app: 'web' }, ports: [{ port: 443 }] },
  };
  const api: Literal = {
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: { service: { namespace: 'shop', name: 'web' } },
  };
  it('fails where an API service needs it, and says nothing where nobody does', () => {
    expect(findings(zeroInUse, [zero, service, api])[0]).toMatchObject({
      severity: 'high',
      object: { kind: 'Deployment' },
      summary: 'scaled to 0 replicas, and APIService v1beta1.metrics.k8s.io needs its Service',
    });
    expect(findings(zeroInUse, [zero, service])).toEqual([]);
  });
});
