import type { UserInfo } from '../context.ts';
import type { KubeObject } from '../object.ts';
import type { Store } from '../store.ts';
import { type Attributes, allows, type Rule } from './rules.ts';

const RBAC = 'rbac.authorization.k8s.io';
const MASTERS = 'system:masters';

export interface Decision {
  allowed: boolean;
  /** Why, in the words an access review gives: which binding granted it, or which role is missing. */
  reason: string;
}

interface Subject {
  kind: string;
  name: string;
  namespace?: string;
}

interface Binding extends KubeObject {
  roleRef: { kind: string; name: string };
  subjects?: readonly Subject[];
}

/** A rule that a user has, and the binding that grants it. */
export interface Granted {
  rule: Rule;
  through: string;
}

/** The rights of a user, read from the roles and bindings as they are now. */
export interface Authorizer {
  decide(user: UserInfo, wanted: Attributes): Decision;
  /** Every rule the user has in a namespace (empty: only cluster-wide), and the roles that could not be found. */
  rulesOf(user: UserInfo, namespace: string): { granted: Granted[]; missing: string[] };
}

function names(user: UserInfo, subject: Subject, namespace: string): boolean {
  if (subject.kind === 'User') return subject.name === user.username;
  if (subject.kind === 'Group') return user.groups.includes(subject.name);
  return user.username === `system:serviceaccount:${subject.namespace || namespace}:${subject.name}`;
}

const subjectText = (s: Subject) =>
  s.kind === 'ServiceAccount' ? `ServiceAccount "${s.name}/${s.namespace}"` : `${s.kind} "${s.name}"`;

/** An authorizer over the roles and bindings in this store. */
export function createAuthorizer(store: Store): Authorizer {
  const bound = (user: UserInfo, resource: string, namespace?: string) =>
    store.list<Binding>(`${resource}.${RBAC}`, namespace).flatMap(binding => {
      const subject = binding.subjects?.find(s => names(user, s, binding.metadata.namespace ?? ''));
      return subject ? [{ binding, subject }] : [];
    });

  const roleOf = (binding: Binding): KubeObject | undefined =>
    binding.roleRef.kind === 'ClusterRole'
      ? store.get(`clusterroles.${RBAC}`, undefined, binding.roleRef.name)
      : store.get(`roles.${RBAC}`, binding.metadata.namespace, binding.roleRef.name);

  const rulesOf = (user: UserInfo, namespace: string) => {
    const granted: Granted[] = [];
    const missing: string[] = [];
    const bindings = [
      ...bound(user, 'clusterrolebindings').map(b => ({ ...b, kind: 'ClusterRoleBinding' })),
      ...(namespace ? bound(user, 'rolebindings', namespace).map(b => ({ ...b, kind: 'RoleBinding' })) : []),
    ];
    for (const { binding, subject, kind } of bindings) {
      const role = roleOf(binding);
      const { roleRef, metadata } = binding;
      if (!role) {
        missing.push(`${roleRef.kind.toLowerCase()}.${RBAC} "${roleRef.name}" not found`);
        continue;
      }
      const place = metadata.namespace ? `${metadata.name}/${metadata.namespace}` : metadata.name;
      const through = `RBAC: allowed by ${kind} "${place}" of ${roleRef.kind} "${roleRef.name}" to ${subjectText(subject)}`;
      for (const rule of (role.rules ?? []) as readonly Rule[]) granted.push({ rule, through });
    }
    return { granted, missing };
  };

  return {
    rulesOf,
    decide(user, wanted) {
      if (user.groups.includes(MASTERS)) return { allowed: true, reason: '' };
      const { granted, missing } = rulesOf(user, wanted.namespace);
      const found = granted.find(({ rule }) => allows(rule, wanted));
      if (found) return { allowed: true, reason: found.through };
      return { allowed: false, reason: missing.length > 0 ? `RBAC: ${listText(missing)}` : '' };
    },
  };
}

const listText = (texts: readonly string[]) => (texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`);
