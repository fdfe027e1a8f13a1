import type { KubeObject } from '../../../src/k8s/object.ts';

/** Objects as a server would list them, just enough of each for the board. Times are RFC 3339. */
export const NOW = Date.UTC(2026, 10, 21, 14, 2, 0);
export const ago = (ms: number): string => new Date(NOW - ms).toISOString();

export function pod(
  name: string,
  options: { namespace?: string; ready?: boolean; waiting?: string; phase?: string; sinceMs?: number } = {},
): KubeObject {
  const {
    namespace = 'shop',
    ready = true,
    waiting,
    phase = waiting === undefined ? 'Running' : 'Pending',
    sinceMs = 3_600_000,
  } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid: `pod-${namespace}-${name}`, creationTimestamp: ago(sinceMs) },
    spec: { nodeName: 'node-a', containers: [{ name: 'main' }] },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: ago(sinceMs) }],
      containerStatuses: [
        {
          name: 'main',
          ready,
          restartCount: 0,
          state: waiting === undefined ? { running: {} } : { waiting: { reason: waiting } },
        },
      ],
    },
  };
}

export function node(name: string, ready = true): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `node-${name}`, creationTimestamp: ago(86_400_000) },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: ready ? 'True' : 'False',
          reason: ready ? 'KubeletReady' : 'KubeletStopped',
          lastTransitionTime: ago(300_000),
        },
      ],
    },
  };
}

export function deployment(
  name: string,
  options: { namespace?: string; available?: boolean; annotations?: Record<string, string> } = {},
): KubeObject {
  const { namespace = 'shop', available = true, annotations } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace,
      uid: `deploy-${namespace}-${name}`,
      creationTimestamp: ago(3_600_000),
      ...(annotations && { annotations }),
    },
    spec: { replicas: 1 },
    status: {
      availableReplicas: available ? 1 : 0,
      conditions: [{ type: 'Available', status: available ? 'True' : 'False', lastTransitionTime: ago(41_000) }],
    },
  };
}

export function service(name: string, namespace = 'shop', port = 443): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, uid: `svc-${namespace}-${name}` },
    spec: { selector: { app: name }, ports: [{ port }] },
  };
}

export function slice(
  serviceName: string,
  ready: number,
  total: number,
  namespace = 'shop',
  changedMs?: number,
): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${serviceName}-x`,
      namespace,
      uid: `slice-${namespace}-${serviceName}`,
      labels: { 'kubernetes.io/service-name': serviceName },
      ...(changedMs !== undefined && {
        annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': ago(changedMs) },
      }),
    },
    addressType: 'IPv4',
    endpoints: Array.from({ length: total }, (_, i) => ({
      addresses: [`10.0.0.${i}`],
      conditions: { ready: i < ready },
    })),
  };
}

export function webhook(name: string, serviceName: string, namespace = 'shop', failurePolicy = 'Fail'): KubeObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name, uid: `vwc-${name}` },
    webhooks: [{ name, failurePolicy, clientConfig: { service: { name: serviceName, namespace } } }],
  };
}

export function crd(name: string, established = true): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name, uid: `crd-${name}`, creationTimestamp: ago(86_400_000) },
    status: {
      conditions: [{ type: 'Established', status: established ? 'True' : 'False', lastTransitionTime: ago(60_000) }],
    },
  };
}

export function lease(name: string, renewedMsAgo: number, namespace = 'shop'): KubeObject {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace, uid: `lease-${namespace}-${name}` },
    spec: { holderIdentity: `${name}-7d9f_abc`, leaseDurationSeconds: 15, renewTime: ago(renewedMsAgo) },
  };
}
