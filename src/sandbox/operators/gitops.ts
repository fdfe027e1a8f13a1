import type { ManagedResource } from './argocd.ts';
import { crd } from './crd.ts';
import { oneDeployment } from './one-deployment.ts';
import type { Installed, Operator } from './operator.ts';
import * as parts from './parts.ts';

const DAY = 24;
const REPOSITORY = 'https://github.com/example/platform.git';
const READY = parts.probe('/healthz', 8080, 2);

const argoWorkload = (
  name: string,
  component: string,
  port: { name: string; containerPort: number },
  image = 'quay.io/argoproj/argocd:v3.2.0',
) => ({
  namespace: 'argocd',
  name,
  labels: {
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/part-of': 'argocd',
  },
  selector: { 'app.kubernetes.io/name': name },
  serviceAccount: name,
  containers: [{ name, image, ports: [port], readinessProbe: READY }],
  hoursAgo: 22 * DAY + 8,
});

/** An object as an Application names it. */
type Named = Pick<ManagedResource, 'group' | 'version' | 'kind' | 'namespace' | 'name'>;

const REVISION = '3f5c1e0b7f0d4c5a9d8e2b6a1c4f7e9d0a2b3c4d';

/** An Application that is in sync and healthy. */
export function application(name: string, path: string, namespace: string, resources: readonly Named[]): Installed {
  return parts.custom('applications.argoproj.io', 'argoproj.io/v1alpha1', 'Application', {
    metadata: { name, namespace: 'argocd', finalizers: ['resources-finalizer.argocd.argoproj.io'] },
    spec: {
      project: 'default',
      source: { repoURL: REPOSITORY, targetRevision: 'main', path },
      destination: { server: 'https://kubernetes.default.svc', namespace },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    },
    status: {
      sync: {
        status: 'Synced',
        revision: REVISION,
        comparedTo: { source: { repoURL: REPOSITORY, targetRevision: 'main', path } },
      },
      health: { status: 'Healthy' },
      resources: resources.map(r => ({ ...r, status: 'Synced', health: { status: 'Healthy' } })),
      operationState: { phase: 'Succeeded', message: 'successfully synced (all tasks run)' },
      history: [{ id: 0, revision: REVISION, source: { repoURL: REPOSITORY, targetRevision: 'main', path } }],
    },
  });
}

const isvc = (name: string): Named => ({
  group: 'serving.kserve.io',
  version: 'v1beta1',
  kind: 'InferenceService',
  namespace: 'default',
  name,
});

/** Argo CD: the controller, the repo server, Redis and the API. */
export const argocd: Operator = {
  name: 'argocd',
  deployment: { namespace: 'argocd', name: 'argocd-server' },
  serviceAccount: 'argocd-server',
  workloads: [
    argoWorkload('argocd-server', 'server', { name: 'server', containerPort: 8080 }),
    argoWorkload('argocd-repo-server', 'repo-server', { name: 'repo-server', containerPort: 8081 }),
    argoWorkload(
      'argocd-redis',
      'redis',
      { name: 'redis', containerPort: 6379 },
      'public.ecr.aws/docker/library/redis:8.2.2-alpine',
    ),
    argoWorkload('argocd-applicationset-controller', 'applicationset-controller', {
      name: 'webhook',
      containerPort: 7000,
    }),
  ],
  sets: [
    argoWorkload('argocd-application-controller', 'application-controller', { name: 'metrics', containerPort: 8082 }),
  ],
  objects: [
    crd({
      group: 'argoproj.io',
      plural: 'applications',
      kind: 'Application',
      shortNames: ['app', 'apps'],
      version: 'v1alpha1',
      columns: [
        { name: 'Sync Status', type: 'string', jsonPath: '.status.sync.status' },
        { name: 'Health Status', type: 'string', jsonPath: '.status.health.status' },
      ],
    }),
    ...['argocd-server', 'argocd-repo-server', 'argocd-redis', 'argocd-applicationset-controller'].flatMap(name =>
      parts.account('argocd', name, `${name}-rolebinding`, [
        { apiGroups: ['argoproj.io'], resources: ['*'], verbs: parts.EVERYTHING },
      ]),
    ),
    ...parts.account('argocd', 'argocd-application-controller', 'argocd-application-controller-rolebinding', [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
    ]),
    parts.configMap(
      'argocd',
      'argocd-cm',
      { 'application.resourceTrackingMethod': 'annotation' },
      { 'app.kubernetes.io/part-of': 'argocd' },
    ),
    parts.service('argocd', 'argocd-server', { 'app.kubernetes.io/name': 'argocd-server' }, [
      { name: 'https', port: 443, targetPort: 8080 },
    ]),
    parts.service('argocd', 'argocd-repo-server', { 'app.kubernetes.io/name': 'argocd-repo-server' }, [
      { name: 'server', port: 8081, targetPort: 8081 },
    ]),
    parts.service('argocd', 'argocd-redis', { 'app.kubernetes.io/name': 'argocd-redis' }, [
      { name: 'tcp-redis', port: 6379, targetPort: 6379 },
    ]),
    application('neuroscale-infrastructure', 'infrastructure/apps', 'argocd', []),
    application('serving-stack', 'infrastructure/serving-stack', 'kserve', [
      { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'kserve', name: 'kserve-controller-manager' },
      {
        group: 'apiextensions.k8s.io',
        version: 'v1',
        kind: 'CustomResourceDefinition',
        name: 'inferenceservices.serving.kserve.io',
      },
    ]),
    application('policy-guardrails', 'infrastructure/kyverno', 'kyverno', [
      { group: 'kyverno.io', version: 'v1', kind: 'ClusterPolicy', name: 'require-standard-labels-inferenceservice' },
    ]),
    application('ai-model-alpha', 'apps/ai-model-alpha', 'default', [isvc('ai-model-alpha')]),
    application('demo-iris-2', 'apps/demo-iris-2', 'default', [isvc('demo-iris-2')]),
  ],
  behaviour: parts.behaviour('heals nothing'),
};

const KYVERNO_LABELS = {
  'app.kubernetes.io/component': 'admission-controller',
  'app.kubernetes.io/instance': 'kyverno',
  'app.kubernetes.io/part-of': 'kyverno',
};
const MANAGED = { labels: { 'webhook.kyverno.io/managed-by': 'kyverno' } };

/** Kyverno: repairs its webhook configurations almost at once. */
export const kyverno: Operator = {
  name: 'kyverno',
  ...oneDeployment('kyverno', 'kyverno-admission-controller', {
    lease: 'kyverno',
    labels: KYVERNO_LABELS,
    replicas: 2,
    containers: [
      {
        name: 'kyverno',
        image: 'reg.kyverno.io/kyverno/kyverno:v1.16.0',
        args: ['--omitEvents=PolicyApplied,PolicySkipped'],
        ports: [
          { name: 'https', containerPort: 9443 },
          { name: 'metrics-port', containerPort: 8000 },
        ],
        readinessProbe: parts.probe('/health/readiness', 9443, 3),
      },
    ],
    hoursAgo: 17 * DAY,
  }),
  objects: [
    crd({
      group: 'kyverno.io',
      plural: 'clusterpolicies',
      kind: 'ClusterPolicy',
      shortNames: ['cpol'],
      scope: 'Cluster',
      version: 'v1',
    }),
    ...parts.account('kyverno', 'kyverno-admission-controller', 'kyverno:admission-controller', [
      { apiGroups: ['kyverno.io'], resources: ['*'], verbs: parts.EVERYTHING },
      { apiGroups: ['admissionregistration.k8s.io'], resources: ['*'], verbs: parts.EVERYTHING },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: parts.EVERYTHING },
    ]),
    parts.configMap('kyverno', 'kyverno', {
      webhooks:
        '{"namespaceSelector":{"matchExpressions":[{"key":"kubernetes.io/metadata.name","operator":"NotIn","values":["kube-system","kyverno"]}]}}',
    }),
    parts.tlsSecret('kyverno', 'kyverno-svc.kyverno.svc.kyverno-tls-pair'),
    parts.service('kyverno', 'kyverno-svc', KYVERNO_LABELS, [{ name: 'https', port: 443, targetPort: 'https' }]),
    parts.webhookConfiguration(
      'Validating',
      'kyverno-resource-validating-webhook-cfg',
      [
        {
          name: 'validate.kyverno.svc-fail',
          service: { namespace: 'kyverno', name: 'kyverno-svc', path: '/validate/fail' },
          rules: parts.reviewsWrites(['serving.kserve.io'], 'v1beta1', 'inferenceservices'),
          namespaceSelector: {
            matchExpressions: [
              { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'kyverno'] },
            ],
          },
        },
      ],
      MANAGED,
    ),
    parts.custom('clusterpolicies.kyverno.io', 'kyverno.io/v1', 'ClusterPolicy', {
      metadata: { name: 'require-standard-labels-inferenceservice' },
      spec: {
        background: true,
        rules: [
          {
            name: 'check-owner-and-cost-center-on-isvc',
            match: { any: [{ resources: { kinds: ['InferenceService'] } }] },
            validate: {
              failureAction: 'Enforce',
              message: 'InferenceService resources must set metadata.labels.owner and metadata.labels.cost-center.',
              pattern: { metadata: { labels: { owner: '?*', 'cost-center': '?*' } } },
            },
          },
        ],
      },
      status: {
        conditions: [parts.condition('Ready', 'True', 'Succeeded', 'Ready')],
        rulecount: { generate: 0, mutate: 0, validate: 1, verifyimages: 0 },
      },
    }),
  ],
  behaviour: parts.behaviour('restores its webhook configuration in three seconds', {
    repairs: [
      {
        resource: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
        name: 'kyverno-resource-validating-webhook-cfg',
        restores: ['webhooks'],
        afterMs: 3000,
      },
    ],
  }),
};
