import type { ClusterView, ViewObject } from '../../health/view/cluster-view.ts';
import { fields, list, text } from '../../k8s/fields.ts';
import { causeOf } from '../finding/cause.ts';
import type { Cause } from '../finding/finding.ts';
import { policyCauses } from './admission-policies.ts';
import type { PolicyHit } from './policy-hits.ts';
import type { Refusal } from './refusal.ts';

const CONFIGURATIONS = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const;

/** The configurations that have a webhook of this name. */
const configurationsWith = (view: ClusterView, webhook: string): ViewObject[] =>
  CONFIGURATIONS.flatMap(kind =>
    [...view.all(kind)].filter(one => list(one.webhooks).some(hook => text(hook.name) === webhook)),
  );

/** The configurations with a webhook that has this matchCondition. */
export const configurationsWithCondition = (view: ClusterView, expression: string): ViewObject[] =>
  CONFIGURATIONS.flatMap(kind =>
    [...view.all(kind)].filter(one =>
      list(one.webhooks).some(hook => list(hook.matchConditions).some(each => text(each.expression) === expression)),
    ),
  );

/** The CRDs of a group, or the one of a kind. */
const crdsOf = (view: ClusterView, group: string, kind?: string): ViewObject[] =>
  [...view.all('CustomResourceDefinition')].filter(
    ({ spec }) => text(spec.group) === group && (kind === undefined || text(fields(spec.names).kind) === kind),
  );

/**
 * The objects that a refusal of the API server points to: findings about them explain the refusal. `namespace` is that of
 * the rejected object.
 */
export function blamedBy(view: ClusterView, refusal: Refusal, namespace: string | undefined): Cause[] {
  const here = namespace === undefined ? {} : { namespace };
  switch (refusal.is) {
    case 'webhook unavailable':
      return [
        ...configurationsWith(view, refusal.webhook).map(one => causeOf(one)),
        ...serviceOf(refusal.service, here),
      ];
    case 'conversion failed':
      return [
        ...crdsOf(view, refusal.group, refusal.kind).map(one => causeOf(one)),
        ...serviceOf(refusal.service, here),
      ];
    case 'webhook denied':
      return [
        ...configurationsWith(view, refusal.webhook).map(one => ({ ...causeOf(one), rule: 'chaos/' })),
        ...refusal.hits.flatMap(hit => policiesOf(view, hit, namespace)),
      ];
    case 'policy denied':
      return policyCauses(refusal);
    case 'condition failed':
      return configurationsWithCondition(view, refusal.expression).map(one => causeOf(one));
    case 'quota exceeded':
    case 'quota needs values':
      return [{ kind: 'ResourceQuota', name: refusal.quota, ...here }, ...rangesIn(view, namespace)];
    case 'limit range':
      return rangesIn(view, namespace);
    case 'pod security':
      return namespace === undefined ? [] : [{ kind: 'Namespace', name: namespace }];
    case 'service account missing':
      return [{ kind: 'ServiceAccount', namespace: refusal.namespace, name: refusal.name }];
    case 'namespace terminating':
      return [{ kind: 'Namespace', name: refusal.namespace }];
    case 'immutable field':
    case 'invalid':
      return refusal.kind === undefined || refusal.name === undefined
        ? []
        : [{ kind: refusal.kind, name: refusal.name, ...here }];
    case 'no such kind':
      return missingKind(view, refusal);
    case 'forbidden':
      return bindingsOf(view, refusal.user);
    case 'not found':
      return refusal.resource === 'namespaces' ? [{ kind: 'Namespace', name: refusal.name }] : [];
    case 'unreachable':
      return serviceOf(refusal.service, here);
    case 'too long':
    case 'unknown field':
      return [];
  }
}

const serviceOf = (service: { namespace?: string; name: string } | undefined, here: { namespace?: string }): Cause[] =>
  service === undefined
    ? []
    : [
        {
          kind: 'Service',
          name: service.name,
          ...here,
          ...(service.namespace !== undefined && { namespace: service.namespace }),
        },
      ];

const rangesIn = (view: ClusterView, namespace: string | undefined): Cause[] =>
  namespace === undefined ? [] : view.inNamespace('LimitRange', namespace).map(one => causeOf(one));

function policiesOf(view: ClusterView, { policy }: PolicyHit, namespace: string | undefined): Cause[] {
  const inNamespace = namespace === undefined ? undefined : view.get('Policy', namespace, policy);
  const found = [view.get('ClusterPolicy', undefined, policy), inNamespace].filter(one => one !== undefined);
  return found.map(one => causeOf(one));
}

/** CRDs of the kind or of its group, under the names that rules use for missing CRDs, and APIServices of the group. */
function missingKind(view: ClusterView, { kind, group }: { kind?: string; group?: string }): Cause[] {
  if (group === undefined || group === '')
    return kind === undefined
      ? []
      : [...view.all('CustomResourceDefinition')].map(one => ({ ...causeOf(one), rule: 'crd/' }));
  const lower = (kind ?? '').toLowerCase();
  const guesses =
    kind === undefined
      ? []
      : [`${lower}s`, `${lower}es`, `${lower.replace(/y$/, '')}ies`, lower].map(plural => ({
          kind: 'CustomResourceDefinition',
          name: `${plural}.${group}`,
        }));
  const services = [...view.all('APIService')]
    .filter(({ spec }) => text(spec.group) === group)
    .map(one => causeOf(one));
  return [...guesses, ...crdsOf(view, group).map(one => causeOf(one)), ...services];
}

/** The bindings and roles of a service account, and the account itself. */
function bindingsOf(view: ClusterView, user: string): Cause[] {
  const [, , namespace, account] = /^system:serviceaccount:/.test(user) ? user.split(':') : [];
  if (namespace === undefined || account === undefined) return [];
  const isAccount = (subject: Readonly<Record<string, unknown>>) =>
    text(subject.kind) === 'ServiceAccount' && text(subject.name) === account && text(subject.namespace) === namespace;
  const bindings = (['ClusterRoleBinding', 'RoleBinding'] as const).flatMap(kind => [...view.all(kind)]);
  const own = bindings.filter(
    one =>
      list(one.subjects).some(isAccount) ||
      list(one.subjects).length === 0 ||
      text(one.metadata.annotations['chaos.operatorchaos.io/rollback-data']) !== '',
  );
  return [
    { kind: 'ServiceAccount', namespace, name: account },
    ...own.flatMap(one => [
      causeOf(one),
      {
        kind: text(fields(one.roleRef).kind),
        name: text(fields(one.roleRef).name),
        ...(text(fields(one.roleRef).kind) === 'Role' && { namespace: one.metadata.namespace ?? namespace }),
      },
    ]),
    ...bindings.filter(one => one.metadata.name.includes(account)).map(one => ({ ...causeOf(one), rule: 'rbac/' })),
  ];
}
