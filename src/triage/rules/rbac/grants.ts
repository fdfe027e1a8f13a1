import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { list, strings, text } from '../../../k8s/fields.ts';
import { type Account, bindingsIn, roleOf } from './accounts.ts';
import type { Refused } from './forbidden-requests.ts';

type Who = Pick<Account, 'namespace' | 'name'>;

/** Whether a binding grants its role to an account, by the name of the account or by a group that it belongs to. */
export function grantsTo(binding: ViewObject, { namespace, name }: Who): boolean {
  const user = `system:serviceaccount:${namespace}:${name}`;
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  return list(binding.subjects).some(one => {
    if (one.kind === 'ServiceAccount') return one.name === name && one.namespace === namespace;
    return one.kind === 'User' ? one.name === user : groups.includes(text(one.name));
  });
}

/** The role of a binding; undefined when the view does not have it. */
export function roleBehind(view: ClusterView, binding: ViewObject): ViewObject | undefined {
  const { kind, namespace, name } = roleOf(binding);
  return view.get(kind === 'Role' ? 'Role' : 'ClusterRole', namespace, name);
}

/** Whether the current roles permit a request that was rejected earlier. */
export const isGranted = (view: ClusterView, account: Who, refused: Refused): boolean =>
  bindingsIn(view, refused.inNamespace ?? '').some(binding => {
    const isWide = binding.kind === 'ClusterRoleBinding';
    if ((!isWide && refused.inNamespace === undefined) || !grantsTo(binding, account)) return false;
    return list(roleBehind(view, binding)?.rules).some(rule => permits(rule, refused));
  });

const has = (value: unknown, wanted: string): boolean => strings(value).some(one => one === '*' || one === wanted);

const permits = (rule: Readonly<Record<string, unknown>>, { verb, resource, group }: Refused): boolean =>
  has(rule.verbs, verb) && has(rule.apiGroups, group) && has(rule.resources, resource);
