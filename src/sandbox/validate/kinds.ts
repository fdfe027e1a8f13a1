import { each, type Fields, part } from '../defaults/fill.ts';
import { isRecord, type KubeObject, sameJson } from '../object.ts';
import { quantityValue } from '../quantity.ts';
import { type LabelSelector, requirementsOf, satisfies } from '../selector.ts';
import type { StatusCause } from '../status.ts';
import { crdCauses, crdUpdateCauses } from './crd.ts';
import { forbiddenField, invalidValue, required, unsupported } from './field.ts';
import { labelCauses } from './metadata.ts';
import { configKey, label } from './names.ts';
import { podSpecCauses, podUpdateCauses, portCause } from './pod.ts';

type Rule = (object: KubeObject) => StatusCause[];
type UpdateRule = (before: KubeObject, after: KubeObject) => StatusCause[];

const NOT_NEGATIVE = 'must be greater than or equal to 0';
const IMMUTABLE = 'field is immutable';

const specOf = (object: KubeObject): Fields => part(object, 'spec') ?? {};

function notNegative(spec: Fields, ...names: readonly string[]): StatusCause[] {
  return names.flatMap(name => {
    const value = spec[name];
    return typeof value === 'number' && value < 0 ? [invalidValue(`spec.${name}`, value, NOT_NEGATIVE)] : [];
  });
}

const immutable = (before: Fields, after: Fields, ...names: readonly string[]): StatusCause[] =>
  names.flatMap(name =>
    sameJson(before[name], after[name]) ? [] : [invalidValue(`spec.${name}`, after[name] ?? null, IMMUTABLE)],
  );

const isBlank = (selector: Fields | undefined) => !selector || Object.keys(selector).length === 0;

function selectorCauses(spec: Fields): StatusCause[] {
  const selector = part(spec, 'selector');
  if (selector && isBlank(selector))
    return [invalidValue('spec.selector', {}, 'empty selector is invalid for deployment')];
  const labels = part(spec, 'template', 'metadata', 'labels') as Record<string, string> | undefined;
  if (selector && satisfies(labels, requirementsOf(selector as LabelSelector))) return [];
  return [
    ...(selector ? [] : [required('spec.selector')]),
    invalidValue('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`'),
  ];
}

function templateCauses(spec: Fields, policies: readonly string[] = ['Always']): StatusCause[] {
  const field = 'spec.template';
  const pod = part(spec, 'template', 'spec');
  const policy = pod?.restartPolicy;
  return [
    ...labelCauses(part(spec, 'template', 'metadata', 'labels') as Record<string, string>, `${field}.labels`),
    ...podSpecCauses(pod, `${field}.spec`),
    ...(policy === undefined || policies.includes(String(policy))
      ? []
      : [
          ...(POLICIES.includes(String(policy)) ? [] : [unsupported(`${field}.spec.restartPolicy`, policy, POLICIES)]),
          unsupported(`${field}.spec.restartPolicy`, policy, policies),
        ]),
  ];
}

const POLICIES = ['Always', 'OnFailure', 'Never'];

const PERCENT_RULE =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

function countOrPercent(field: string, value: unknown): StatusCause[] {
  if (typeof value === 'string' && !/^\d+%$/.test(value)) return [invalidValue(field, value, PERCENT_RULE)];
  return typeof value === 'number' && value < 0 ? [invalidValue(field, value, NOT_NEGATIVE)] : [];
}

function strategyCauses(spec: Fields): StatusCause[] {
  const strategy = part(spec, 'strategy');
  const rolling = part(strategy, 'rollingUpdate');
  if (strategy && strategy.type !== 'Recreate' && strategy.type !== 'RollingUpdate')
    return [
      unsupported('spec.strategy', { Type: strategy.type, RollingUpdate: rolling ?? null }, [
        'Recreate',
        'RollingUpdate',
      ]),
    ];
  if (strategy?.type === 'Recreate')
    return rolling
      ? [forbiddenField('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")]
      : [];
  if (!rolling) return [];
  const field = 'spec.strategy.rollingUpdate';
  const causes = ['maxUnavailable', 'maxSurge'].flatMap(n => countOrPercent(`${field}.${n}`, rolling[n]));
  if (typeof rolling.maxUnavailable === 'string' && Number.parseInt(rolling.maxUnavailable, 10) > 100)
    causes.push(invalidValue(`${field}.maxUnavailable`, rolling.maxUnavailable, 'must not be greater than 100%'));
  const none = (value: unknown) => value === 0 || value === '0%';
  if (none(rolling.maxUnavailable) && none(rolling.maxSurge))
    causes.push(invalidValue(`${field}.maxUnavailable`, rolling.maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  return causes;
}

const deployment: Rule = object => {
  const spec = specOf(object);
  return [
    ...notNegative(spec, 'replicas'),
    ...selectorCauses(spec),
    ...templateCauses(spec),
    ...strategyCauses(spec),
    ...notNegative(spec, 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'),
  ];
};

const workload: Rule = object => {
  const spec = specOf(object);
  return [...notNegative(spec, 'replicas', 'minReadySeconds'), ...selectorCauses(spec), ...templateCauses(spec)];
};

const job: Rule = object => {
  const spec = specOf(object);
  return [
    ...notNegative(
      spec,
      'parallelism',
      'completions',
      'backoffLimit',
      'activeDeadlineSeconds',
      'ttlSecondsAfterFinished',
    ),
    ...templateCauses(spec, ['OnFailure', 'Never']).map(cause =>
      cause.field === 'spec.template.spec.restartPolicy' && cause.message.includes('"Always"')
        ? required(cause.field, 'valid values: "OnFailure", "Never"')
        : cause,
    ),
  ];
};

const CRON = /^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|@every \S+|(\S+\s+){4}\S+)$/;

const cronJob: Rule = object => {
  const { schedule } = specOf(object);
  if (!schedule) return [required('spec.schedule')];
  if (CRON.test(String(schedule).trim())) return [];
  const fields = String(schedule).trim().split(/\s+/).length;
  return [
    invalidValue(
      'spec.schedule',
      schedule,
      `expected exactly 5 fields, found ${fields}: [${String(schedule).split(/\s+/).join(' ')}]`,
    ),
  ];
};

const SERVICE_TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

const service: Rule = object => {
  const spec = specOf(object);
  const ports = each(spec, 'ports');
  const causes: StatusCause[] = [];
  if (ports.length === 0 && spec.type !== 'ExternalName' && spec.clusterIP !== 'None')
    causes.push(required('spec.ports'));
  ports.forEach((port, i) => {
    const field = `spec.ports[${i}]`;
    if (ports.length > 1 && !port.name) causes.push(required(`${field}.name`));
    if (port.name) {
      const bad = label(String(port.name));
      if (bad) causes.push(invalidValue(`${field}.name`, port.name, bad));
    }
    causes.push(...portCause(`${field}.port`, port.port ?? 0));
    if (typeof port.targetPort === 'number') causes.push(...portCause(`${field}.targetPort`, port.targetPort));
  });
  if (!SERVICE_TYPES.includes(String(spec.type))) causes.push(unsupported('spec.type', spec.type, SERVICE_TYPES));
  if (spec.type === 'ExternalName' && !spec.externalName) causes.push(required('spec.externalName'));
  return causes;
};

const serviceUpdate: UpdateRule = (before, after) => {
  const [old, now] = [specOf(before), specOf(after)];
  if (old.type === 'ExternalName' || now.type === 'ExternalName' || old.clusterIP === now.clusterIP) return [];
  return [invalidValue('spec.clusterIPs[0]', [now.clusterIP], 'may not change once set')];
};

const configMap: Rule = object => {
  const keys = (member: string) =>
    Object.keys(part(object, member) ?? {}).flatMap(key => {
      const bad = configKey(key);
      return bad ? [invalidValue(`${member}[${key}]`, key, bad)] : [];
    });
  return [...keys('data'), ...keys('binaryData')];
};

/** A ConfigMap or Secret that says it is immutable stays as it is. */
const sealed: UpdateRule = (before, after) => {
  const sealedNow = before.immutable === true;
  if (!sealedNow) return [];
  const causes: StatusCause[] = [];
  if (after.immutable !== true) causes.push(forbiddenField('immutable', 'field is immutable when `immutable` is set'));
  for (const member of ['data', 'binaryData'])
    if (!sameJson(before[member], after[member]))
      causes.push(forbiddenField(member, 'field is immutable when `immutable` is set'));
  return causes;
};

const secretUpdate: UpdateRule = (before, after) => [
  ...(before.type === after.type ? [] : [invalidValue('type', after.type, IMMUTABLE)]),
  ...sealed(before, after),
];

const QUOTA_NAMES =
  /^((requests|limits)\.)?(cpu|memory|ephemeral-storage|storage)$|^(pods|services|configmaps|secrets|persistentvolumeclaims|replicationcontrollers|resourcequotas|services\.(loadbalancers|nodeports)|(requests|limits)\..+)$/;

const quota: Rule = object =>
  Object.entries(part(object, 'spec', 'hard') ?? {}).flatMap(([name, amount]) => {
    const value = quantityValue(amount);
    if (!name.includes('/') && !QUOTA_NAMES.test(name))
      return ['must be a standard resource type or fully qualified', 'must be a standard resource for quota'].map(why =>
        invalidValue(`spec.hard[${name}]`, name, why),
      );
    return value !== undefined && value < 0 ? [invalidValue(`spec.hard[${name}]`, String(amount), NOT_NEGATIVE)] : [];
  });

/** A budget's spec as the server's refusals print it. */
const asGo = ({ minAvailable, selector, maxUnavailable, unhealthyPodEvictionPolicy }: Fields) => ({
  MinAvailable: minAvailable ?? null,
  Selector: selector ?? null,
  MaxUnavailable: maxUnavailable ?? null,
  UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy ?? null,
});

const budget: Rule = object => {
  const spec = specOf(object);
  const both = spec.minAvailable !== undefined && spec.maxUnavailable !== undefined;
  return [
    ...(both ? [invalidValue('spec', asGo(spec), 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...countOrPercent('spec.minAvailable', spec.minAvailable),
    ...countOrPercent('spec.maxUnavailable', spec.maxUnavailable),
  ];
};

const role: Rule = object =>
  each(object, 'rules').flatMap((rule, i) => {
    const field = `rules[${i}]`;
    const empty = (name: string) => !Array.isArray(rule[name]) || rule[name].length === 0;
    const causes: StatusCause[] = empty('verbs')
      ? [required(`${field}.verbs`, 'verbs must contain at least one value')]
      : [];
    if (!empty('nonResourceURLs')) return causes;
    if (empty('apiGroups'))
      causes.push(required(`${field}.apiGroups`, 'resource rules must supply at least one api group'));
    if (empty('resources'))
      causes.push(required(`${field}.resources`, 'resource rules must supply at least one resource'));
    return causes;
  });

const binding: Rule = object => {
  const ref = part(object, 'roleRef') ?? {};
  const kinds = object.kind === 'RoleBinding' ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  const causes: StatusCause[] = [];
  if (ref.apiGroup !== 'rbac.authorization.k8s.io')
    causes.push(unsupported('roleRef.apiGroup', ref.apiGroup ?? '', ['rbac.authorization.k8s.io']));
  if (!kinds.includes(String(ref.kind))) causes.push(unsupported('roleRef.kind', ref.kind ?? '', kinds));
  if (!ref.name) causes.push(required('roleRef.name'));
  each(object, 'subjects').forEach((subject, i) => {
    const field = `subjects[${i}]`;
    if (!subject.name) causes.push(required(`${field}.name`));
    if (!['User', 'Group', 'ServiceAccount'].includes(String(subject.kind)))
      causes.push(unsupported(`${field}.kind`, subject.kind ?? '', ['ServiceAccount', 'User', 'Group']));
    if (subject.kind === 'ServiceAccount' && !subject.namespace && object.kind === 'ClusterRoleBinding')
      causes.push(required(`${field}.namespace`));
  });
  return causes;
};

const bindingUpdate: UpdateRule = (before, after) => {
  if (sameJson(before.roleRef, after.roleRef)) return [];
  const { apiGroup = '', kind = '', name = '' } = part(after, 'roleRef') ?? {};
  return [invalidValue('roleRef', { APIGroup: apiGroup, Kind: kind, Name: name }, 'cannot change roleRef')];
};

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

const webhookConfig: Rule = object =>
  each(object, 'webhooks').flatMap((hook, i) => {
    const field = `webhooks[${i}]`;
    const causes: StatusCause[] = [];
    if (String(hook.name ?? '').split('.').length < 3)
      causes.push(
        invalidValue(
          `${field}.name`,
          hook.name ?? '',
          'should be a domain with at least three segments separated by dots',
        ),
      );
    each(hook, 'rules').forEach((rule, j) => {
      for (const name of ['operations', 'apiGroups', 'apiVersions', 'resources'])
        if (!Array.isArray(rule[name]) || rule[name].length === 0)
          causes.push(required(`${field}.rules[${j}].${name}`));
      for (const [k, operation] of (Array.isArray(rule.operations) ? rule.operations : []).entries())
        if (!OPERATIONS.includes(String(operation)))
          causes.push(unsupported(`${field}.rules[${j}].operations[${k}]`, operation, OPERATIONS));
    });
    if (!['None', 'NoneOnDryRun'].includes(String(hook.sideEffects)))
      causes.push(
        hook.sideEffects
          ? unsupported(`${field}.sideEffects`, hook.sideEffects, ['None', 'NoneOnDryRun'])
          : required(`${field}.sideEffects`, 'must specify one of None, NoneOnDryRun'),
      );
    if (!['Fail', 'Ignore'].includes(String(hook.failurePolicy)))
      causes.push(unsupported(`${field}.failurePolicy`, hook.failurePolicy, ['Fail', 'Ignore']));
    const seconds = Number(hook.timeoutSeconds);
    if (seconds < 1 || seconds > 30)
      causes.push(
        invalidValue(`${field}.timeoutSeconds`, seconds, 'the timeout value must be between 1 and 30 seconds'),
      );
    if (!part(hook, 'clientConfig', 'service') && !part(hook, 'clientConfig')?.url)
      causes.push(required(`${field}.clientConfig`, 'exactly one of url or service is required'));
    if (!Array.isArray(hook.admissionReviewVersions) || hook.admissionReviewVersions.length === 0)
      causes.push(required(`${field}.admissionReviewVersions`, 'must specify one of v1, v1beta1'));
    return causes;
  });

const networkPolicy: Rule = object => (isRecord(part(object, 'spec')) ? [] : [required('spec')]);

const pod: Rule = object => podSpecCauses(object.spec, 'spec');

const claimUpdate: UpdateRule = (before, after) =>
  ['accessModes', 'storageClassName', 'volumeMode'].every(n => sameJson(specOf(before)[n], specOf(after)[n]))
    ? []
    : [
        forbiddenField(
          'spec',
          'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
        ),
      ];

const STATEFUL_MUTABLE =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

const statefulSetUpdate: UpdateRule = (before, after) =>
  ['selector', 'serviceName', 'podManagementPolicy', 'volumeClaimTemplates'].every(n =>
    sameJson(specOf(before)[n], specOf(after)[n]),
  )
    ? []
    : [forbiddenField('spec', STATEFUL_MUTABLE)];

const selectorFrozen: UpdateRule = (before, after) => immutable(specOf(before), specOf(after), 'selector');

const jobUpdate: UpdateRule = (before, after) =>
  immutable(specOf(before), specOf(after), 'completions', 'completionMode', 'selector', 'template');

const RULES: Readonly<Record<string, Rule>> = {
  pods: pod,
  services: service,
  configmaps: configMap,
  secrets: configMap,
  resourcequotas: quota,
  'deployments.apps': deployment,
  'replicasets.apps': workload,
  'statefulsets.apps': workload,
  'daemonsets.apps': workload,
  'jobs.batch': job,
  'cronjobs.batch': cronJob,
  'poddisruptionbudgets.policy': budget,
  'roles.rbac.authorization.k8s.io': role,
  'clusterroles.rbac.authorization.k8s.io': role,
  'rolebindings.rbac.authorization.k8s.io': binding,
  'clusterrolebindings.rbac.authorization.k8s.io': binding,
  'networkpolicies.networking.k8s.io': networkPolicy,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhookConfig,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhookConfig,
  'customresourcedefinitions.apiextensions.k8s.io': crdCauses,
};

const UPDATE_RULES: Readonly<Record<string, UpdateRule>> = {
  pods: (before, after) => podUpdateCauses(before, after, sameJson),
  services: serviceUpdate,
  configmaps: sealed,
  secrets: secretUpdate,
  persistentvolumeclaims: claimUpdate,
  'deployments.apps': selectorFrozen,
  'replicasets.apps': selectorFrozen,
  'daemonsets.apps': selectorFrozen,
  'statefulsets.apps': statefulSetUpdate,
  'jobs.batch': jobUpdate,
  'rolebindings.rbac.authorization.k8s.io': bindingUpdate,
  'clusterrolebindings.rbac.authorization.k8s.io': bindingUpdate,
  'customresourcedefinitions.apiextensions.k8s.io': crdUpdateCauses,
};

/** What is wrong with an object of a built-in kind, beyond its metadata. */
export const kindCauses = (key: string, object: KubeObject): StatusCause[] => RULES[key]?.(object) ?? [];

/** What an update may not change. */
export const kindUpdateCauses = (key: string, before: KubeObject, after: KubeObject): StatusCause[] =>
  UPDATE_RULES[key]?.(before, after) ?? [];
