import type { Call, Kernel } from '../api/kernel.ts';
import type { UserInfo } from '../context.ts';
import { type KubeObject, sameJson } from '../object.ts';
import { forbidden, notFound } from '../status.ts';
import { type Authorizer, createAuthorizer } from './authorizer.ts';
import { type Attributes, allows, type Rule } from './rules.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** One verb on one resource (or path): the smallest right. */
interface Right {
  group: string;
  resource: string;
  names: readonly string[];
  path?: string;
  verb: string;
}

function rightsOf(rule: Rule): Right[] {
  const paths = (rule.nonResourceURLs ?? []).flatMap(path =>
    rule.verbs.map((verb): Right => ({ group: '', resource: '', names: [], path, verb })),
  );
  const resources = (rule.apiGroups ?? []).flatMap(group =>
    (rule.resources ?? []).flatMap(resource =>
      rule.verbs.map((verb): Right => ({ group, resource, names: rule.resourceNames ?? [], verb })),
    ),
  );
  return [...paths, ...resources];
}

function holds(rules: readonly Rule[], right: Right): boolean {
  const [resource = '', subresource = ''] = right.resource.split('/');
  const names = right.names.length > 0 ? right.names : [''];
  return names.every(name => {
    const wanted: Attributes = {
      verb: right.verb,
      group: right.group,
      resource,
      subresource,
      namespace: '',
      name,
      ...(right.path === undefined ? {} : { path: right.path }),
    };
    return rules.some(rule => allows(rule, wanted));
  });
}

/** Rights one line each, as the refusal lists them. */
function rightsText(rights: readonly Right[]): string {
  const verbs = new Map<string, Set<string>>();
  for (const { group, resource, names, path, verb } of rights) {
    const what =
      path === undefined
        ? `APIGroups:["${group}"], Resources:["${resource}"]${names.length > 0 ? `, ResourceNames:[${names.map(n => `"${n}"`).join(' ')}]` : ''}`
        : `NonResourceURLs:["${path}"]`;
    verbs.set(what, (verbs.get(what) ?? new Set()).add(verb));
  }
  return [...verbs]
    .map(([what, which]) => `{${what}, Verbs:[${[...which].map(v => `"${v}"`).join(' ')}]}`)
    .sort()
    .join('\n');
}

function mayBypass(authorizer: Authorizer, call: Call, verb: string, resource: string, name: string): boolean {
  const { user, namespace = '' } = call;
  return authorizer.decide(user, { verb, group: GROUP, resource, subresource: '', namespace, name }).allowed;
}

function refuseGrant(authorizer: Authorizer, call: Call, name: string, rules: readonly Rule[]): void {
  const held = authorizer.rulesOf(call.user, call.namespace ?? '').granted.map(g => g.rule);
  const lacking = rules.flatMap(rightsOf).filter(right => !holds(held, right));
  if (lacking.length === 0) return;
  throw forbidden(
    call.info,
    name,
    `user ${userText(call.user)} is attempting to grant RBAC permissions not currently held:\n${rightsText(lacking)}`,
  );
}

const userText = (user: UserInfo) =>
  `${JSON.stringify(user.username)} (groups=[${user.groups.map(g => JSON.stringify(g)).join(' ')}])`;

interface RoleRef {
  kind: string;
  name: string;
}

function rulesOfRole(kernel: Kernel, call: Call, ref: RoleRef): readonly Rule[] {
  const clusterWide = ref.kind === 'ClusterRole';
  const resource = clusterWide ? 'clusterroles' : 'roles';
  const role = kernel.store.get(`${resource}.${GROUP}`, clusterWide ? undefined : call.namespace, ref.name);
  if (!role) throw notFound(call.info, ref.name);
  return (role.rules ?? []) as readonly Rule[];
}

/**
 * The object without the fields that the garbage collector writes. A change of only those needs no rights of the
 * role.
 */
function withoutGarbageCollectorFields(object: KubeObject): unknown {
  const { ownerReferences, finalizers, managedFields, resourceVersion, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/**
 * Refuses a role or binding that would give away rights its writer does not have, unless the writer may `escalate`
 * the role or `bind` to it. As on a real server, this also applies when only a label changes: whoever writes a
 * binding must hold the rights that it grants.
 */
export function refuseEscalation(kernel: Kernel, call: Call, before: KubeObject | undefined, after: KubeObject): void {
  const { info, user } = call;
  if (info.group !== GROUP || user.groups.includes('system:masters')) return;
  const authorizer = createAuthorizer(kernel.store);
  const { name } = after.metadata;
  if (before && sameJson(withoutGarbageCollectorFields(before), withoutGarbageCollectorFields(after))) return;
  if (info.kind.endsWith('Role')) {
    if (!mayBypass(authorizer, call, 'escalate', info.resource, name))
      refuseGrant(authorizer, call, name, (after.rules ?? []) as readonly Rule[]);
    return;
  }
  const ref = after.roleRef as RoleRef;
  const resource = ref.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
  if (mayBypass(authorizer, call, 'bind', resource, ref.name)) return;
  refuseGrant(authorizer, call, name, rulesOfRole(kernel, call, ref));
}
