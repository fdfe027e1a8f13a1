import { crd } from './crd.ts';
import type { FatalConfiguration, Operator } from './operator.ts';
import * as parts from './parts.ts';

const DAY = 24;
const READY = parts.probe('/ready', 8081, 1);

/** A configuration that Knative crashes on: it is not `key: value` text. */
const brokenAutoscaler: FatalConfiguration = {
  namespace: 'knative-serving',
  configMap: 'config-autoscaler',
  key: 'container-concurrency-target-percentage',
  problemIn: text => {
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
  containers: [{ name, image, ports: [port], readinessProbe: READY }],
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
    ...parts.account('knative-serving', 'controller', 'knative-serving-controller-admin', [
      { apiGroups: ['serving.knative.dev'], resources: ['*'], verbs: parts.EVERYTHING },
      ...parts.WEBHOOKS_AND_LEASES,
    ]),
    parts.tlsSecret('knative-serving', 'webhook-certs'),
    parts.configMap('knative-serving', 'config-autoscaler', {
      'container-concurrency-target-percentage': '70',
      'enable-scale-to-zero': 'true',
    }),
    parts.configMap('knative-serving', 'config-network', { 'ingress-class': 'kourier.ingress.networking.knative.dev' }),
    parts.service('knative-serving', 'webhook', { app: 'webhook' }, [
      { name: 'https-webhook', port: 443, targetPort: 8443 },
    ]),
    parts.service('knative-serving', 'activator-service', { app: 'activator' }, [
      { name: 'http', port: 80, targetPort: 8012 },
    ]),
    parts.webhookConfiguration('Validating', 'validation.webhook.serving.knative.dev', [
      {
        name: 'validation.webhook.serving.knative.dev',
        service: { namespace: 'knative-serving', name: 'webhook', path: '/resource-validation' },
        rules: parts.reviewsWrites(['serving.knative.dev'], 'v1', 'services'),
      },
    ]),
  ],
  behaviour: parts.behaviour('crashes while its autoscaler configuration is broken; heals nothing', {
    crashesOn: [brokenAutoscaler],
  }),
};
