import { microTimestamp, timestamp } from '../object.ts';
import { CLUSTER_IP } from './cluster-ip.ts';
import type { Seeder } from './seeder.ts';
import { putDeployment } from './steady.ts';

/** Namespaces every cluster has. */
const SYSTEM_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** A namespace as the API server keeps it. */
export function namespace(name: string, labels: Record<string, string> = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

const CONDITIONS: readonly [type: string, status: string, reason: string, message: string][] = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
];

function node(s: Seeder, name: string, index: number, pods: string) {
  const now = timestamp(s.clock.now());
  const since = timestamp(s.clusterCreatedAt);
  const resources = { cpu: '8', 'ephemeral-storage': '103865303Ki', 'hugepages-2Mi': '0', memory: '32784364Ki', pods };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/zone': `zone-${'abc'[index % 3]}`,
      },
      annotations: {
        'node.alpha.kubernetes.io/ttl': '0',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
    },
    spec: { podCIDR: podRange(index), podCIDRs: [podRange(index)] },
    status: {
      capacity: resources,
      allocatable: resources,
      conditions: CONDITIONS.map(([type, status, reason, message]) => ({
        type,
        status,
        lastHeartbeatTime: now,
        lastTransitionTime: since,
        reason,
        message,
      })),
      addresses: [
        { type: 'InternalIP', address: `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}` },
        { type: 'Hostname', address: name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: `${index}`.repeat(32).slice(0, 32),
        systemUUID: `${index}`.repeat(8).slice(0, 8),
        bootID: `${index}`.repeat(8).slice(0, 8),
        kernelVersion: '6.12.41',
        osImage: 'Sandbox Linux',
        containerRuntimeVersion: 'containerd://2.2.1',
        kubeletVersion: 'v1.36.3',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  };
}

/** A kubelet's Lease: the node is alive as long as it is renewed. */
export function nodeLease(name: string, uid: string, nowMs: number) {
  return {
    metadata: {
      name,
      namespace: 'kube-node-lease',
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }],
    },
    spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: microTimestamp(nowMs) },
  };
}

/** The pod CIDR of a node: a large range for each of the first four nodes, a small one for all others. */
const podRange = (index: number): string =>
  index < 4 ? `10.244.${index * 64}.0/18` : `10.${100 + Math.floor(index / 256)}.${index % 256}.0/24`;

/** A ready node and the Lease that its kubelet renews. */
export function seedNode(s: Seeder, name: string, index: number, podsPerNode: string): void {
  const made = s.put('nodes', node(s, name, index, podsPerNode), { manager: 'kubelet' });
  s.put('leases.coordination.k8s.io', nodeLease(name, made.metadata.uid, s.clock.now()), { manager: 'kubelet' });
}

/** The cluster before anything is installed: namespaces, nodes, their Leases, DNS, the API's own Service. */
export function seedCluster(s: Seeder, podsPerNode = '5k'): void {
  for (const name of SYSTEM_NAMESPACES) s.put('namespaces', namespace(name), { manager: 'kube-apiserver' });
  for (const [i, name] of s.nodeNames.entries()) seedNode(s, name, i, podsPerNode);
  s.put(
    'services',
    {
      metadata: {
        name: 'kubernetes',
        namespace: 'default',
        labels: { component: 'apiserver', provider: 'kubernetes' },
      },
      spec: {
        ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 6443 }],
        clusterIP: '10.96.0.1',
        clusterIPs: ['10.96.0.1'],
        ...CLUSTER_IP,
      },
      status: { loadBalancer: {} },
    },
    { manager: 'kube-apiserver' },
  );
  seedDns(s);
}

function seedDns(s: Seeder): void {
  s.put('serviceaccounts', { metadata: { name: 'coredns', namespace: 'kube-system' } });
  s.put('services', {
    metadata: {
      name: 'kube-dns',
      namespace: 'kube-system',
      labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
    },
    spec: {
      ports: [
        { name: 'dns', protocol: 'UDP', port: 53, targetPort: 53 },
        { name: 'dns-tcp', protocol: 'TCP', port: 53, targetPort: 53 },
      ],
      selector: { 'k8s-app': 'kube-dns' },
      clusterIP: '10.96.0.10',
      clusterIPs: ['10.96.0.10'],
      ...CLUSTER_IP,
    },
    status: { loadBalancer: {} },
  });
  putDeployment(s, {
    namespace: 'kube-system',
    name: 'coredns',
    labels: { 'k8s-app': 'kube-dns' },
    selector: { 'k8s-app': 'kube-dns' },
    replicas: 2,
    serviceAccount: 'coredns',
    hoursAgo: 23 * 24,
    containers: [
      {
        name: 'coredns',
        image: 'registry.k8s.io/coredns/coredns:v1.13.1',
        args: ['-conf', '/etc/coredns/Corefile'],
        ports: [
          { name: 'dns', containerPort: 53, protocol: 'UDP' },
          { name: 'dns-tcp', containerPort: 53 },
        ],
        readinessProbe: { httpGet: { path: '/ready', port: 8181 } },
        resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
      },
    ],
  });
}
