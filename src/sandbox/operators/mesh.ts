import type { Operator, Weakness } from './operator.ts';
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

const DAY = 24;
const probe = { httpGet: { path: '/ready', port: 8081 }, initialDelaySeconds: 1 };
const WEBHOOKS = [
  { apiGroups: ['admissionregistration.k8s.io'], resources: ['*'], verbs: EVERYTHING },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: EVERYTHING },
];

/** A configuration Knative refuses to start with: not `key: value` text any more. */
const brokenAutoscaler: Weakness = {
  namespace: 'knative-serving',
  configMap: 'config-autoscaler',
  key: 'container-concurrency-target-percentage',
  complaint: text => {
    if (text === undefined) return 'configmap "config-autoscaler" has no key "container-concurrency-target-percentage"';
    return /^\d+(\.\d+)?$/.test(text)
      ? undefined
      : `failed to parse "container-concurrency-target-percentage": strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`;
  },
};

const knativeWorkload = (name: string, image: string, port: { name: string; containerPort: number }) => ({
  namespace: 'knative-serving',
  name,
  labels: { 'app.kubernetes.io/name': 'knative-serving', 'app.kubernetes.io/component': name },
  selector: { app: name },
  podLabels: { 'app.kubernetes.io/name': 'knative-serving', 'app.kubernetes.io/component': name },
  serviceAccount: 'controller',
  containers: [{ name, image, ports: [port], readinessProbe: probe }],
  hoursAgo: 22 * DAY,
});

/** Knative Serving: cannot run with a broken autoscaler configuration. */
export const knativeServing: Operator = {
  name: 'knative-serving',
  deployment: { namespace: 'knative-serving', name: 'controller' },
  serviceAccount: 'controller',
  lease: {
    namespace: 'knative-serving',
    name: 'controller.knative.dev.serving.pkg.reconciler.revision.reconciler.00-of-01',
  },
  workloads: [
    knativeWorkload('controller', 'gcr.io/knative-releases/knative.dev/serving/cmd/controller:v1.19.0', {
      name: 'metrics',
      containerPort: 9090,
    }),
    knativeWorkload('activator', 'gcr.io/knative-releases/knative.dev/serving/cmd/activator:v1.19.0', {
      name: 'http1',
      containerPort: 8012,
    }),
    knativeWorkload('autoscaler', 'gcr.io/knative-releases/knative.dev/serving/cmd/autoscaler:v1.19.0', {
      name: 'websocket',
      containerPort: 8080,
    }),
    knativeWorkload('webhook', 'gcr.io/knative-releases/knative.dev/serving/cmd/webhook:v1.19.0', {
      name: 'https-webhook',
      containerPort: 8443,
    }),
  ],
  objects: [
    crd({
      group: 'serving.knative.dev',
      plural: 'services',
      kind: 'Service',
      shortNames: ['kservice', 'ksvc'],
      version: 'v1',
    }),
    ...account('knative-serving', 'controller', 'knative-serving-controller-admin', [
      { apiGroups: ['serving.knative.dev'], resources: ['*'], verbs: EVERYTHING },
      ...WEBHOOKS,
    ]),
    tlsSecret('knative-serving', 'webhook-certs'),
    configMap('knative-serving', 'config-autoscaler', {
      'container-concurrency-target-percentage': '70',
      'enable-scale-to-zero': 'true',
    }),
    configMap('knative-serving', 'config-network', { 'ingress-class': 'kourier.ingress.networking.knative.dev' }),
    service('knative-serving', 'webhook', { app: 'webhook' }, [{ name: 'https-webhook', port: 443, targetPort: 8443 }]),
    service('knative-serving', 'activator-service', { app: 'activator' }, [
      { name: 'http', port: 80, targetPort: 8012 },
    ]),
    webhookConfiguration('Validating', 'validation.webhook.serving.knative.dev', [
      {
        name: 'validation.webhook.serving.knative.dev',
        service: { namespace: 'knative-serving', name: 'webhook', path: '/resource-validation' },
        rules: [
          {
            apiGroups: ['serving.knative.dev'],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['services'],
          },
        ],
      },
    ]),
  ],
  character: {
    summary: 'crashes while its autoscaler configuration is broken; heals nothing',
    heals: [],
    crashesOn: [brokenAutoscaler],
    releasesLease: true,
  },
};

const certManagerWorkload = (name: string, image: string, port: { name: string; containerPort: number }) => ({
  namespace: 'cert-manager',
  name,
  labels: {
    app: name.replace('cert-manager-', ''),
    'app.kubernetes.io/instance': 'cert-manager',
    'app.kubernetes.io/name': name,
  },
  selector: { 'app.kubernetes.io/instance': 'cert-manager', 'app.kubernetes.io/name': name },
  podLabels: { app: name.replace('cert-manager-', '') },
  serviceAccount: name,
  containers: [
    {
      name: `${name}-container`.replace('cert-manager-container', 'cert-manager-controller'),
      image,
      ports: [port],
      readinessProbe: probe,
    },
  ],
  hoursAgo: 23 * DAY - 3,
});

/** cert-manager: the injector keeps the webhook's CA bundle; nobody keeps its policy. */
export const certManager: Operator = {
  name: 'cert-manager',
  deployment: { namespace: 'cert-manager', name: 'cert-manager' },
  serviceAccount: 'cert-manager',
  lease: { namespace: 'kube-system', name: 'cert-manager-controller' },
  watches: 'certificates.cert-manager.io',
  workloads: [
    certManagerWorkload('cert-manager', 'quay.io/jetstack/cert-manager-controller:v1.19.1', {
      name: 'http-metrics',
      containerPort: 9402,
    }),
    certManagerWorkload('cert-manager-cainjector', 'quay.io/jetstack/cert-manager-cainjector:v1.19.1', {
      name: 'http-metrics',
      containerPort: 9402,
    }),
    certManagerWorkload('cert-manager-webhook', 'quay.io/jetstack/cert-manager-webhook:v1.19.1', {
      name: 'https',
      containerPort: 10250,
    }),
  ],
  objects: [
    crd({
      group: 'cert-manager.io',
      plural: 'certificates',
      kind: 'Certificate',
      shortNames: ['cert', 'certs'],
      version: 'v1',
    }),
    crd({ group: 'cert-manager.io', plural: 'issuers', kind: 'Issuer', version: 'v1' }),
    ...['cert-manager', 'cert-manager-cainjector', 'cert-manager-webhook'].flatMap(name =>
      account('cert-manager', name, `${name}-rolebinding`, [
        { apiGroups: ['cert-manager.io'], resources: ['*'], verbs: EVERYTHING },
        { apiGroups: [''], resources: ['secrets', 'configmaps', 'events'], verbs: EVERYTHING },
        ...WEBHOOKS,
      ]),
    ),
    tlsSecret('cert-manager', 'cert-manager-webhook-ca'),
    service(
      'cert-manager',
      'cert-manager-webhook',
      { 'app.kubernetes.io/instance': 'cert-manager', 'app.kubernetes.io/name': 'cert-manager-webhook' },
      [{ name: 'https', port: 443, targetPort: 'https' }],
    ),
    webhookConfiguration(
      'Validating',
      'cert-manager-webhook',
      [
        {
          name: 'webhook.cert-manager.io',
          service: { namespace: 'cert-manager', name: 'cert-manager-webhook', path: '/validate' },
          rules: [
            {
              apiGroups: ['cert-manager.io', 'acme.cert-manager.io'],
              apiVersions: ['v1'],
              operations: ['CREATE', 'UPDATE'],
              resources: ['*/*'],
            },
          ],
          timeoutSeconds: 30,
        },
      ],
      { annotations: { 'cert-manager.io/inject-ca-from-secret': 'cert-manager/cert-manager-webhook-ca' } },
    ),
    custom('certificates.cert-manager.io', 'cert-manager.io/v1', 'Certificate', {
      metadata: { name: 'kserve-serving-cert', namespace: 'kserve' },
      spec: {
        secretName: 'kserve-webhook-server-cert',
        dnsNames: ['kserve-webhook-server-service.kserve.svc'],
        issuerRef: { name: 'selfsigned', kind: 'Issuer' },
      },
      status: {
        conditions: [condition('Ready', 'True', 'Ready', 'Certificate is up to date and has not expired')],
        revision: 1,
      },
    }),
  ],
  character: {
    summary: 'puts the CA bundle of its webhook back within two seconds; heals nothing else',
    heals: [
      {
        resource: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
        name: 'cert-manager-webhook',
        keeps: ['webhooks.0.clientConfig.caBundle'],
        afterMs: 2000,
      },
    ],
    crashesOn: [],
    releasesLease: true,
  },
};

/** Istio's control plane: keeps the policy of its own validation webhook. */
export const istiod: Operator = {
  name: 'istiod',
  deployment: { namespace: 'istio-system', name: 'istiod' },
  serviceAccount: 'istiod',
  lease: { namespace: 'istio-system', name: 'istio-leader' },
  workloads: [
    {
      namespace: 'istio-system',
      name: 'istiod',
      labels: { app: 'istiod', 'istio.io/rev': 'default', 'app.kubernetes.io/name': 'istiod' },
      selector: { app: 'istiod' },
      podLabels: { 'istio.io/rev': 'default' },
      serviceAccount: 'istiod',
      containers: [
        {
          name: 'discovery',
          image: 'docker.io/istio/pilot:1.28.0',
          args: ['discovery', '--monitoringAddr=:15014'],
          ports: [
            { name: 'http-debug', containerPort: 8080 },
            { name: 'grpc-xds', containerPort: 15010 },
            { name: 'tls-xds', containerPort: 15012 },
            { name: 'https-webhooks', containerPort: 15017 },
          ],
          readinessProbe: { httpGet: { path: '/ready', port: 8080 }, initialDelaySeconds: 1 },
          resources: { requests: { cpu: '500m', memory: '2Gi' } },
        },
      ],
      hoursAgo: 22 * DAY + 5,
    },
  ],
  objects: [
    crd({
      group: 'networking.istio.io',
      plural: 'virtualservices',
      kind: 'VirtualService',
      shortNames: ['vs'],
      version: 'v1',
    }),
    ...account('istio-system', 'istiod', 'istiod-clusterrolebinding', [
      { apiGroups: ['networking.istio.io'], resources: ['*'], verbs: EVERYTHING },
      ...WEBHOOKS,
    ]),
    configMap('istio-system', 'istio', { mesh: 'defaultConfig:\n  discoveryAddress: istiod.istio-system.svc:15012\n' }),
    service('istio-system', 'istiod', { app: 'istiod' }, [
      { name: 'grpc-xds', port: 15010, targetPort: 15010 },
      { name: 'https-webhook', port: 443, targetPort: 15017 },
    ]),
    webhookConfiguration('Validating', 'istio-validator-istio-system', [
      {
        name: 'rev.validation.istio.io',
        service: { namespace: 'istio-system', name: 'istiod', path: '/validate' },
        rules: [
          {
            apiGroups: ['networking.istio.io'],
            apiVersions: ['*'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['*'],
          },
        ],
      },
    ]),
  ],
  character: {
    summary: 'restores the failure policy of its webhook in five seconds',
    heals: [
      {
        resource: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
        name: 'istio-validator-istio-system',
        keeps: ['webhooks.0.failurePolicy'],
        afterMs: 5000,
      },
    ],
    crashesOn: [],
    releasesLease: false,
  },
};
