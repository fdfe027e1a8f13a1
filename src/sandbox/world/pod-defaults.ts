import type { Container, PodSpec } from '../controllers/kinds.ts';

/** A container as a seed names it; the rest is filled with the API's defaults. */
export type ContainerSeed = Pick<Container, 'name'> & Partial<Container> & { image: string };

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
function completeContainer(seed: ContainerSeed): Container {
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

interface PodSeedSpec {
  containers: readonly ContainerSeed[];
  serviceAccount?: string;
  volumes?: PodSpec['volumes'];
}

/** A pod template's spec with the API server's defaults. */
export function completePodSpec(seed: PodSeedSpec): PodSpec {
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
