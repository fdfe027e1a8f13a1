import { each, type Fields, part } from '../defaults/fill.ts';
import { isRecord, sameJson } from '../object.ts';
import { quantityValue } from '../quantity.ts';
import type { StatusCause } from '../status.ts';
import { admissionBinding, admissionPolicy } from './admission-policies.ts';
import { forbiddenField, invalidValue, portCause, required, unsupported } from './field.ts';
import { autoscaler, event, ingress, limitRange, node } from './network.ts';
import { countOrPercent, NOT_NEGATIVE, notNegative, type Rule, specOf, type UpdateRule } from './rule.ts';
import { expressionCauses } from './selector.ts';
import { webhookConfig } from './webhooks.ts';

const QUOTA_NAMES =
  /^((requests|limits)\.)?(cpu|memory|ephemeral-storage|storage)$|^(pods|services|configmaps|secrets|persistentvolumeclaims|replicationcontrollers|resourcequotas|services\.(loadbalancers|nodeports)|(requests|limits)\..+)$/;

const quota: Rule = object =>
  Object.entries(part(object, 'spec', 'hard') ?? {})
    .flatMap(([name, amount]) => {
      const value = quantityValue(amount);
      if (!name.includes('/') && !QUOTA_NAMES.test(name))
        return ['must be a standard resource type or fully qualified', 'must be a standard resource for quota'].map(
          why => invalidValue(`spec.hard[${name}]`, name, why),
        );
      return value !== undefined && value < 0 ? [invalidValue(`spec.hard[${name}]`, String(amount), NOT_NEGATIVE)] : [];
    })
    .concat(invalidScopes(specOf(object).scopes));

const SCOPES = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
];

const invalidScopes = (scopes: unknown): StatusCause[] =>
  Array.isArray(scopes) && scopes.some(scope => !SCOPES.includes(String(scope)))
    ? [invalidValue('spec.scopes', scopes, 'unsupported scope')]
    : [];

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
    ...expressionCauses(part(spec, 'selector'), 'spec.selector'),
  ];
};

const role: Rule = object =>
  each(object, 'rules').flatMap((rule, i) => {
    const field = `rules[${i}]`;
    const empty = (name: string) => !Array.isArray(rule[name]) || rule[name].length === 0;
    const causes: StatusCause[] = empty('verbs')
      ? [required(`${field}.verbs`, 'verbs must contain at least one value')]
      : [];
    if (!empty('nonResourceURLs')) {
      const only = empty('apiGroups') && empty('resources');
      const why =
        object.kind === 'Role'
          ? 'namespaced rules cannot apply to non-resource URLs'
          : 'rules cannot apply to both regular resources and non-resource URLs';
      if (object.kind === 'Role' || !only)
        causes.push(invalidValue(`${field}.nonResourceURLs`, rule.nonResourceURLs, why));
      return causes;
    }
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

function peerCauses(rule: Fields, peers: string, field: string): StatusCause[] {
  return [
    ...each(rule, 'ports').flatMap((port, i) =>
      typeof port.port === 'number' ? portCause(`${field}.ports[${i}].port`, port.port) : [],
    ),
    ...each(rule, peers).flatMap((peer, i) => {
      if (Object.keys(peer).length === 0) return [required(`${field}.${peers}[${i}]`, 'must specify a peer')];
      const cidr = part(peer, 'ipBlock')?.cidr;
      if (cidr === undefined || /^[\da-f.:]+\/\d{1,3}$/i.test(String(cidr))) return [];
      const why = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
      return [invalidValue(`${field}.${peers}[${i}].ipBlock.cidr`, cidr, why)];
    }),
  ];
}

const networkPolicy: Rule = object => {
  const spec = part(object, 'spec');
  if (!isRecord(spec)) return [required('spec')];
  const types = Array.isArray(spec.policyTypes) ? spec.policyTypes : [];
  return [
    ...each(spec, 'ingress').flatMap((rule, i) => peerCauses(rule, 'from', `spec.ingress[${i}]`)),
    ...each(spec, 'egress').flatMap((rule, i) => peerCauses(rule, 'to', `spec.egress[${i}]`)),
    ...types.flatMap((type, i) =>
      ['Ingress', 'Egress'].includes(String(type))
        ? []
        : [unsupported(`spec.policyTypes[${i}]`, type, ['Ingress', 'Egress'])],
    ),
  ];
};

const lease: Rule = object => {
  const spec = specOf(object);
  const seconds = spec.leaseDurationSeconds;
  return [
    ...(typeof seconds === 'number' && seconds <= 0
      ? [invalidValue('spec.leaseDurationSeconds', seconds, 'must be greater than 0')]
      : []),
    ...notNegative(spec, 'leaseTransitions'),
  ];
};

const HIGHEST_PRIORITY = 1_000_000_000;

const priorityClass: Rule = ({ metadata: { name }, value }) => {
  const isSystem =
    name.startsWith('system-') && !name.startsWith('system-node-') && !name.startsWith('system-cluster-');
  const why = `priority class names with 'system-' prefix are reserved for system use only. error: ${name} is not a known system priority class`;
  if (isSystem) return [forbiddenField('metadata.name', why)];
  if (name.startsWith('system-') || Number(value ?? 0) <= HIGHEST_PRIORITY) return [];
  return [forbiddenField('value', `maximum allowed value of a user defined priority is ${HIGHEST_PRIORITY}`)];
};

const priorityClassUpdate: UpdateRule = (before, after) =>
  before.value === after.value ? [] : [forbiddenField('value', 'may not be changed in an update.')];

/** Rules for RBAC, quota, limit and admission kinds. */
export const POLICY_RULES: Readonly<Record<string, Rule>> = {
  resourcequotas: quota,
  'poddisruptionbudgets.policy': budget,
  'roles.rbac.authorization.k8s.io': role,
  'clusterroles.rbac.authorization.k8s.io': role,
  'rolebindings.rbac.authorization.k8s.io': binding,
  'clusterrolebindings.rbac.authorization.k8s.io': binding,
  'networkpolicies.networking.k8s.io': networkPolicy,
  'leases.coordination.k8s.io': lease,
  'ingresses.networking.k8s.io': ingress,
  limitranges: limitRange,
  'horizontalpodautoscalers.autoscaling': autoscaler,
  nodes: node,
  events: event,
  'priorityclasses.scheduling.k8s.io': priorityClass,
  'validatingadmissionpolicies.admissionregistration.k8s.io': admissionPolicy,
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': admissionBinding,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhookConfig,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhookConfig,
};

export const POLICY_UPDATE_RULES: Readonly<Record<string, UpdateRule>> = {
  'priorityclasses.scheduling.k8s.io': priorityClassUpdate,
  'rolebindings.rbac.authorization.k8s.io': bindingUpdate,
  'clusterrolebindings.rbac.authorization.k8s.io': bindingUpdate,
};
