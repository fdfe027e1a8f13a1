import { itemsOf, listIn, objectIn } from '../../injection/live.ts';
import { blindTo, injectable, isRefusal, refuse } from '../../injection/plan/refuse.ts';
import { includes, type Subject, subjectAsWritten, subjectName, subjectsOf } from '../../injection/plan/subjects.ts';
import { victimPlan } from '../../injection/plan/victim-plan.ts';
import { pointer, remove } from '../../k8s/json-patch.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { isActive } from '../../k8s/pod.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Facts, Live, Permission, Plan, Read, Refusal, Scope } from '../contract.ts';
import { roleRefOf, TARGET } from './effect.ts';

export interface RBACRevokeParams {
  bindingName: string;
  bindingType: 'ClusterRoleBinding' | 'RoleBinding';
}

const SELF = 'who am i';

const RBAC = 'rbac.authorization.k8s.io';

const SERVICE_ACCOUNTS = 'system:serviceaccounts';

const podsKey = (namespace: string | undefined) => `pods in ${namespace ?? '*'}`;

function targetRef({ bindingName, bindingType }: RBACRevokeParams, scope: Scope): ObjectRef {
  const place = bindingType === 'RoleBinding' ? { namespace: scope.namespace } : {};
  return { apiVersion: `${RBAC}/v1`, kind: bindingType, ...place, name: bindingName };
}

/** The binding and our own user; then the pods that run as its subjects. */
export function reads(params: RBACRevokeParams, scope: Scope, live: Live): Read[] {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} } as KubeObject;
  const target = objectIn(live, TARGET);
  return [
    { key: TARGET, get: targetRef(params, scope) },
    { key: SELF, review },
    ...(target.state === 'found' ? podNamespaces(target.value).map(podsRead) : []),
  ];
}

function podsRead(namespace: string | undefined): Read {
  const place = namespace === undefined ? {} : { namespace };
  return { key: podsKey(namespace), list: { apiVersion: 'v1', kind: 'Pod', ...place } };
}

/** The namespaces where pods of the subjects may run; undefined means all namespaces. */
function podNamespaces(binding: KubeObject): (string | undefined)[] {
  const places = subjectsOf(binding).flatMap(subject => namespaceOf(subject) ?? []);
  return places.includes('*') ? [undefined] : [...new Set(places)];
}

/** The namespace whose pods may run as this subject, `*` for any; undefined if no pod can. */
function namespaceOf({ kind, name, namespace = '' }: Subject): string | undefined {
  if (kind === 'ServiceAccount') return namespace;
  if (kind !== 'Group') return undefined;
  if (name === SERVICE_ACCOUNTS || name === 'system:authenticated') return '*';
  return name.startsWith(`${SERVICE_ACCOUNTS}:`) ? name.slice(SERVICE_ACCOUNTS.length + 1) : undefined;
}

/** Plans the writes, or refuses. */
export function plan(params: RBACRevokeParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const target = injectable(objectIn(live, TARGET), targetRef(params, scope));
  if (isRefusal(target)) return target;
  const subjects = subjectsOf(target);
  const name = nameOf(refOf(target));
  if (subjects.length === 0) return refuse('no-effect', `${name} has no subjects: there is nothing to revoke`);
  const ownSubject = refusedIfOwnRights(name, subjects, live);
  if (ownSubject !== undefined) return ownSubject;
  const pods = podsOf(target, live);
  if (isRefusal(pods)) return pods;
  return victimPlan({
    type: 'RBACRevoke',
    scope,
    facts,
    target,
    payload: subjects.map(subjectAsWritten),
    keys: 'as-given',
    injected: '[]',
    operations: [remove(pointer('subjects'))],
    says: `remove ${sanitise(subjects.map(subjectName).join(', '), 200)} from ${name}`,
    pods,
    warnings: subjects
      .filter(subject => subject.kind !== 'ServiceAccount')
      .map(subject => `${sanitise(subjectName(subject), 120)} loses this role too, and may be a person`),
    permissions: [...podPermissions(target), ...bindPermissions(target)],
  });
}

/** Refuses a binding that gives mayday's own user its rights: the revert could need them. */
function refusedIfOwnRights(name: string, subjects: readonly Subject[], live: Live): Refusal | undefined {
  const seen = objectIn(live, SELF);
  if (seen.state === 'blind') return blindTo('the user that the cluster takes us for', seen.failure);
  const { status } = seen.state === 'found' ? seen.value : { status: undefined };
  const { userInfo } = (status ?? {}) as { userInfo?: { username?: string; groups?: string[] } };
  const who = { username: userInfo?.username ?? '', groups: userInfo?.groups ?? [] };
  if (who.username === '')
    return refuse('blind', 'the cluster did not say which user it takes us for, so nothing is revoked');
  // The API server allows this group everything without asking an authoriser.
  if (who.groups.includes('system:masters')) return undefined;
  const own = subjects.find(subject => includes(subject, who));
  return own === undefined
    ? undefined
    : refuse(
        'forbidden-target',
        `${name} gives its role to ${subjectName(own)}, which is or includes mayday's own user ${who.username}: without it the revert could be forbidden`,
      );
}

function podsOf(target: KubeObject, live: Live): KubeObject[] | Refusal {
  const subjects = subjectsOf(target);
  const reached = new Map<string, KubeObject>();
  for (const place of podNamespaces(target)) {
    const pods = listIn(live, podsKey(place));
    if (pods.state === 'blind') return blindTo(`the pods in ${place ?? 'all namespaces'}`, pods.failure);
    const running = itemsOf(pods).filter(isActive);
    for (const pod of running.filter(candidate => subjects.some(subject => runsAs(candidate, subject))))
      reached.set(pod.metadata.uid ?? '', pod);
  }
  return [...reached.values()];
}

function runsAs(pod: KubeObject, subject: Subject): boolean {
  const { serviceAccountName = 'default' } = (pod.spec ?? {}) as { serviceAccountName?: string };
  const place = namespaceOf(subject);
  if (place !== '*' && place !== pod.metadata.namespace) return false;
  return subject.kind === 'Group' || subject.name === serviceAccountName;
}

function podPermissions(target: KubeObject): Permission[] {
  return podNamespaces(target).map(namespace => ({
    verb: 'list',
    group: '',
    kind: 'Pod',
    ...(namespace === undefined ? {} : { namespace }),
    for: 'inject',
  }));
}

/** The API server lets only users who may bind the role change its binding, when injecting and when reverting. */
function bindPermissions(target: KubeObject): Permission[] {
  const { kind, name } = roleRefOf(target);
  const { namespace } = target.metadata;
  const on = { verb: 'bind', group: RBAC, kind, name, ...(namespace === undefined ? {} : { namespace }) };
  return [
    { ...on, for: 'inject' },
    { ...on, for: 'revert' },
  ];
}
