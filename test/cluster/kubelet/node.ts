import type { Api } from '../controlplane/api.ts';
import { nodeInfo } from '../controlplane/nodes.ts';

/** The node of a process kubelet; its taint keeps other pods away. */
export interface ProcessNode {
  readonly name: string;
  readonly address: string;
  /** The port under which the API server reaches the kubelet (for logs), through the egress proxy. */
  readonly port: number;
}

/** What a pod template needs to come to a process node, and no other. */
export const onProcessNode = {
  nodeSelector: { 'mayday.test/kubelet': 'process' },
  tolerations: [{ key: 'mayday.test/kubelet', operator: 'Equal', value: 'process', effect: 'NoSchedule' }],
};

/** Registers the node and keeps its Lease and status fresh, as the node controller demands. Returns what ends that. */
export async function keepNode(api: Api, node: ProcessNode): Promise<() => void> {
  await api.must('POST', '/api/v1/nodes', nodeObject(node), [409]);
  const lease = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases`;
  const spec = () => ({ holderIdentity: node.name, leaseDurationSeconds: 40, renewTime: microTime() });
  await api.must('POST', lease, { metadata: { name: node.name }, spec: spec() }, [409]);

  const renew = async (): Promise<void> => {
    await api.call('PATCH', `${lease}/${node.name}`, { spec: spec() }, 'application/merge-patch+json');
    await api.call('PATCH', `/api/v1/nodes/${node.name}/status`, heartbeat(), 'application/strategic-merge-patch+json');
  };
  await renew();
  // A failed renewal is what a real kubelet has when the API server is away: the next one comes.
  const timer = setInterval(() => void renew().catch(() => {}), 10_000);
  return () => clearInterval(timer);
}

function nodeObject(node: ProcessNode): object {
  const labels = {
    'kubernetes.io/hostname': node.name,
    'node-role.kubernetes.io/worker': '',
    ...onProcessNode.nodeSelector,
  };
  const resources = { cpu: '8', memory: '32Gi', pods: '100' };
  return {
    metadata: { name: node.name, labels },
    spec: { taints: [{ key: 'mayday.test/kubelet', value: 'process', effect: 'NoSchedule' }] },
    status: {
      allocatable: resources,
      capacity: resources,
      addresses: [
        { type: 'InternalIP', address: node.address },
        { type: 'Hostname', address: node.name },
      ],
      nodeInfo: nodeInfo(),
      daemonEndpoints: { kubeletEndpoint: { Port: node.port } },
    },
  };
}

function heartbeat(): object {
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  const condition = (type: string, status: string, reason: string): object => ({
    type,
    status,
    reason,
    lastHeartbeatTime: time,
  });
  return {
    status: {
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
        condition('Ready', 'True', 'KubeletReady'),
      ],
    },
  };
}

/** The time as Leases hold it: RFC 3339 with microseconds. */
const microTime = (): string => new Date().toISOString().replace('Z', '000Z');
