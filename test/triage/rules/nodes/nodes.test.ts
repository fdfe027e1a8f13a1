import { describe, expect, it } from 'vitest';
import { nodeCordoned, nodeTainted } from '../../../../src/triage/rules/nodes/closed.ts';
import { leaseStale, nodeNotReady, nodePressure, versionSkew } from '../../../../src/triage/rules/nodes/not-ready.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';
import { deployment, pod, unplaced } from '../objects.ts';

const node = (
  name: string,
  conditions: object[] = [],
  spec: Record<string, unknown> = {},
  version = 'v1.36.3',
): Literal => ({
  kind: 'Node',
  metadata: { name, creationTimestamp: ago(9000), labels: {} },
  spec,
  status: {
    allocatable: { cpu: '4', memory: '16Gi', pods: '110' },
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(9000) }, ...conditions],
    nodeInfo: { kubeletVersion: version },
  },
});
const silent = (name: string): Literal => ({
  ...node(name),
  status: {
    conditions: [
      {
        type: 'Ready',
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: ago(12),
      },
    ],
  },
});
const lease = (name: string, minutes: number): Literal => ({
  kind: 'Lease',
  metadata: { name, namespace: 'kube-node-lease' },
  spec: { renewTime: ago(minutes) },
});
const pending = (message: string) =>
  deployment([
    pod('web-1', {
      ready: false,
      spec: { nodeName: undefined },
      status: unplaced(message),
    }),
  ]);

describe('node/not-ready', () => {
  it('tells a silent kubelet with the age of its lease, and the pods on the node', () => {
    const [found, ...others] = findings(nodeNotReady, [
      silent('node-1'),
      node('node-2'),
      lease('node-1', 13),
      pod('web-1'),
    ]);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'high',
      object: { kind: 'Node', name: 'node-1' },
      since: { at: Date.parse(ago(12)), exact: true },
    });
    expect(found?.summary).toBe('node not ready: its kubelet no longer reports; 1 pod on it');
    expect(found?.evidence).toContain('Lease kube-node-lease/node-1: renewed 13m ago');
  });

  it('only warns of a node that was cordoned and drained before it was switched off; one pod of its own is an outage again', () => {
    const off = { ...silent('node-3'), spec: { unschedulable: true } };
    const on = (name: string, kind: string) =>
      pod(name, { spec: { nodeName: 'node-3' }, metadata: { ownerReferences: [{ kind, name: 'x', uid: 'x' }] } });
    const severity = (...pods: Literal[]) => findings(nodeNotReady, [node('node-1'), off, ...pods])[0]?.severity;
    expect(severity()).toBe('warn');
    expect(severity(on('agent-1', 'DaemonSet'))).toBe('warn');
    expect(severity(on('agent-1', 'DaemonSet'), on('web-1', 'ReplicaSet'))).toBe('high');
    expect(findings(nodeNotReady, [off])[0]?.severity).toBe('critical');
  });
  it('is critical when all nodes are silent, and tells a network plugin', () => {
    expect(findings(nodeNotReady, [silent('node-1'), silent('node-2')]).map(one => one.severity)).toEqual([
      'critical',
      'critical',
    ]);
    const cni = {
      type: 'Ready',
      status: 'False',
      reason: 'KubeletNotReady',
      message:
        'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
      lastTransitionTime: ago(12),
    };
    const [found] = findings(nodeNotReady, [{ ...node('node-1'), status: { conditions: [cni] } }, node('node-2')]);
    expect(found?.summary).toContain('its network (CNI) is not ready');
  });
});

it('node/pressure quotes the kubelet and counts the evicted pods', () => {
  const pressure = {
    type: 'DiskPressure',
    status: 'True',
    reason: 'KubeletHasDiskPressure',
    message: 'kubelet has disk pressure',
    lastTransitionTime: ago(30),
  };
  const evicted = pod('web-9', {
    status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: ephemeral-storage.' },
  });
  const [found] = findings(nodePressure, [node('node-1', [pressure]), evicted]);
  expect(found).toMatchObject({ severity: 'high', summary: 'disk pressure: 1 pod evicted' });
  expect(findings(nodePressure, [node('node-1', [{ ...pressure, status: 'False' }])])).toEqual([]);
});

it('node/lease-stale: ready by its condition, silent by its lease', () => {
  expect(findings(leaseStale, [node('node-1'), lease('node-1', 9)])[0]).toMatchObject({ severity: 'high' });
  expect(findings(leaseStale, [node('node-1'), lease('node-1', 0.3), silent('node-2'), lease('node-2', 9)])).toEqual(
    [],
  );
});

it('node/version-skew warns beyond three minor versions', () => {
  expect(
    findings(versionSkew, [node('a'), node('b', [], {}, 'v1.32.1')]).map(one => [one.object.name, one.severity]),
  ).toEqual([['b', 'warn']]);
  expect(findings(versionSkew, [node('a'), node('b', [], {}, 'v1.33.1')])).toEqual([]);
});

describe('node/cordoned', () => {
  const off = node('node-1', [], {
    unschedulable: true,
    taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: ago(90) }],
  });
  it('only warns, unless pods wait that would fit', () => {
    expect(findings(nodeCordoned, [off, node('node-2')])[0]).toMatchObject({
      severity: 'warn',
      since: { at: Date.parse(ago(90)), exact: true },
    });
    const [found] = findings(nodeCordoned, [off, ...pending('0/1 nodes are available: 1 node(s) were unschedulable.')]);
    expect(found).toMatchObject({ severity: 'high' });
    expect(found?.fixes[0]?.command).toBe('kubectl --context test uncordon node-1');
  });
});

describe('node/tainted', () => {
  const tainted = node('node-1', [], { taints: [{ key: 'maintenance', value: 'true', effect: 'NoSchedule' }] });
  const waiting = pending('0/1 nodes are available: 1 node(s) had untolerated taint {maintenance: true}.');
  it('accuses the node where pods without a toleration run on it', () => {
    const [found] = findings(nodeTainted, [tainted, pod('api-1', { labels: { app: 'api' } }), ...waiting]);
    expect(found).toMatchObject({ severity: 'high', object: { kind: 'Node', name: 'node-1' } });
    expect(found?.fixes[0]?.command).toBe('kubectl --context test taint node node-1 maintenance:NoSchedule-');
  });
  it('says nothing of a node that is dedicated, nor of a taint that keeps nobody out', () => {
    expect(findings(nodeTainted, [tainted, ...waiting])).toEqual([]);
    expect(findings(nodeTainted, [tainted, pod('api-1')])).toEqual([]);
  });
  it('warns of a taint that an autoscaler left behind', () => {
    const left = node('node-1', [], {
      taints: [{ key: 'ToBeDeletedByClusterAutoscaler', value: '1790000000', effect: 'NoSchedule' }],
    });
    expect(findings(nodeTainted, [left])[0]).toMatchObject({ severity: 'warn' });
  });
});
