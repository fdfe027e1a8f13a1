import { crd } from './crd.ts';
import { CONTROLLER_LABELS, INFERENCE_CONFIG, KSERVE_RULES, manager } from './kserve.ts';
import { oneDeployment } from './one-deployment.ts';
import type { Operator } from './operator.ts';
import * as parts from './parts.ts';

const DAY = 24;
const COMPONENT = 'components.platform.opendatahub.io';

/** The copy of KServe that the Open Data Hub platform installs, owned by its component object. */
export const kserveInOpenDataHub: Operator = {
  name: 'kserve-opendatahub',
  ...oneDeployment('opendatahub', 'kserve-controller-manager', {
    lease: 'kserve-controller-manager-leader-lock',
    labels: { ...CONTROLLER_LABELS, 'app.opendatahub.io/kserve': 'true', 'app.kubernetes.io/part-of': 'kserve' },
    selector: CONTROLLER_LABELS,
    podLabels: { 'app.opendatahub.io/kserve': 'true' },
    containers: [manager('kserve', 'quay.io/opendatahub/kserve-controller:v0.15.2')],
    volumes: parts.certificateVolume('kserve-webhook-server-cert'),
    hoursAgo: 14 * DAY,
  }),
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
    parts.webhookService('opendatahub', 'kserve-webhook-server-service', CONTROLLER_LABELS),
  ],
  behaviour: parts.behaviour('heals nothing of its own; the platform operator looks after it'),
};

/** The platform operator: owns its components' Deployments and takes them back when they are orphaned. */
export const openDataHub: Operator = {
  name: 'opendatahub-operator',
  ...oneDeployment('opendatahub-operator-system', 'opendatahub-operator-controller-manager', {
    lease: '07ed84f7.opendatahub.io',
    labels: { 'control-plane': 'controller-manager', name: 'opendatahub-operator' },
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
  }),
  objects: [
    crd({ group: COMPONENT, plural: 'kserves', kind: 'Kserve', scope: 'Cluster', version: 'v1alpha1' }),
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
