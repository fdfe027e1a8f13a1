import type { Api } from './api.ts';
import { controlPlaneModules, pinnedVersion } from './modules.ts';

/** Creates `count` nodes named `node-1`… whose kubelet is kwok. Existing ones are left as they are. */
export async function createFakeNodes(api: Api, count: number): Promise<void> {
  for (let number = 1; number <= count; number++) {
    const name = `node-${number}`;
    await api.must('POST', '/api/v1/nodes', fakeNode(name, `10.0.0.${10 + number}`), [409]);
  }
}

function fakeNode(name: string, address: string): object {
  const resources = { cpu: '64', memory: '256Gi', 'ephemeral-storage': '500Gi', pods: '5000' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'node-role.kubernetes.io/worker': '',
      },
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
    },
    status: {
      allocatable: resources,
      capacity: resources,
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      nodeInfo: nodeInfo(),
    },
  };
}

/** What a node says of itself; the kubelet's version is that of the control plane. */
export function nodeInfo(): object {
  const [kubernetes] = controlPlaneModules;
  const kubeletVersion = kubernetes === undefined ? '' : pinnedVersion(kubernetes);
  return {
    architecture: 'amd64',
    operatingSystem: 'linux',
    osImage: 'simulated',
    kernelVersion: '6.12.0',
    containerRuntimeVersion: 'containerd://2.1.0',
    kubeletVersion,
    kubeProxyVersion: '',
    bootID: '',
    machineID: '',
    systemUUID: '',
  };
}
