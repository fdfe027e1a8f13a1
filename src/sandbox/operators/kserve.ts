import type { ContainerSeed } from '../world/steady.ts';
import type { Installed, Operator } from './operator.ts';
import {
  account,
  condition,
  configMap,
  crd,
  custom,
  EVERYTHING,
  service,
  tlsSecret,
  webhookConfiguration,
} from './parts.ts';

const SERVING = 'serving.kserve.io';
const DAY = 24;

/** The configuration every InferenceService is built from. Only the keys; the values are short. */
const INFERENCE_CONFIG = {
  deploy: JSON.stringify({ defaultDeploymentMode: 'RawDeployment' }),
  ingress: JSON.stringify({
    ingressGateway: 'knative-serving/knative-ingress-gateway',
    ingressDomain: 'apps.example.com',
  }),
  storageInitializer: JSON.stringify({ image: 'quay.io/kserve/storage-initializer:v0.15.2', memoryRequest: '100Mi' }),
  logger: JSON.stringify({ image: 'quay.io/kserve/agent:v0.15.2' }),
  metricsAggregator: JSON.stringify({ enableMetricAggregation: 'false' }),
};

const RULES = [
  { apiGroups: [SERVING], resources: ['*'], verbs: EVERYTHING },
  { apiGroups: [''], resources: ['configmaps', 'secrets', 'services', 'serviceaccounts'], verbs: EVERYTHING },
  { apiGroups: ['apps'], resources: ['deployments'], verbs: EVERYTHING },
  { apiGroups: ['route.openshift.io'], resources: ['routes'], verbs: EVERYTHING },
  { apiGroups: ['serving.knative.dev'], resources: ['services'], verbs: EVERYTHING },
];

const manager = (name: string, image: string): ContainerSeed => ({
  name: 'manager',
  image,
  command: ['/manager'],
  args: ['--metrics-addr=127.0.0.1:8080', '--leader-elect'],
  env: [{ name: 'POD_NAMESPACE', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } } }],
  ports: [{ name: 'webhook-server', containerPort: 9443 }],
  readinessProbe: { httpGet: { path: '/readyz', port: 8081 }, initialDelaySeconds: 2 },
  livenessProbe: { httpGet: { path: '/healthz', port: 8081 }, initialDelaySeconds: 10 },
  resources: { limits: { cpu: '100m', memory: '300Mi' }, requests: { cpu: '100m', memory: '200Mi' } },
  volumeMounts: [{ name: 'cert', mountPath: '/tmp/k8s-webhook-server/serving-certs', readOnly: true }],
  securityContext: { allowPrivilegeEscalation: false },
  ...(name === 'llmisvc' && { command: ['/llmisvc-manager'] }),
});

const PROXY: ContainerSeed = {
  name: 'kube-rbac-proxy',
  image: 'quay.io/brancz/kube-rbac-proxy:v0.18.1',
  args: ['--secure-listen-address=0.0.0.0:8443', '--upstream=http://127.0.0.1:8080/', '--v=10'],
  ports: [{ name: 'https', containerPort: 8443 }],
};

const certificate = (secretName: string) => [{ name: 'cert', secret: { secretName, defaultMode: 420 } }];

const inferenceServiceRule = {
  apiGroups: [SERVING],
  apiVersions: ['v1beta1'],
  operations: ['CREATE', 'UPDATE'],
  resources: ['inferenceservices'],
};

export const INFERENCE_SERVICES = crd({
  group: SERVING,
  plural: 'inferenceservices',
  kind: 'InferenceService',
  shortNames: ['isvc'],
  version: 'v1beta1',
  columns: [
    { name: 'URL', type: 'string', jsonPath: '.status.url' },
    { name: 'Ready', type: 'string', jsonPath: ".status.conditions[?(@.type=='Ready')].status" },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

const LLM_SERVICES = crd({
  group: SERVING,
  plural: 'llminferenceservices',
  kind: 'LLMInferenceService',
  shortNames: ['llmisvc'],
  version: 'v1alpha1',
});

const SERVING_RUNTIMES = crd({
  group: SERVING,
  plural: 'clusterservingruntimes',
  kind: 'ClusterServingRuntime',
  scope: 'Cluster',
  version: 'v1alpha1',
});

/** OpenShift's Route, with the two things its API insists on: a target and a known kind of TLS termination. */
export const ROUTES = crd({
  group: 'route.openshift.io',
  plural: 'routes',
  kind: 'Route',
  version: 'v1',
  columns: [
    { name: 'Host', type: 'string', jsonPath: '.spec.host' },
    { name: 'Service', type: 'string', jsonPath: '.spec.to.name' },
    { name: 'Termination', type: 'string', jsonPath: '.spec.tls.termination' },
  ],
  spec: {
    type: 'object',
    required: ['to'],
    properties: {
      host: { type: 'string', maxLength: 253 },
      path: { type: 'string' },
      port: {
        type: 'object',
        properties: {
          targetPort: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
        },
      },
      tls: {
        type: 'object',
        required: ['termination'],
        properties: {
          termination: { type: 'string', enum: ['edge', 'reencrypt', 'passthrough'] },
          insecureEdgeTerminationPolicy: { type: 'string', enum: ['Allow', 'None', 'Redirect', ''] },
        },
      },
      to: {
        type: 'object',
        required: ['name'],
        properties: {
          kind: { type: 'string', enum: ['Service', ''], default: 'Service' },
          name: { type: 'string', minLength: 1 },
          weight: { type: 'integer', minimum: 0, maximum: 256, default: 100 },
        },
      },
      wildcardPolicy: { type: 'string', enum: ['None', 'Subdomain', ''], default: 'None' },
    },
  },
});

/** An InferenceService that serves. */
export function inferenceService(namespace: string, name: string, labels: Record<string, string>): Installed {
  return custom(`inferenceservices.${SERVING}`, `${SERVING}/v1beta1`, 'InferenceService', {
    metadata: { name, namespace, labels, annotations: { 'serving.kserve.io/deploymentMode': 'RawDeployment' } },
    spec: {
      predictor: {
        model: {
          modelFormat: { name: 'sklearn' },
          storageUri: `gs://kfserving-examples/models/sklearn/1.0/${name}`,
          resources: { requests: { cpu: '100m', memory: '256Mi' } },
        },
      },
    },
    status: {
      url: `http://${name}-${namespace}.apps.example.com`,
      observedGeneration: 1,
      conditions: [condition('IngressReady'), condition('PredictorReady'), condition('Ready')],
    },
  });
}

const route = custom('routes.route.openshift.io', 'route.openshift.io/v1', 'Route', {
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

const CONTROLLER_LABELS = { 'control-plane': 'kserve-controller-manager' };

/** KServe's controller in its own namespace: config healed fast, the Route's host healed, its TLS and the webhook's policy not. */
export const kserve: Operator = {
  name: 'kserve',
  deployment: { namespace: 'kserve', name: 'kserve-controller-manager' },
  serviceAccount: 'kserve-controller-manager',
  lease: { namespace: 'kserve', name: 'kserve-controller-manager-leader-lock' },
  watches: 'inferenceservices.serving.kserve.io',
  workloads: [
    {
      namespace: 'kserve',
      name: 'kserve-controller-manager',
      labels: { ...CONTROLLER_LABELS, 'app.kubernetes.io/name': 'kserve-controller-manager' },
      selector: CONTROLLER_LABELS,
      podLabels: { 'app.kubernetes.io/name': 'kserve-controller-manager' },
      serviceAccount: 'kserve-controller-manager',
      containers: [manager('kserve', 'quay.io/kserve/kserve-controller:v0.15.2'), PROXY],
      volumes: certificate('kserve-webhook-server-cert'),
      hoursAgo: 21 * DAY,
    },
  ],
  objects: [
    INFERENCE_SERVICES,
    SERVING_RUNTIMES,
    ROUTES,
    ...account('kserve', 'kserve-controller-manager', 'kserve-manager-rolebinding', RULES, 'kserve'),
    configMap('kserve', 'inferenceservice-config', INFERENCE_CONFIG),
    tlsSecret('kserve', 'kserve-webhook-server-cert'),
    service('kserve', 'kserve-webhook-server-service', CONTROLLER_LABELS, [
      { port: 443, targetPort: 'webhook-server' },
    ]),
    service('kserve', 'kserve-controller-manager-service', CONTROLLER_LABELS, [
      { name: 'https', port: 8443, targetPort: 'https' },
    ]),
    webhookConfiguration('Validating', 'inferenceservice.serving.kserve.io', [
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
    webhookConfiguration('Mutating', 'inferenceservice.serving.kserve.io', [
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
  character: {
    summary: 'heals its configuration and Route hosts in seconds; leaves TLS termination and webhook policy alone',
    heals: [
      { resource: 'configmaps', namespace: 'kserve', name: 'inferenceservice-config', keeps: ['data'], afterMs: 4000 },
      {
        resource: 'routes.route.openshift.io',
        namespace: 'kserve',
        name: 'kserve-isvc-route',
        keeps: ['spec.host'],
        afterMs: 6000,
      },
    ],
    crashesOn: [],
    releasesLease: true,
  },
};

/** The controller of LLMInferenceServices: waits out its predecessor's Lease, heals nothing. */
export const llmisvc: Operator = {
  name: 'llmisvc',
  deployment: { namespace: 'kserve', name: 'llmisvc-controller-manager' },
  serviceAccount: 'llmisvc-controller-manager',
  lease: { namespace: 'kserve', name: 'llmisvc-controller-manager-leader-lock' },
  watches: 'llminferenceservices.serving.kserve.io',
  workloads: [
    {
      namespace: 'kserve',
      name: 'llmisvc-controller-manager',
      labels: { 'control-plane': 'llmisvc-controller-manager' },
      selector: { 'control-plane': 'llmisvc-controller-manager' },
      serviceAccount: 'llmisvc-controller-manager',
      containers: [manager('llmisvc', 'quay.io/kserve/llmisvc-controller:v0.15.2')],
      volumes: certificate('llmisvc-webhook-server-cert'),
      hoursAgo: 21 * DAY,
    },
  ],
  objects: [
    LLM_SERVICES,
    ...account('kserve', 'llmisvc-controller-manager', 'llmisvc-manager-rolebinding', RULES, 'llmisvc'),
    tlsSecret('kserve', 'llmisvc-webhook-server-cert'),
    service('kserve', 'llmisvc-webhook-server-service', { 'control-plane': 'llmisvc-controller-manager' }, [
      { port: 443, targetPort: 'webhook-server' },
    ]),
    webhookConfiguration('Validating', 'llminferenceservice.serving.kserve.io', [
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
  character: {
    summary: 'heals nothing; a successor waits until the Lease has expired',
    heals: [],
    crashesOn: [],
    releasesLease: false,
  },
};

const COMPONENT = 'components.platform.opendatahub.io';

/** The copy of KServe that the Open Data Hub platform installs, owned by its component object. */
export const kserveInOpenDataHub: Operator = {
  name: 'kserve-opendatahub',
  deployment: { namespace: 'opendatahub', name: 'kserve-controller-manager' },
  serviceAccount: 'kserve-controller-manager',
  lease: { namespace: 'opendatahub', name: 'kserve-controller-manager-leader-lock' },
  workloads: [
    {
      namespace: 'opendatahub',
      name: 'kserve-controller-manager',
      labels: { ...CONTROLLER_LABELS, 'app.opendatahub.io/kserve': 'true', 'app.kubernetes.io/part-of': 'kserve' },
      selector: CONTROLLER_LABELS,
      podLabels: { 'app.opendatahub.io/kserve': 'true' },
      serviceAccount: 'kserve-controller-manager',
      containers: [manager('kserve', 'quay.io/opendatahub/kserve-controller:v0.15.2')],
      volumes: certificate('kserve-webhook-server-cert'),
      hoursAgo: 14 * DAY,
    },
  ],
  objects: [
    ...account('opendatahub', 'kserve-controller-manager', 'odh-kserve-manager-rolebinding', RULES, 'kserve'),
    tlsSecret('opendatahub', 'kserve-webhook-server-cert'),
    configMap('opendatahub', 'inferenceservice-config', INFERENCE_CONFIG, { 'app.opendatahub.io/kserve': 'true' }),
    service('opendatahub', 'kserve-webhook-server-service', CONTROLLER_LABELS, [
      { port: 443, targetPort: 'webhook-server' },
    ]),
  ],
  character: {
    summary: 'heals nothing of its own; the platform operator looks after it',
    heals: [],
    crashesOn: [],
    releasesLease: true,
  },
};

/** The platform operator: owns its components' Deployments and takes them back when they are orphaned. */
export const openDataHub: Operator = {
  name: 'opendatahub-operator',
  deployment: { namespace: 'opendatahub-operator-system', name: 'opendatahub-operator-controller-manager' },
  serviceAccount: 'opendatahub-operator-controller-manager',
  lease: { namespace: 'opendatahub-operator-system', name: '07ed84f7.opendatahub.io' },
  workloads: [
    {
      namespace: 'opendatahub-operator-system',
      name: 'opendatahub-operator-controller-manager',
      labels: { 'control-plane': 'controller-manager', name: 'opendatahub-operator' },
      selector: { 'control-plane': 'controller-manager', name: 'opendatahub-operator' },
      serviceAccount: 'opendatahub-operator-controller-manager',
      containers: [
        {
          name: 'manager',
          image: 'quay.io/opendatahub/opendatahub-operator:v3.0.0',
          command: ['/manager'],
          args: ['--leader-elect'],
          readinessProbe: { httpGet: { path: '/readyz', port: 8081 }, initialDelaySeconds: 2 },
        },
      ],
      hoursAgo: 20 * DAY,
    },
  ],
  objects: [
    crd({ group: COMPONENT, plural: 'kserves', kind: 'Kserve', scope: 'Cluster', version: 'v1alpha1' }),
    ...account(
      'opendatahub-operator-system',
      'opendatahub-operator-controller-manager',
      'opendatahub-operator-controller-manager-rolebinding',
      [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
      'opendatahub-operator',
    ),
    custom(`kserves.${COMPONENT}`, `${COMPONENT}/v1alpha1`, 'Kserve', {
      metadata: { name: 'default-kserve', labels: { 'app.opendatahub.io/kserve': 'true' } },
      spec: { managementState: 'Managed', rawDeploymentServiceConfig: 'Headless' },
      status: { phase: 'Ready', observedGeneration: 1, conditions: [condition('Ready', 'True', 'Ready')] },
    }),
  ],
  character: {
    summary: 'takes orphaned component Deployments back within twelve seconds',
    heals: [
      {
        resource: 'deployments.apps',
        namespace: 'opendatahub',
        name: 'kserve-controller-manager',
        keeps: ['metadata.ownerReferences'],
        afterMs: 12_000,
      },
    ],
    crashesOn: [],
    releasesLease: true,
  },
};
