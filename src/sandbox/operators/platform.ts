import { crd } from './crd.ts';
import { oneDeployment } from './one-deployment.ts';
import type { Operator } from './operator.ts';
import * as parts from './parts.ts';

const DAY = 24;
const READY = parts.probe('/readyz', 8081, 2);

/** Serves models' routes for KServe in Open Data Hub. */
export const odhModelController: Operator = {
  name: 'odh-model-controller',
  ...oneDeployment('opendatahub', 'odh-model-controller', {
    lease: 'odh-model-controller.opendatahub.io',
    labels: { app: 'odh-model-controller', 'control-plane': 'odh-model-controller' },
    containers: [
      {
        name: 'manager',
        image: 'quay.io/opendatahub/odh-model-controller:v0.12.0',
        command: ['/manager'],
        args: ['--leader-elect', '--health-probe-bind-address=:8081'],
        ports: [{ name: 'webhook-server', containerPort: 9443 }],
        readinessProbe: READY,
        resources: { limits: { cpu: '500m', memory: '2Gi' }, requests: { cpu: '10m', memory: '64Mi' } },
        volumeMounts: parts.CERTIFICATE_MOUNT,
      },
    ],
    volumes: parts.certificateVolume('odh-model-controller-webhook-cert'),
    hoursAgo: 14 * DAY,
  }),
  objects: [
    ...parts.account('opendatahub', 'odh-model-controller', 'odh-model-controller-rolebinding-opendatahub', [
      { apiGroups: ['serving.kserve.io'], resources: ['*'], verbs: parts.EVERYTHING },
      { apiGroups: [''], resources: ['configmaps', 'secrets', 'services'], verbs: parts.EVERYTHING },
    ]),
    parts.tlsSecret('opendatahub', 'odh-model-controller-webhook-cert'),
    parts.webhookService('opendatahub', 'odh-model-controller-webhook-service', { app: 'odh-model-controller' }),
    parts.configMap('opendatahub', 'odh-model-controller-parameters', {
      'kserve-state': 'managed',
      'nim-state': 'removed',
    }),
  ],
  behaviour: parts.behaviour('heals its parameters fast', {
    repairs: [parts.repairsData('opendatahub', 'odh-model-controller-parameters', 3000)],
  }),
};

/** The LlamaStack operator: repairs its configuration, but later than experiments wait for. */
export const llamastack: Operator = {
  name: 'llamastack',
  ...oneDeployment('opendatahub', 'llamastack-controller-manager', {
    lease: '54e06e98.llamastack.io',
    labels: { 'control-plane': 'controller-manager', 'app.kubernetes.io/name': 'llamastack' },
    containers: [
      {
        name: 'manager',
        image: 'quay.io/llamastack/llama-stack-k8s-operator:v0.4.0',
        command: ['/manager'],
        args: ['--leader-elect'],
        readinessProbe: READY,
        resources: { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '10m', memory: '256Mi' } },
      },
    ],
    hoursAgo: 9 * DAY,
  }),
  watches: 'llamastackdistributions.llamastack.io',
  objects: [
    crd({
      group: 'llamastack.io',
      plural: 'llamastackdistributions',
      kind: 'LlamaStackDistribution',
      shortNames: ['llsd'],
      version: 'v1alpha1',
    }),
    ...parts.account(
      'opendatahub',
      'llamastack-controller-manager',
      'llamastack-controller-manager-rolebinding',
      [
        { apiGroups: ['llamastack.io'], resources: ['*'], verbs: parts.EVERYTHING },
        { apiGroups: [''], resources: ['configmaps', 'services'], verbs: parts.EVERYTHING },
        { apiGroups: ['apps'], resources: ['deployments'], verbs: parts.EVERYTHING },
      ],
      'llamastack',
    ),
    parts.configMap('opendatahub', 'llamastack-serving-config', {
      'config.yaml': JSON.stringify({
        serving: { endpoint: 'http://llamastack.opendatahub.svc:8321', timeout: '30s' },
      }),
    }),
    parts.custom('llamastackdistributions.llamastack.io', 'llamastack.io/v1alpha1', 'LlamaStackDistribution', {
      metadata: { name: 'demo-distribution', namespace: 'opendatahub' },
      spec: { replicas: 1, server: { distribution: { name: 'remote-vllm' }, containerSpec: { port: 8321 } } },
      status: { phase: 'Ready', conditions: [parts.condition('DeploymentReady', 'True', 'DeploymentReady')] },
    }),
  ],
  behaviour: parts.behaviour('heals its configuration only after four minutes', {
    repairs: [parts.repairsData('opendatahub', 'llamastack-serving-config', 240_000)],
  }),
};

const TRAINING_LABELS = { 'control-plane': 'controller-manager', 'app.kubernetes.io/name': 'training-operator' };

/** Kubeflow's training operator: repairs nothing. */
export const trainingOperator: Operator = {
  name: 'training-operator',
  ...oneDeployment('opendatahub', 'training-operator-controller-manager', {
    account: 'training-operator',
    lease: '1ca428e5.training-operator.kubeflow.org',
    labels: TRAINING_LABELS,
    containers: [
      {
        name: 'training-operator',
        image: 'quay.io/opendatahub/training-operator:v1.9.0',
        command: ['/manager'],
        args: ['--leader-elect'],
        ports: [{ containerPort: 8080 }, { name: 'webhook-server', containerPort: 9443 }],
        readinessProbe: READY,
        volumeMounts: parts.CERTIFICATE_MOUNT,
      },
    ],
    volumes: parts.certificateVolume('training-operator-webhook-cert'),
    hoursAgo: 11 * DAY,
  }),
  watches: 'pytorchjobs.kubeflow.org',
  objects: [
    crd({
      group: 'kubeflow.org',
      plural: 'pytorchjobs',
      kind: 'PyTorchJob',
      version: 'v1',
      columns: [
        { name: 'State', type: 'string', jsonPath: '.status.conditions[-1:].type' },
        { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
      ],
    }),
    ...parts.account('opendatahub', 'training-operator', 'training-operator-manager-rolebinding', [
      { apiGroups: ['kubeflow.org'], resources: ['*'], verbs: parts.EVERYTHING },
      { apiGroups: [''], resources: ['pods', 'services', 'configmaps', 'events'], verbs: parts.EVERYTHING },
      {
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['validatingwebhookconfigurations'],
        verbs: ['get', 'list', 'watch', 'update'],
      },
    ]),
    parts.tlsSecret('opendatahub', 'training-operator-webhook-cert'),
    parts.service('opendatahub', 'training-operator', TRAINING_LABELS, [
      { name: 'monitoring-port', port: 8080, targetPort: 8080 },
      { name: 'webhook-server', port: 443, targetPort: 9443 },
    ]),
    parts.webhookConfiguration('Validating', 'vpytorchjob.kubeflow.org', [
      {
        name: 'validator.pytorchjob.training-operator.kubeflow.org',
        service: { namespace: 'opendatahub', name: 'training-operator', path: '/validate-kubeflow-org-v1-pytorchjob' },
        rules: parts.reviewsWrites(['kubeflow.org'], 'v1', 'pytorchjobs'),
      },
    ]),
    parts.custom('pytorchjobs.kubeflow.org', 'kubeflow.org/v1', 'PyTorchJob', {
      metadata: { name: 'test-pytorchjob', namespace: 'opendatahub' },
      spec: { pytorchReplicaSpecs: { Master: replicaSpec(1), Worker: replicaSpec(1) }, runPolicy: { suspend: false } },
      status: {
        conditions: [
          parts.condition('Created', 'True', 'PyTorchJobCreated', 'PyTorchJob test-pytorchjob is created.'),
          parts.condition('Running', 'True', 'PyTorchJobRunning', 'PyTorchJob test-pytorchjob is running.'),
        ],
        replicaStatuses: { Master: { active: 1 }, Worker: { active: 1 } },
      },
    }),
  ],
  behaviour: parts.behaviour('heals nothing'),
};

function replicaSpec(replicas: number) {
  return {
    replicas,
    restartPolicy: 'OnFailure',
    template: {
      spec: {
        containers: [
          {
            name: 'pytorch',
            image: 'docker.io/kubeflow/pytorch-dist-mnist:v1.9.0',
            command: ['python3', '/opt/mnist.py'],
          },
        ],
      },
    },
  };
}
