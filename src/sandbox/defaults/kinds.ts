import { isRecord, type KubeObject } from '../object.ts';
import { each, ensure, type Fields, fill, part } from './fill.ts';
import { podSpec, requestLimits } from './pod.ts';

type Default = (object: KubeObject & Fields) => void;

const specOf = (object: Fields): Fields => ensure(object, 'spec');
const template = (spec: Fields) => podSpec(part(spec, 'template', 'spec'));

function deployment(object: Fields): void {
  const spec = specOf(object);
  fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
  const strategy = ensure(spec, 'strategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy.type === 'RollingUpdate')
    fill(ensure(strategy, 'rollingUpdate'), { maxUnavailable: '25%', maxSurge: '25%' });
  template(spec);
}

function statefulSet(object: Fields): void {
  const spec = specOf(object);
  fill(spec, { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' });
  const strategy = ensure(spec, 'updateStrategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy.type === 'RollingUpdate') fill(ensure(strategy, 'rollingUpdate'), { partition: 0 });
  fill(ensure(spec, 'persistentVolumeClaimRetentionPolicy'), { whenDeleted: 'Retain', whenScaled: 'Retain' });
  for (const claim of each(spec, 'volumeClaimTemplates')) fill(specOf(claim), { volumeMode: 'Filesystem' });
  template(spec);
}

function daemonSet(object: KubeObject & Fields): void {
  const spec = specOf(object);
  object.metadata.annotations = { 'deprecated.daemonset.template.generation': '1', ...object.metadata.annotations };
  fill(spec, { revisionHistoryLimit: 10 });
  const strategy = ensure(spec, 'updateStrategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy.type === 'RollingUpdate') fill(ensure(strategy, 'rollingUpdate'), { maxUnavailable: 1, maxSurge: 0 });
  template(spec);
}

function jobSpec(spec: Fields): void {
  // A limit for each index replaces the limit for all.
  const backoffLimit = spec.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647;
  fill(spec, { backoffLimit, completionMode: 'NonIndexed', suspend: false, manualSelector: false });
  fill(spec, { podReplacementPolicy: part(spec, 'podFailurePolicy') ? 'Failed' : 'TerminatingOrFailed' });
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  fill(spec, { parallelism: 1 });
  template(spec);
}

function cronJob(object: Fields): void {
  const spec = specOf(object);
  fill(spec, { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 });
  // A job template gets its defaults when a Job is created from it; only its pod template is defaulted here.
  template(ensure(ensure(spec, 'jobTemplate'), 'spec'));
}

function service(object: Fields): void {
  const spec = specOf(object);
  fill(spec, { type: 'ClusterIP', sessionAffinity: 'None' });
  if (spec.sessionAffinity === 'ClientIP')
    fill(ensure(ensure(spec, 'sessionAffinityConfig'), 'clientIP'), { timeoutSeconds: 10_800 });
  if (spec.type !== 'ExternalName') fill(spec, { internalTrafficPolicy: 'Cluster' });
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') fill(spec, { externalTrafficPolicy: 'Cluster' });
  if (spec.type === 'LoadBalancer') fill(spec, { allocateLoadBalancerNodePorts: true });
  for (const port of each(spec, 'ports')) {
    fill(port, { protocol: 'TCP' });
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port;
  }
}

function namespace(object: KubeObject): void {
  object.metadata.labels ??= {};
  const { labels } = object.metadata;
  if (object.metadata.name) labels['kubernetes.io/metadata.name'] ??= object.metadata.name;
}

function secret(object: Fields): void {
  fill(object, { type: 'Opaque' });
  const text = part(object, 'stringData');
  if (!text) return;
  const data = ensure(object, 'data');
  for (const [key, value] of Object.entries(text)) data[key] = Buffer.from(String(value)).toString('base64');
  delete object.stringData;
}

function networkPolicy(object: Fields): void {
  const spec = specOf(object);
  if (!Array.isArray(spec.policyTypes))
    spec.policyTypes = spec.egress === undefined ? ['Ingress'] : ['Ingress', 'Egress'];
  for (const direction of ['ingress', 'egress'])
    for (const rule of each(spec, direction)) for (const port of each(rule, 'ports')) fill(port, { protocol: 'TCP' });
}

const RBAC = 'rbac.authorization.k8s.io';

function binding(object: Fields): void {
  const ref = part(object, 'roleRef');
  if (ref && !ref.apiGroup) ref.apiGroup = RBAC;
  for (const subject of each(object, 'subjects'))
    if (!subject.apiGroup && (subject.kind === 'User' || subject.kind === 'Group')) subject.apiGroup = RBAC;
}

function webhooks(mutating: boolean): Default {
  return object => {
    for (const hook of each(object, 'webhooks')) {
      fill(hook, { failurePolicy: 'Fail', matchPolicy: 'Equivalent', timeoutSeconds: 10 });
      if (mutating) fill(hook, { reinvocationPolicy: 'Never' });
      ensure(hook, 'namespaceSelector');
      ensure(hook, 'objectSelector');
      const target = part(hook, 'clientConfig', 'service');
      if (target) fill(target, { port: 443 });
      for (const rule of each(hook, 'rules')) fill(rule, { scope: '*' });
    }
  };
}

/** Fills in the defaults of match constraints. */
function matchDefaults(match: Fields): void {
  ensure(match, 'namespaceSelector');
  ensure(match, 'objectSelector');
  fill(match, { matchPolicy: 'Equivalent' });
  for (const rules of ['resourceRules', 'excludeResourceRules'])
    for (const rule of each(match, rules)) fill(rule, { scope: '*' });
}

function admissionPolicy(object: Fields): void {
  const spec = specOf(object);
  fill(spec, { failurePolicy: 'Fail' });
  const match = part(spec, 'matchConstraints');
  if (match) matchDefaults(match);
}

function admissionBinding(object: Fields): void {
  const match = part(specOf(object), 'matchResources');
  if (match) matchDefaults(match);
}

function customResourceDefinition(object: Fields): void {
  const spec = specOf(object);
  const names = ensure(spec, 'names');
  if (typeof names.kind === 'string' && names.kind !== '') {
    if (!names.singular) names.singular = names.kind.toLowerCase();
    if (!names.listKind) names.listKind = `${names.kind}List`;
  }
  fill(ensure(spec, 'conversion'), { strategy: 'None' });
  const target = part(spec, 'conversion', 'webhook', 'clientConfig', 'service');
  if (target) fill(target, { port: 443 });
}

function claim(object: Fields): void {
  fill(specOf(object), { volumeMode: 'Filesystem' });
}

function endpointSlice(object: Fields): void {
  for (const port of each(object, 'ports')) fill(port, { name: '', protocol: 'TCP' });
}

function autoscaler(object: Fields): void {
  const target = { type: 'Utilization', averageUtilization: 80 };
  fill(specOf(object), { minReplicas: 1, metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] });
}

function priorityClass(object: Fields): void {
  fill(object, { preemptionPolicy: 'PreemptLowerPriority' });
}

function storageClass(object: Fields): void {
  fill(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' });
}

const DEFAULTS: Readonly<Record<string, Default>> = {
  pods: object => {
    fill(specOf(object), { enableServiceLinks: true });
    podSpec(specOf(object));
    requestLimits(specOf(object));
  },
  'deployments.apps': deployment,
  'replicasets.apps': object => {
    fill(specOf(object), { replicas: 1 });
    template(specOf(object));
  },
  replicationcontrollers: object => {
    fill(specOf(object), { replicas: 1 });
    template(specOf(object));
  },
  'statefulsets.apps': statefulSet,
  'daemonsets.apps': daemonSet,
  'jobs.batch': object => jobSpec(specOf(object)),
  'cronjobs.batch': cronJob,
  services: service,
  namespaces: namespace,
  secrets: secret,
  persistentvolumeclaims: claim,
  'networkpolicies.networking.k8s.io': networkPolicy,
  'rolebindings.rbac.authorization.k8s.io': binding,
  'clusterrolebindings.rbac.authorization.k8s.io': binding,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhooks(false),
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhooks(true),
  'validatingadmissionpolicies.admissionregistration.k8s.io': admissionPolicy,
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': admissionBinding,
  'customresourcedefinitions.apiextensions.k8s.io': customResourceDefinition,
  'endpointslices.discovery.k8s.io': endpointSlice,
  'horizontalpodautoscalers.autoscaling': autoscaler,
  'priorityclasses.scheduling.k8s.io': priorityClass,
  'storageclasses.storage.k8s.io': storageClass,
};

/** Fills in the defaults of the kind, in place. */
export function applyDefaults(key: string, object: KubeObject): void {
  DEFAULTS[key]?.(object);
  // Some lists, such as the rules of a role, are written even when they are empty.
  if (isRecord(object.spec) || !RULES_ALWAYS.has(key)) return;
  if (object.rules === undefined) object.rules = null;
}

const RULES_ALWAYS = new Set(['roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io']);
