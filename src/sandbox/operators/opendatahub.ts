import { CONTROLLER_LABELS, certificate, INFERENCE_CONFIG, KSERVE_RULES, manager } from './kserve.ts';
import type { Operator } from './operator.ts';
import * as parts from './parts.ts';

const DAY = 24;
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
    ...parts.account(
      'opendatahub',
      'kserve-controller-manager',
      'odh-kserve-manager-rolebinding',
      KSERVE_RULES,
      'kserve',
    ),
    parts.tlsSecret('opendatahub', 'kserve-webhook-server-cert'),
    parts.configMap('opendatahub', 'inferenceservice-config', INFERENCE_CONFIG, {
      'app.opendatahub.io/kserve': 'true',
    }),
    parts.service('opendatahub', 'kserve-webhook-server-service', CONTROLLER_LABELS, [
      { port: 443, targetPort: 'webhook-server' },
    ]),
  ],
  behaviour: parts.behaviour('heals nothing of its own; the platform operator looks after it'),
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
          readinessProbe: parts.probe('/readyz', 8081, 2),
        },
      ],
      hoursAgo: 20 * DAY,
    },
  ],
  objects: [
    parts.crd({ group: COMPONENT, plural: 'kserves', kind: 'Kserve', scope: 'Cluster', version: 'v1alpha1' }),
    ...parts.account(
      'opendatahub-operator-system',
      'opendatahub-operator-controller-manager',
      'opendatahub-operator-controller-manager-rolebinding',
      [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
      'opendatahub-operator',
    ),
    parts.custom(`kserves.${COMPONENT}`, `${COMPONENT}/v1alpha1`, 'Kserve', {
      metadata: { name: 'default-kserve', labels: { 'app.opendatahub.io/kserve': 'true' } },
      spec: { managementState: 'Managed', rawDeploymentServiceConfig: 'Headless' },
      status: { phase: 'Ready', observedGeneration: 1, conditions: [parts.condition('Ready', 'True', 'Ready')] },
    }),
  ],
  behaviour: parts.behaviour('takes orphaned component Deployments back within twelve seconds', {
    repairs: [
      {
        resource: 'deployments.apps',
        namespace: 'opendatahub',
        name: 'kserve-controller-manager',
        restores: ['metadata.ownerReferences'],
        afterMs: 12_000,
      },
    ],
  }),
};
