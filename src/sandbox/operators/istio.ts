import { crd } from './crd.ts';
import { oneDeployment } from './one-deployment.ts';
import type { Operator } from './operator.ts';
import * as parts from './parts.ts';

const DAY = 24;

/** Istio's control plane: keeps the policy of its own validation webhook. */
export const istiod: Operator = {
  name: 'istiod',
  ...oneDeployment('istio-system', 'istiod', {
    lease: 'istio-leader',
    labels: { app: 'istiod', 'istio.io/rev': 'default', 'app.kubernetes.io/name': 'istiod' },
    selector: { app: 'istiod' },
    podLabels: { 'istio.io/rev': 'default' },
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
        readinessProbe: parts.probe('/ready', 8080, 1),
        resources: { requests: { cpu: '500m', memory: '2Gi' } },
      },
    ],
    hoursAgo: 22 * DAY + 5,
  }),
  objects: [
    crd({
      group: 'networking.istio.io',
      plural: 'virtualservices',
      kind: 'VirtualService',
      shortNames: ['vs'],
      version: 'v1',
    }),
    ...parts.account('istio-system', 'istiod', 'istiod-clusterrolebinding', [
      { apiGroups: ['networking.istio.io'], resources: ['*'], verbs: parts.EVERYTHING },
      ...parts.WEBHOOKS_AND_LEASES,
    ]),
    parts.configMap('istio-system', 'istio', {
      mesh: 'defaultConfig:\n  discoveryAddress: istiod.istio-system.svc:15012\n',
    }),
    parts.service('istio-system', 'istiod', { app: 'istiod' }, [
      { name: 'grpc-xds', port: 15010, targetPort: 15010 },
      { name: 'https-webhook', port: 443, targetPort: 15017 },
    ]),
    parts.webhookConfiguration('Validating', 'istio-validator-istio-system', [
      {
        name: 'rev.validation.istio.io',
        service: { namespace: 'istio-system', name: 'istiod', path: '/validate' },
        rules: parts.reviewsWrites(['networking.istio.io'], '*', '*'),
      },
    ]),
  ],
  behaviour: parts.behaviour('restores the failure policy of its webhook in five seconds', {
    repairs: [
      {
        resource: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
        name: 'istio-validator-istio-system',
        restores: ['webhooks.0.failurePolicy'],
        afterMs: 5000,
      },
    ],
    releasesLease: false,
  }),
};
