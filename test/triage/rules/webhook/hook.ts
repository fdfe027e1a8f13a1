import type { Literal } from '../../../support/view.ts';
import { AUTHORITY, inBase64 } from '../certificates.ts';
import { ago } from '../findings.ts';

/** The namespaces of these tests. */
export const NAMESPACES: Literal[] = ['tools', 'shop', 'kube-system'].map(name => ({
  kind: 'Namespace',
  metadata: { name },
}));

/** A configuration with one fail-closed webhook `check.tools.dev` for Ingresses, served by Service `tools/hook`. */
export const configuration = (webhook: object = {}, metadata: object = {}): Literal => ({
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'checks', ...metadata },
  webhooks: [
    {
      name: 'check.tools.dev',
      failurePolicy: 'Fail',
      timeoutSeconds: 10,
      clientConfig: {
        service: { namespace: 'tools', name: 'hook', path: '/check', port: 443 },
        caBundle: inBase64(AUTHORITY),
      },
      rules: [
        {
          apiGroups: ['networking.k8s.io'],
          apiVersions: ['v1'],
          resources: ['ingresses'],
          operations: ['CREATE', 'UPDATE'],
          scope: '*',
        },
      ],
      namespaceSelector: {},
      objectSelector: {},
      ...webhook,
    },
  ],
});

export const service = (spec: object = {}): Literal => ({
  kind: 'Service',
  metadata: { name: 'hook', namespace: 'tools' },
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.96.0.9',
    selector: { app: 'hook' },
    ports: [{ name: 'https', port: 443, targetPort: 'https' }],
    ...spec,
  },
});

export const slice = (ready: boolean[], ports: object[] | undefined = [{ name: 'https', port: 9443 }]): Literal => ({
  kind: 'EndpointSlice',
  metadata: { name: 'hook-x1', namespace: 'tools', labels: { 'kubernetes.io/service-name': 'hook' } },
  addressType: 'IPv4',
  endpoints: ready.map((one, index) => ({
    addresses: [`10.0.0.${index}`],
    conditions: { ready: one },
    targetRef: { kind: 'Pod', name: `hook-${index}`, uid: `Pod/tools/hook-${index}` },
  })),
  ...(ports && { ports }),
});

export const deployment = (spec: object = {}, status: object = {}, metadata: object = {}): Literal => ({
  kind: 'Deployment',
  metadata: { name: 'hook', namespace: 'tools', ...metadata },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'hook' } },
    template: {
      metadata: { labels: { app: 'hook' } },
      spec: { containers: [{ name: 'manager', image: 'tools/hook:1' }] },
    },
    ...spec,
  },
  status,
});

export const replicaSet: Literal = {
  kind: 'ReplicaSet',
  metadata: {
    name: 'hook-7f',
    namespace: 'tools',
    ownerReferences: [{ kind: 'Deployment', name: 'hook', controller: true }],
  },
};

export const pod = (ready: boolean, containers: object[] = [], volumes: object[] = []): Literal => ({
  kind: 'Pod',
  metadata: {
    name: 'hook-0',
    namespace: 'tools',
    labels: { app: 'hook' },
    ownerReferences: [{ kind: 'ReplicaSet', name: 'hook-7f', controller: true }],
  },
  spec: { nodeName: 'node-1', containers: [{ name: 'manager', image: 'tools/hook:1' }], volumes },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: ago(30) }],
    containerStatuses: containers,
  },
});

/** An application whose last sync failed by these words of the API server. */
export const rejected = (message: string): Literal => ({
  kind: 'Application',
  metadata: { name: 'shop', namespace: 'argocd' },
  spec: {},
  status: {
    operationState: {
      phase: 'Failed',
      finishedAt: ago(5),
      message: `one or more objects failed to apply, reason: ${message} (retried 5 times).`,
    },
  },
});

/** What the API server says when the call of `check.tools.dev` fails. */
export const callFailed = (detail: string): string =>
  `Internal error occurred: failed calling webhook "check.tools.dev": failed to call webhook: Post "https://hook.tools.svc:443/check?timeout=10s": ${detail}`;
