import { crd } from './crd.ts';
import type { Operator } from './operator.ts';
import * as parts from './parts.ts';

const DAY = 24;
const READY = parts.probe('/ready', 8081, 1);

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
      readinessProbe: READY,
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
      parts.account('cert-manager', name, `${name}-rolebinding`, [
        { apiGroups: ['cert-manager.io'], resources: ['*'], verbs: parts.EVERYTHING },
        { apiGroups: [''], resources: ['secrets', 'configmaps', 'events'], verbs: parts.EVERYTHING },
        ...parts.WEBHOOKS_AND_LEASES,
      ]),
    ),
    parts.tlsSecret('cert-manager', 'cert-manager-webhook-ca'),
    parts.service(
      'cert-manager',
      'cert-manager-webhook',
      { 'app.kubernetes.io/instance': 'cert-manager', 'app.kubernetes.io/name': 'cert-manager-webhook' },
      [{ name: 'https', port: 443, targetPort: 'https' }],
    ),
    parts.webhookConfiguration(
      'Validating',
      'cert-manager-webhook',
      [
        {
          name: 'webhook.cert-manager.io',
          service: { namespace: 'cert-manager', name: 'cert-manager-webhook', path: '/validate' },
          rules: parts.reviewsWrites(['cert-manager.io', 'acme.cert-manager.io'], 'v1', '*/*'),
          timeoutSeconds: 30,
        },
      ],
      { annotations: { 'cert-manager.io/inject-ca-from-secret': 'cert-manager/cert-manager-webhook-ca' } },
    ),
    parts.custom('certificates.cert-manager.io', 'cert-manager.io/v1', 'Certificate', {
      metadata: { name: 'kserve-serving-cert', namespace: 'kserve' },
      spec: {
        secretName: 'kserve-webhook-server-cert',
        dnsNames: ['kserve-webhook-server-service.kserve.svc'],
        issuerRef: { name: 'selfsigned', kind: 'Issuer' },
      },
      status: {
        conditions: [parts.condition('Ready', 'True', 'Ready', 'Certificate is up to date and has not expired')],
        revision: 1,
      },
    }),
  ],
  behaviour: parts.behaviour('puts the CA bundle of its webhook back within two seconds; heals nothing else', {
    repairs: [
      {
        resource: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
        name: 'cert-manager-webhook',
        restores: ['webhooks.0.clientConfig.caBundle'],
        afterMs: 2000,
      },
    ],
  }),
};
