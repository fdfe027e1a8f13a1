import type { Pod } from '../controllers/kinds.ts';
import { BEHAVIOUR_ANNOTATION } from '../kubelet/behaviour.ts';
import { cloneJson, type KubeObject, type NewObject, timestamp } from '../object.ts';
import { application } from '../operators/gitops.ts';
import { put } from '../operators/install.ts';
import { INFERENCE_SERVICES } from '../operators/kserve-kinds.ts';
import type { Operator } from '../operators/operator.ts';
import { webhookConfiguration } from '../operators/parts.ts';
import type { Seeder } from '../world/seeder.ts';
import { settledStatus } from '../world/settled.ts';
import { updateSettledStatus } from '../world/steady.ts';
import type { Scenario } from './scenario.ts';

/**
 * Five ways in which a GitOps control plane breaks KServe, as changes of the seeded objects. The status of Argo CD's
 * Applications is written here as its controller would have left it.
 */

const APPLICATIONS = 'applications.argoproj.io';

interface Application extends KubeObject {
  status: {
    sync: { status: string };
    health: { status: string };
    conditions?: { type: string; message: string; lastTransitionTime: string }[];
    operationState?: Record<string, unknown>;
    resources?: { kind: string; name: string; status: string; health?: { status: string }; message?: string }[];
  };
}

interface AppState {
  sync: string;
  health: string;
  condition?: { type: string; message: string };
  /** The message of the failed resource of the last sync. */
  failure?: string;
  /** State of the Application's resources. */
  resource?: { status: string; health: string };
}

const minutesAgo = (s: Seeder, minutes: number): string => timestamp(s.clock.now() - minutes * 60_000);

/** Sets what an Application reports. */
function report(s: Seeder, name: string, state: AppState, minutes: number): void {
  const at = minutesAgo(s, minutes);
  s.store.modify<Application>(APPLICATIONS, 'argocd', name, app => {
    const { status } = app;
    status.sync = { ...status.sync, status: state.sync };
    status.health = { status: state.health };
    if (state.condition) status.conditions = [{ ...state.condition, lastTransitionTime: at }];
    if (state.failure) {
      const failed = (status.resources ?? []).map(r => ({
        ...r,
        status: 'SyncFailed',
        message: state.failure,
        hookPhase: 'Failed',
      }));
      const message = `one or more objects failed to apply, reason: ${state.failure}`;
      status.operationState = { phase: 'Failed', message, finishedAt: at, syncResult: { resources: failed } };
    }
    const { resource } = state;
    if (resource)
      status.resources = (status.resources ?? []).map(r => ({
        ...r,
        status: resource.status,
        health: { status: resource.health },
      }));
  });
}

/** Changes what Git holds for an Application: the change that could not be synced. */
function changeInGit(s: Seeder, name: string, change: (manifest: NewObject) => void): void {
  const changed = (s.git.get(name) ?? []).map(manifest => cloneJson(manifest));
  for (const manifest of changed) change(manifest);
  s.git.set(name, changed);
}

const moreReplicas = (manifest: NewObject): void => {
  manifest.spec = { predictor: { ...(manifest.spec as { predictor: object }).predictor, minReplicas: 2 } };
};

/** Makes the present pods of a Deployment fail, since `minutes` ago; pods created later are not affected. */
function breakPods(
  s: Seeder,
  namespace: string,
  deployment: string,
  container: string,
  behaviour: string,
  minutes: number,
) {
  for (const pod of s.store.list<Pod>('pods', namespace)) {
    if (!pod.metadata.name.startsWith(`${deployment}-`)) continue;
    const { podIP = '', hostIP = '' } = pod.status ?? {};
    s.store.modify<Pod>('pods', namespace, pod.metadata.name, draft => {
      draft.metadata.annotations = { ...draft.metadata.annotations, [BEHAVIOUR_ANNOTATION + container]: behaviour };
      draft.status = settledStatus(draft, podIP, hostIP, s.clock.now() - minutes * 60_000);
    });
  }
  updateSettledStatus(s, namespace, deployment, minutes);
}

const NO_ENDPOINTS =
  'admission webhook "inferenceservice.kserve-webhook-server.validator.webhook" denied the request: Internal error occurred: no endpoints available for service "kserve-webhook-server-service"';

/** An operator rolled out an hour ago with another image in one of its containers. */
function withImage(o: Operator, container: string, image: string): Operator {
  const workloads = o.workloads.map(w => ({
    ...w,
    rolledHoursAgo: 1,
    containers: w.containers.map(c => (c.name === container ? { ...c, image } : c)),
  }));
  return { ...o, workloads };
}

export const webhookNoEndpoints: Scenario = {
  name: 'webhook-no-endpoints',
  summary: "kserve's sidecar cannot be pulled, its webhook has no endpoints, InferenceServices cannot be changed",
  operators: all =>
    all.map(o =>
      o.name === 'kserve' ? withImage(o, 'kube-rbac-proxy', 'gcr.io/kubebuilder/kube-rbac-proxy:v0.13.1') : o,
    ),
  prepare(s) {
    const failure = { sync: 'OutOfSync', health: 'Degraded', failure: NO_ENDPOINTS };
    report(s, 'ai-model-alpha', { ...failure, condition: { type: 'SyncError', message: NO_ENDPOINTS } }, 40);
    report(s, 'serving-stack', { sync: 'Synced', health: 'Degraded' }, 55);
    changeInGit(s, 'ai-model-alpha', moreReplicas);
  },
};

export const crdWiped: Scenario = {
  name: 'crd-wiped',
  summary: 'the InferenceService CRD was deleted and came back empty: every InferenceService is gone',
  prepare(s) {
    const name = 'inferenceservices.serving.kserve.io';
    const definitions = 'customresourcedefinitions.apiextensions.k8s.io';
    for (const o of s.store.list(name)) s.store.delete(name, o.metadata.namespace, o.metadata.name);
    s.store.modify(definitions, undefined, name, draft => {
      delete draft.metadata.finalizers;
    });
    if (s.store.get(definitions, undefined, name)) s.store.delete(definitions, undefined, name);
    put(s, INFERENCE_SERVICES, 4 / 60);
    for (const app of ['demo-iris-2', 'ai-model-alpha'])
      report(s, app, { sync: 'OutOfSync', health: 'Missing', resource: { status: 'OutOfSync', health: 'Missing' } }, 4);
    report(s, 'serving-stack', { sync: 'OutOfSync', health: 'Healthy' }, 4);
  },
};

const LABEL_DENIAL = [
  'admission webhook "validate.kyverno.svc-fail" denied the request: ',
  '',
  'resource InferenceService/default/demo-iris-2 was blocked due to the following policies ',
  '',
  'require-standard-labels-inferenceservice:',
  "  check-owner-and-cost-center-on-isvc: 'validation error: InferenceService resources must set metadata.labels.owner and metadata.labels.cost-center. rule check-owner-and-cost-center-on-isvc failed at path /metadata/labels/cost-center/'",
].join('\n');

export const labelNearMiss: Scenario = {
  name: 'label-near-miss',
  summary: 'an InferenceService carries costCenter where a policy asks for cost-center: OutOfSync for two weeks',
  prepare(s) {
    s.store.modify('inferenceservices.serving.kserve.io', 'default', 'demo-iris-2', draft => {
      draft.metadata.labels = { owner: 'platform-team', costCenter: 'ai-platform' };
    });
    changeInGit(s, 'demo-iris-2', manifest => {
      manifest.metadata.labels = { owner: 'platform-team', costCenter: 'ai-platform' };
      moreReplicas(manifest);
    });
    const state = {
      sync: 'OutOfSync',
      health: 'Degraded',
      failure: LABEL_DENIAL,
      resource: { status: 'OutOfSync', health: 'Degraded' },
    };
    report(s, 'demo-iris-2', { ...state, condition: { type: 'SyncError', message: LABEL_DENIAL } }, 14 * 24 * 60);
  },
};

export const appsUnknown: Scenario = {
  name: 'apps-unknown',
  summary: 'Kyverno was just installed and is not ready, the Argo CD repo server went with it: applications Unknown',
  operators: all =>
    all.map(o => (o.name === 'kyverno' ? { ...o, workloads: o.workloads.map(w => ({ ...w, hoursAgo: 0.2 })) } : o)),
  prepare(s) {
    breakPods(s, 'kyverno', 'kyverno-admission-controller', 'kyverno', 'not-ready', 11);
    breakPods(s, 'argocd', 'argocd-repo-server', 'argocd-repo-server', 'not-ready', 10);
    const message =
      'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.96.77.20:8081: connect: connection refused"';
    report(
      s,
      'serving-stack',
      { sync: 'Unknown', health: 'Unknown', condition: { type: 'ComparisonError', message } },
      10,
    );
  },
};

const REFUSED =
  'Internal error occurred: failed calling webhook "validate.nginx.ingress.kubernetes.io": failed to call webhook: Post "https://ingress-nginx-controller-admission.ingress-nginx.svc:443/networking/v1/ingresses?timeout=10s": dial tcp 10.96.201.14:443: connect: connection refused';

/** The manifests of test-app: a Deployment, its Service, and an Ingress that the stale webhook refuses. */
const NGINX_TEST: readonly NewObject[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'nginx-test', namespace: 'default' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'nginx-test' } },
      template: {
        metadata: { labels: { app: 'nginx-test' } },
        spec: { containers: [{ name: 'nginx', image: 'docker.io/library/nginx:1.29' }] },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'nginx-test', namespace: 'default' },
    spec: { selector: { app: 'nginx-test' }, ports: [{ port: 80, targetPort: 80 }] },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'nginx-test', namespace: 'default' },
    spec: { defaultBackend: { service: { name: 'nginx-test', port: { number: 80 } } } },
  },
];

export const staleWebhook: Scenario = {
  name: 'stale-webhook',
  summary: 'the webhook of an ingress controller that was removed weeks ago refuses what Argo CD wants to create',
  prepare(s) {
    put(
      s,
      webhookConfiguration(
        'Validating',
        'ingress-nginx-admission',
        [
          {
            name: 'validate.nginx.ingress.kubernetes.io',
            service: {
              namespace: 'ingress-nginx',
              name: 'ingress-nginx-controller-admission',
              path: '/networking/v1/ingresses',
            },
            rules: [
              {
                apiGroups: ['networking.k8s.io'],
                apiVersions: ['v1'],
                operations: ['CREATE', 'UPDATE'],
                resources: ['ingresses'],
              },
            ],
          },
        ],
        { labels: { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'admission-webhook' } },
      ),
      20 * 24,
    );
    put(
      s,
      application('test-app', 'apps/test-app', 'default', [
        { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'default', name: 'nginx-test' },
        { group: '', version: 'v1', kind: 'Service', namespace: 'default', name: 'nginx-test' },
        { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress', namespace: 'default', name: 'nginx-test' },
      ]),
      1,
    );
    s.git.set('test-app', NGINX_TEST);
    const message = `Failed sync attempt: one or more objects failed to apply, reason: ${REFUSED}`;
    report(
      s,
      'test-app',
      {
        sync: 'Synced',
        health: 'Progressing',
        failure: REFUSED,
        condition: { type: 'SyncError', message },
        resource: { status: 'OutOfSync', health: 'Missing' },
      },
      32,
    );
  },
};
