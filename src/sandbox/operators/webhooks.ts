import type { AdmissionAnswer, AdmissionRequest, SandboxContext, WebhookBackend } from '../context.ts';
import type { Pod } from '../controllers/kinds.ts';
import { isRecord, type KubeObject } from '../object.ts';
import { isCutOff, type NetworkPolicy } from './isolation.ts';

/** What a webhook objects to in an object; empty when it allows it. */
type ReviewHandler = (request: AdmissionRequest, object: KubeObject) => readonly string[];

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((v, key) => (isRecord(v) ? v[key] : undefined), value);

const ISVC_NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const PREDICTORS = [
  'model',
  'sklearn',
  'xgboost',
  'tensorflow',
  'pytorch',
  'triton',
  'onnx',
  'huggingface',
  'pmml',
  'lightgbm',
  'paddle',
  'containers',
  'workerSpec',
];

/** KServe's rules for an InferenceService: a short name, one kind of predictor, sane replica bounds. */
const inferenceService: ReviewHandler = (_request, { metadata, spec }) => {
  const problems: string[] = [];
  if (!ISVC_NAME.test(metadata.name))
    problems.push(
      `the InferenceService "${metadata.name}" is invalid: a InferenceService name must consist of lower case alphanumeric characters or '-', and must start with alphabetical character. (e.g. "my-name" or "abc-123", regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`,
    );
  const predictor = at(spec, 'predictor');
  const kinds = PREDICTORS.filter(kind => at(predictor, kind) !== undefined);
  if (kinds.length !== 1)
    problems.push(
      'exactly one of [model, custom, sklearn, xgboost, tensorflow, pytorch, triton, onnx, huggingface, pmml, lightgbm, paddle] must be specified in PredictorSpec',
    );
  const low = at(predictor, 'minReplicas');
  const high = at(predictor, 'maxReplicas');
  if (typeof low === 'number' && low < 0) problems.push('MinReplicas cannot be less than 0');
  if (typeof low === 'number' && typeof high === 'number' && high > 0 && low > high)
    problems.push('MinReplicas cannot be greater than MaxReplicas');
  return problems.slice(0, 1);
};

/** The training operator's rules for one replica type of a PyTorchJob. */
function replicaProblems(type: string, spec: unknown): string[] {
  const path = `spec.pytorchReplicaSpecs[${type}]`;
  const containers = at(spec, 'template', 'spec', 'containers');
  const list = Array.isArray(containers) ? containers : [];
  const problems: string[] = [];
  if (type !== 'Master' && type !== 'Worker')
    problems.push(`${path}: Unsupported value: "${type}": supported values: "Master", "Worker"`);
  if (list.length === 0) problems.push(`${path}.template.spec.containers: Required value: must be specified`);
  list.forEach((c, i) => {
    if (!at(c, 'image'))
      problems.push(`${path}.template.spec.containers[${i}].image: Required value: must be required`);
  });
  if (!list.some(c => at(c, 'name') === 'pytorch'))
    problems.push(
      `${path}.template.spec.containers: Required value: must have at least one container with name pytorch`,
    );
  if (type === 'Master' && at(spec, 'replicas') !== 1) problems.push(`${path}.replicas: Forbidden: must be 1`);
  return problems;
}

const pyTorchJob: ReviewHandler = (_request, { spec }) => {
  const specs = at(spec, 'pytorchReplicaSpecs');
  if (!isRecord(specs)) return ['spec.pytorchReplicaSpecs: Required value: must be required'];
  const all = Object.entries(specs).flatMap(([type, s]) => replicaProblems(type, s));
  return all.length > 1 ? [`[${all.join(', ')}]`] : all;
};

const certificate: ReviewHandler = ({ kind }, { spec }) => {
  if (kind.kind !== 'Certificate') return [];
  const problems: string[] = [];
  if (!at(spec, 'secretName')) problems.push('spec.secretName: Required value: must be specified');
  if (!at(spec, 'issuerRef', 'name')) problems.push('spec.issuerRef.name: Required value: must be specified');
  return problems.length > 1 ? [`[${problems.join(', ')}]`] : problems;
};

const knativeService: ReviewHandler = (_request, { spec }) =>
  Array.isArray(at(spec, 'template', 'spec', 'containers'))
    ? []
    : ['validation failed: missing field(s): spec.template.spec.containers'];

const istio: ReviewHandler = ({ kind }, { spec }) => {
  const hosts = at(spec, 'hosts');
  const hasNoHosts = !Array.isArray(hosts) || hosts.length === 0;
  return kind.kind === 'VirtualService' && hasNoHosts
    ? ['configuration is invalid: virtual service must have at least one host']
    : [];
};

interface Policy extends KubeObject {
  spec?: { rules?: PolicyRule[] };
}
interface PolicyRule {
  name: string;
  match?: { any?: { resources?: { kinds?: string[] } }[] };
  validate?: { failureAction?: string; message?: string; pattern?: { metadata?: { labels?: Record<string, string> } } };
}

/** The violation of a Kyverno rule, if any. Only required labels (`?*`) are supported. */
function brokenRule(rule: PolicyRule, kind: string, labels: Readonly<Record<string, string>>): string | undefined {
  const { failureAction, message, pattern } = rule.validate ?? {};
  if (failureAction !== 'Enforce' || !rule.match?.any?.some(m => m.resources?.kinds?.includes(kind))) return undefined;
  const missing = Object.keys(pattern?.metadata?.labels ?? {}).find(key => !labels[key]);
  if (missing === undefined) return undefined;
  return `  ${rule.name}: 'validation error: ${message} rule ${rule.name} failed at path /metadata/labels/${missing}/'`;
}

function kyvernoReview(store: SandboxContext['store']): ReviewHandler {
  return ({ kind, namespace, name }, object) => {
    const violations = store.list<Policy>('clusterpolicies.kyverno.io').flatMap(policy => {
      const lines = (policy.spec?.rules ?? []).flatMap(
        r => brokenRule(r, kind.kind, object.metadata.labels ?? {}) ?? [],
      );
      return lines.length > 0 ? [`${policy.metadata.name}:\n${lines.join('\n')}`] : [];
    });
    if (violations.length === 0) return [];
    return [
      `\n\nresource ${kind.kind}/${namespace}/${name} was blocked due to the following policies \n\n${violations.join('\n\n')}`,
    ];
  };
}

const answer = (problems: readonly string[]): AdmissionAnswer =>
  problems.length === 0
    ? { allowed: true }
    : { allowed: false, status: { message: problems.join('; '), code: 403, reason: 'Forbidden' } };

/** Registers the simulated webhook servers. Only validating paths check objects; mutating ones change nothing. */
export function serveWebhooks({ store, webhooks }: SandboxContext): void {
  /** Whether network policies block all pods of a Service; then calls time problems. */
  const unreachable = (namespace: string, name: string): boolean => {
    const selector = store.get<KubeObject & { spec?: { selector?: Record<string, string> } }>(
      'services',
      namespace,
      name,
    )?.spec?.selector;
    if (!selector) return false;
    const pods = store.list<Pod>('pods', namespace, { matchLabels: selector });
    const policies = store.list<NetworkPolicy>('networkpolicies.networking.k8s.io', namespace);
    return pods.length > 0 && pods.every(pod => isCutOff(pod, policies, 'ingress'));
  };
  const serve = (service: string, review: ReviewHandler) => {
    const [namespace = '', name = ''] = service.split('/');
    const backend: WebhookBackend = (path, request) => {
      if (unreachable(namespace, name)) throw new Error('context deadline exceeded');
      if (path.startsWith('/mutate') || !request.object) return { allowed: true };
      return answer(review(request, request.object));
    };
    webhooks.set(service, backend);
  };
  serve('kserve/kserve-webhook-server-service', inferenceService);
  serve('opendatahub/kserve-webhook-server-service', inferenceService);
  serve('kserve/llmisvc-webhook-server-service', () => []);
  serve('opendatahub/training-operator', pyTorchJob);
  serve('opendatahub/odh-model-controller-webhook-service', () => []);
  serve('cert-manager/cert-manager-webhook', certificate);
  serve('knative-serving/webhook', knativeService);
  serve('istio-system/istiod', istio);
  serve('kyverno/kyverno-svc', kyvernoReview(store));
}
