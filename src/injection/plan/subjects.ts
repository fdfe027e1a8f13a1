import type { KubeObject } from '../../k8s/object.ts';
import type { GoValue } from '../record/go-json.ts';

/** A subject of a RoleBinding or ClusterRoleBinding. */
export interface Subject {
  kind: string;
  apiGroup?: string;
  name: string;
  namespace?: string;
}

const SERVICE_ACCOUNT_USER = 'system:serviceaccount:';

export function subjectsOf(binding: KubeObject): Subject[] {
  return Array.isArray(binding.subjects) ? (binding.subjects as Subject[]) : [];
}

/** A subject with its members in the order in which the framework writes them. */
export function subjectAsWritten({ kind, apiGroup, name, namespace }: Subject): Record<string, GoValue> {
  return {
    kind,
    ...(apiGroup === undefined ? {} : { apiGroup }),
    name,
    ...(namespace === undefined ? {} : { namespace }),
  };
}

export function isSubject(value: unknown): value is Subject {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, name, apiGroup, namespace } = value as Record<string, unknown>;
  const isNamed = typeof kind === 'string' && typeof name === 'string' && name !== '';
  const isPlaced = [apiGroup, namespace].every(text => text === undefined || typeof text === 'string');
  return isNamed && ['User', 'Group', 'ServiceAccount'].includes(kind) && isPlaced;
}

/** The name of a subject in messages; equal texts mean equal subjects. */
export function subjectName({ kind, name, namespace }: Subject): string {
  return `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
}

/** A subject in the form of a SubjectAccessReview: user and groups. */
export function asRequester({ kind, name, namespace = '' }: Subject): { user?: string; groups: string[] } {
  if (kind === 'Group') return { groups: [name] };
  if (kind === 'User') return { user: name, groups: ['system:authenticated'] };
  return {
    user: `${SERVICE_ACCOUNT_USER}${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}

/** Whether the subject is this user, or a group of this user. */
export function includes(subject: Subject, who: { username: string; groups: readonly string[] }): boolean {
  if (subject.kind === 'Group') return who.groups.includes(subject.name);
  return asRequester(subject).user === who.username;
}
