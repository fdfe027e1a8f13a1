import { each, type Fields, part } from '../defaults/fill.ts';
import { isRecord, sameJson } from '../object.ts';
import { quantityValue } from '../quantity.ts';
import type { StatusCause } from '../status.ts';
import { invalidValue, required, unsupported } from './field.ts';
import { countOrPercent, NOT_NEGATIVE, type Rule, specOf, type UpdateRule } from './rule.ts';

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

/** Rules for what allows, limits and admits. */
export const POLICY_RULES: Readonly<Record<string, Rule>> = {
  resourcequotas: quota,
  'poddisruptionbudgets.policy': budget,
  'roles.rbac.authorization.k8s.io': role,
  'clusterroles.rbac.authorization.k8s.io': role,
  'rolebindings.rbac.authorization.k8s.io': binding,
  'clusterrolebindings.rbac.authorization.k8s.io': binding,
  'networkpolicies.networking.k8s.io': networkPolicy,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhookConfig,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhookConfig,
};

export const POLICY_UPDATE_RULES: Readonly<Record<string, UpdateRule>> = {
  'rolebindings.rbac.authorization.k8s.io': bindingUpdate,
  'clusterrolebindings.rbac.authorization.k8s.io': bindingUpdate,
};
