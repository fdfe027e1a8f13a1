import type { ContainerSeed } from '../world/pod-defaults.ts';
import { INFERENCE_SERVICES, inferenceService, LLM_SERVICES, ROUTES, SERVING_RUNTIMES } from './kserve-kinds.ts';
import { oneDeployment } from './one-deployment.ts';
import type { Operator } from './operator.ts';
import * as parts from './parts.ts';

const SERVING = 'serving.kserve.io';
const DAY = 24;

/** KServe's inferenceservice-config, with all keys and shortened values. */
export const INFERENCE_CONFIG = {
  deploy: JSON.stringify({ defaultDeploymentMode: 'RawDeployment' }),
  ingress: JSON.stringify({
    ingressGateway: 'knative-serving/knative-ingress-gateway',
    ingressDomain: 'apps.example.com',
  }),
  storageInitializer: JSON.stringify({ image: 'quay.io/kserve/storage-initializer:v0.15.2', memoryRequest: '100Mi' }),
  logger: JSON.stringify({ image: 'quay.io/kserve/agent:v0.15.2' }),
  metricsAggregator: JSON.stringify({ enableMetricAggregation: 'false' }),
};

export const KSERVE_RULES = [
  { apiGroups: [SERVING], resources: ['*'], verbs: parts.EVERYTHING },
  { apiGroups: [''], resources: ['configmaps', 'secrets', 'services', 'serviceaccounts'], verbs: parts.EVERYTHING },
  { apiGroups: ['apps'], resources: ['deployments'], verbs: parts.EVERYTHING },
  { apiGroups: ['route.openshift.io'], resources: ['routes'], verbs: parts.EVERYTHING },
  { apiGroups: ['serving.knative.dev'], resources: ['services'], verbs: parts.EVERYTHING },
];

export const manager = (name: string, image: string): ContainerSeed => ({
  name: 'manager',
  image,
  command: ['/manager'],
  args: ['--metrics-addr=127.0.0.1:8080', '--leader-elect'],
  env: [{ name: 'POD_NAMESPACE', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } } }],
  ports: [{ name: 'webhook-server', containerPort: 9443 }],
  readinessProbe: parts.probe('/readyz', 8081, 2),
  livenessProbe: parts.probe('/healthz', 8081, 10),
  resources: { limits: { cpu: '100m', memory: '300Mi' }, requests: { cpu: '100m', memory: '200Mi' } },
  volumeMounts: parts.CERTIFICATE_MOUNT,
  securityContext: { allowPrivilegeEscalation: false },
  ...(name === 'llmisvc' && { command: ['/llmisvc-manager'] }),
});

const PROXY: ContainerSeed = {
  name: 'kube-rbac-proxy',
  image: 'quay.io/brancz/kube-rbac-proxy:v0.18.1',
  args: ['--secure-listen-address=0.0.0.0:8443', '--upstream=http://127.0.0.1:8080/', '--v=10'],
  ports: [{ name: 'https', containerPort: 8443 }],
};

const inferenceServiceRule = {
  apiGroups: [SERVING],
  apiVersions: ['v1beta1'],
  operations: ['CREATE', 'UPDATE'],
  resources: ['inferenceservices'],
};

const route = parts.custom('routes.route.openshift.io', 'route.openshift.io/v1', 'Route', {
  metadata: { name: 'kserve-isvc-route', namespace: 'kserve', labels: { 'app.kubernetes.io/part-of': 'kserve' } },
  spec: {
    host: 'kserve-isvc.apps.example.com',
    to: { kind: 'Service', name: 'kserve-controller-manager-service', weight: 100 },
    port: { targetPort: 'https' },
    tls: { termination: 'reencrypt', insecureEdgeTerminationPolicy: 'Redirect' },
    wildcardPolicy: 'None',
  },
  status: { ingress: [{ host: 'kserve-isvc.apps.example.com', routerName: 'default', wildcardPolicy: 'None' }] },
});

export const CONTROLLER_LABELS = { 'control-plane': 'kserve-controller-manager' };

/**
 * KServe's controller in its own namespace. It repairs its configuration fast and the Route's host, but not TLS
 * termination or the webhook's policy.
 */
export const kserve: Operator = {
  name: 'kserve',
  ...oneDeployment('kserve', 'kserve-controller-manager', {
    lease: 'kserve-controller-manager-leader-lock',
    labels: { ...CONTROLLER_LABELS, 'app.kubernetes.io/name': 'kserve-controller-manager' },
    selector: CONTROLLER_LABELS,
    podLabels: { 'app.kubernetes.io/name': 'kserve-controller-manager' },
    containers: [manager('kserve', 'quay.io/kserve/kserve-controller:v0.15.2'), PROXY],
    volumes: parts.certificateVolume('kserve-webhook-server-cert'),
    hoursAgo: 21 * DAY,
  }),
  watches: 'inferenceservices.serving.kserve.io',
  objects: [
    INFERENCE_SERVICES,
    SERVING_RUNTIMES,
    ROUTES,
    ...parts.account('kserve', 'kserve-controller-manager', 'kserve-manager-rolebinding', KSERVE_RULES, 'kserve'),
    parts.configMap('kserve', 'inferenceservice-config', INFERENCE_CONFIG),
    parts.tlsSecret('kserve', 'kserve-webhook-server-cert'),
    parts.webhookService('kserve', 'kserve-webhook-server-service', CONTROLLER_LABELS),
    parts.service('kserve', 'kserve-controller-manager-service', CONTROLLER_LABELS, [
      { name: 'https', port: 8443, targetPort: 'https' },
    ]),
    parts.webhookConfiguration('Validating', 'inferenceservice.serving.kserve.io', [
      {
        name: 'inferenceservice.kserve-webhook-server.validator.webhook',
        service: {
          namespace: 'kserve',
          name: 'kserve-webhook-server-service',
          path: '/validate-serving-kserve-io-v1beta1-inferenceservice',
        },
        rules: [inferenceServiceRule],
      },
    ]),
    parts.webhookConfiguration('Mutating', 'inferenceservice.serving.kserve.io', [
      {
        name: 'inferenceservice.kserve-webhook-server.defaulter',
        service: {
          namespace: 'kserve',
          name: 'kserve-webhook-server-service',
          path: '/mutate-serving-kserve-io-v1beta1-inferenceservice',
        },
        rules: [inferenceServiceRule],
      },
    ]),
    inferenceService('default', 'ai-model-alpha', { owner: 'platform-team', 'cost-center': 'ai-platform' }),
    inferenceService('default', 'demo-iris-2', { owner: 'platform-team', 'cost-center': 'ai-platform' }),
    route,
  ],
  behaviour: parts.behaviour(
    'heals its configuration and Route hosts in seconds; leaves TLS termination and webhook policy alone',
    {
      repairs: [
        parts.repairsData('kserve', 'inferenceservice-config', 4000),
        {
          resource: 'routes.route.openshift.io',
          namespace: 'kserve',
          name: 'kserve-isvc-route',
          restores: ['spec.host'],
          afterMs: 6000,
        },
      ],
    },
  ),
};

/** The controller of LLMInferenceServices: waits until its predecessor's Lease expires, repairs nothing. */
export const llmisvc: Operator = {
  name: 'llmisvc',
  ...oneDeployment('kserve', 'llmisvc-controller-manager', {
    lease: 'llmisvc-controller-manager-leader-lock',
    labels: { 'control-plane': 'llmisvc-controller-manager' },
    containers: [manager('llmisvc', 'quay.io/kserve/llmisvc-controller:v0.15.2')],
    volumes: parts.certificateVolume('llmisvc-webhook-server-cert'),
    hoursAgo: 21 * DAY,
  }),
  watches: 'llminferenceservices.serving.kserve.io',
  objects: [
    LLM_SERVICES,
    ...parts.account('kserve', 'llmisvc-controller-manager', 'llmisvc-manager-rolebinding', KSERVE_RULES, 'llmisvc'),
    parts.tlsSecret('kserve', 'llmisvc-webhook-server-cert'),
    parts.webhookService('kserve', 'llmisvc-webhook-server-service', { 'control-plane': 'llmisvc-controller-manager' }),
    parts.webhookConfiguration('Validating', 'llminferenceservice.serving.kserve.io', [
      {
        name: 'llminferenceservice.llmisvc-webhook-server.validator',
        service: {
          namespace: 'kserve',
          name: 'llmisvc-webhook-server-service',
          path: '/validate-serving-kserve-io-v1alpha1-llminferenceservice',
        },
        rules: [{ ...inferenceServiceRule, apiVersions: ['v1alpha1'], resources: ['llminferenceservices'] }],
      },
    ]),
  ],
  behaviour: parts.behaviour('heals nothing; a successor waits until the Lease has expired', { releasesLease: false }),
};
