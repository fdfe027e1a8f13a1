import { buildSet, controllerRef } from '../controllers/deployment.ts';
import { deploymentCondition } from '../controllers/deployment-status.ts';
import type { Container, Deployment, OwnerReference, Pod, PodSpec, ReplicaSet } from '../controllers/kinds.ts';
import { containerStatus, newLife } from '../kubelet/life.ts';
import { podStatus } from '../kubelet/pod-status.ts';
import { type NewObject, timestamp } from '../object.ts';
import type { Seeder } from './seeder.ts';

/** A container as a seed names it; the rest is filled with the API's defaults. */
export type ContainerSeed = Pick<Container, 'name'> & Partial<Container> & { image: string };

/** A Deployment that has long been rolled out, with its pods. */
export interface WorkloadSeed {
  namespace: string;
  name: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  /** Selector and pod labels. */
  selector: Record<string, string>;
  /** More labels on the pods. */
  podLabels?: Record<string, string>;
  podAnnotations?: Record<string, string>;
  replicas?: number;
  containers: readonly ContainerSeed[];
  serviceAccount?: string;
  volumes?: PodSpec['volumes'];
  hoursAgo: number;
  owners?: OwnerReference[];
  strategy?: Deployment['spec']['strategy'];
  /** False leaves managed fields out, for worlds of thousands. */
  signed?: boolean;
}

const CONTAINER_DEFAULTS = {
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};

function pullPolicy(image: string): string {
  const tag = image.slice(image.lastIndexOf('/') + 1).split(':')[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}

/** A container with the defaults the API server fills in. */
export function completeContainer(seed: ContainerSeed): Container {
  const ports = seed.ports?.map(p => ({ ...p, protocol: p.protocol ?? 'TCP' }));
  const probes = ['readinessProbe', 'livenessProbe'] as const;
  const completed = Object.fromEntries(
    probes.flatMap(kind => {
      const probe = seed[kind];
      if (!probe) return [];
      const httpGet = probe.httpGet && { scheme: 'HTTP', path: '/', ...probe.httpGet };
      const defaults = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
      return [[kind, { ...defaults, ...probe, ...(httpGet && { httpGet }) }]];
    }),
  );
  return {
    ...CONTAINER_DEFAULTS,
    imagePullPolicy: pullPolicy(seed.image),
    ...seed,
    ...completed,
    ...(ports && { ports }),
  };
}

/** A pod template's spec with the API server's defaults. */
export function completePodSpec(seed: Pick<WorkloadSeed, 'containers' | 'serviceAccount' | 'volumes'>): PodSpec {
  const { serviceAccount } = seed;
  return {
    ...(seed.volumes && { volumes: seed.volumes }),
    containers: seed.containers.map(completeContainer),
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    ...(serviceAccount && { serviceAccountName: serviceAccount, serviceAccount }),
    securityContext: {},
    schedulerName: 'default-scheduler',
  };
}

const EVICTED_AFTER = (key: string) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });

/** What admission and the scheduler add to the spec of a pod. */
export function boundSpec(spec: PodSpec, node: string, suffix: string): PodSpec {
  const token = `kube-api-access-${suffix}`;
  const mount = { name: token, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
  const account = spec.serviceAccountName ?? 'default';
  return {
    ...spec,
    volumes: [...(spec.volumes ?? []), { name: token, projected: { sources: tokenSources(), defaultMode: 420 } }],
    containers: spec.containers.map(c => ({ ...c, volumeMounts: [...(c.volumeMounts ?? []), mount] })),
    serviceAccountName: account,
    serviceAccount: account,
    nodeName: node,
    tolerations: [EVICTED_AFTER('node.kubernetes.io/not-ready'), EVICTED_AFTER('node.kubernetes.io/unreachable')],
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
  };
}

const tokenSources = () => [
  { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
];

/** Puts a pod that has been running since `startedMs`. */
export function putRunningPod(
  s: Seeder,
  pod: {
    namespace: string;
    generateName?: string;
    name?: string;
    labels: Record<string, string>;
    annotations?: Record<string, string>;
    owner: OwnerReference;
    spec: PodSpec;
  },
  node: number,
  hoursAgo: number,
  signed = true,
): Pod {
  const startedMs = s.clock.now() - hoursAgo * 3_600_000;
  const nodeName = s.nodeNames[node % s.nodeNames.length] ?? '';
  const name = pod.name ?? `${pod.generateName}${s.random.suffix()}`;
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      ...(pod.generateName && { generateName: pod.generateName }),
      namespace: pod.namespace,
      uid: '',
      generation: 1,
      labels: pod.labels,
      ...(pod.annotations && { annotations: pod.annotations }),
      ownerReferences: [pod.owner],
    },
    spec: boundSpec(pod.spec, nodeName, s.random.suffix()),
  } satisfies Pod;
  const status = runningStatus(
    object,
    s.address(node % s.nodeNames.length),
    `10.0.0.${(node % s.nodeNames.length) + 1}`,
    startedMs,
  );
  const { uid: _uid, ...metadata } = object.metadata;
  return s.put<Pod>(
    'pods',
    { ...object, metadata, status },
    { hoursAgo, manager: signed ? 'kube-controller-manager' : null },
  );
}

/** The status of a pod all of whose containers have been running and ready since `startedMs`. */
export function runningStatus(pod: Pod, podIP: string, hostIP: string, startedMs: number): Pod['status'] {
  const at = timestamp(startedMs);
  const statuses = pod.spec.containers.map(container => {
    const life = { ...newLife(startedMs), step: 'running' as const, startedAt: startedMs, ready: true };
    return containerStatus(life, {
      pod,
      container,
      behaviour: {},
      cached: true,
      mayStart: true,
      restartPolicy: 'Always',
      pullMs: 0,
      startMs: 0,
      stamp: timestamp,
    });
  });
  const facts = { hostIP, podIP, startTime: at, at, initialized: true };
  return podStatus(pod, facts, statuses, []);
}

/** Puts a Deployment in its steady state, with its ReplicaSet and running pods; pods are spread over the nodes. */
export function putDeployment(s: Seeder, seed: WorkloadSeed, firstNode = 0): Deployment {
  const { namespace, name, replicas = 1, hoursAgo } = seed;
  const manager = seed.signed === false ? null : 'kubectl-client-side-apply';
  const labels = { ...seed.selector, ...seed.podLabels };
  const at = timestamp(s.clock.now() - hoursAgo * 3_600_000);
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace,
      ...(seed.labels && { labels: seed.labels }),
      annotations: { ...seed.annotations, 'deployment.kubernetes.io/revision': '1' },
      ...(seed.owners && { ownerReferences: seed.owners }),
    },
    spec: {
      replicas,
      selector: { matchLabels: seed.selector },
      template: {
        metadata: { labels, ...(seed.podAnnotations && { annotations: seed.podAnnotations }) },
        spec: completePodSpec(seed),
      },
      strategy: seed.strategy ?? { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
  };
  const draft = { ...object, metadata: { ...object.metadata, uid: '' } } as Deployment;
  const set = buildSet(draft, []);
  const counts = { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas };
  const done = `ReplicaSet "${set.metadata.name}" has successfully progressed.`;
  const conditions = [
    deploymentCondition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', at),
    deploymentCondition('Progressing', 'True', 'NewReplicaSetAvailable', done, at),
  ];
  const status = { observedGeneration: 1, ...(replicas > 0 && counts), terminatingReplicas: 0, conditions };
  const deployment = s.put<Deployment>('deployments.apps', { ...object, status } as NewObject, { hoursAgo, manager });
  const owner = putSet(s, seed, set, deployment);
  for (let i = 0; i < replicas; i++) {
    const pod = {
      namespace,
      generateName: `${owner.metadata.name}-`,
      labels: owner.spec.template.metadata?.labels ?? {},
      ...(seed.podAnnotations && { annotations: seed.podAnnotations }),
      owner: controllerRef(owner),
      spec: owner.spec.template.spec,
    };
    putRunningPod(s, pod, firstNode + i, hoursAgo, seed.signed !== false);
  }
  return deployment;
}

function putSet(s: Seeder, seed: WorkloadSeed, set: ReplicaSet, deployment: Deployment): ReplicaSet {
  const { uid: _uid, ...metadata } = set.metadata;
  const { replicas = 1, hoursAgo } = seed;
  const annotations = { ...set.metadata.annotations };
  const counts = { fullyLabeledReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas };
  const object = {
    ...set,
    metadata: { ...metadata, annotations, ownerReferences: [controllerRef(deployment)] },
    spec: { ...set.spec, replicas },
    status: { replicas, ...(replicas > 0 && counts), terminatingReplicas: 0, observedGeneration: 1 },
  };
  const manager = seed.signed === false ? null : 'kube-controller-manager';
  return s.put<ReplicaSet>('replicasets.apps', object, { hoursAgo, manager });
}
