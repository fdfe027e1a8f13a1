import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, strings, text } from '../../../k8s/fields.ts';
import type { ObjectRef } from '../../../k8s/object.ts';
import { created } from '../../facts/fields.ts';
import { nearest } from '../../facts/near-miss.ts';
import { type Top, topOf } from '../pods/owner.ts';

/** A ServiceAccount that pods use, with one of its pods and that pod's workload. */
export interface Account {
  namespace: string;
  name: string;
  pod: ViewObject;
  top: Top;
}

/** A reason why an account lacks permissions that it should have. */
export interface Broken {
  is: 'role missing' | 'role empty' | 'subjects empty' | 'wrong subject';
  /** The object to fix. */
  object: ViewObject;
  /** The role that the binding gives. */
  role: ObjectRef;
  /** The subject that was probably meant to be this account. */
  wrong?: string;
}

const RBAC = 'rbac.authorization.k8s.io/v1';
/** Words that are common in names of accounts and bindings. */
const COMMON = new Set(
  'controller manager operator role binding rolebinding clusterrole clusterrolebinding rb sa admin system default'.split(
    ' ',
  ),
);

/** Every service account that a pod which has not ended uses, each once. */
export function accountsInUse(view: ClusterView): Account[] {
  const found = new Map<string, Account>();
  for (const pod of view.all('Pod')) {
    const { namespace = '' } = pod.metadata;
    const name = text(pod.spec.serviceAccountName);
    const key = `${namespace}/${name}`;
    if (name === '' || name === 'default' || pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed')
      continue;
    const known = found.get(key);
    if (known && created(known.pod) >= created(pod)) continue;
    found.set(key, { namespace, name, pod, top: topOf(view, pod) });
  }
  return [...found.values()];
}

/** All bindings that can apply in a namespace. */
export const bindingsIn = (view: ClusterView, namespace: string): readonly ViewObject[] => [
  ...view.all('ClusterRoleBinding'),
  ...view.inNamespace('RoleBinding', namespace),
];

export const roleOf = (binding: ViewObject): ObjectRef => {
  const ref = fields(binding.roleRef);
  const kind = text(ref.kind);
  const { namespace } = binding.metadata;
  return { apiVersion: RBAC, kind, name: text(ref.name), ...(kind === 'Role' && namespace ? { namespace } : {}) };
};

const isSubject = (subject: unknown, { namespace, name }: Pick<Account, 'namespace' | 'name'>): boolean => {
  const one = fields(subject);
  if (one.kind === 'ServiceAccount') return one.name === name && one.namespace === namespace;
  if (one.kind === 'User') return one.name === `system:serviceaccount:${namespace}:${name}`;
  return one.name === `system:serviceaccounts:${namespace}`;
};

export const binds = (binding: ViewObject, account: Pick<Account, 'namespace' | 'name'>): boolean =>
  list(binding.subjects).some(subject => isSubject(subject, account));

/** Whether Kubernetes itself creates the binding or role: some of those have no subjects on purpose. */
const isShipped = ({ metadata }: ViewObject): boolean =>
  metadata.name.startsWith('system:') || metadata.labels['kubernetes.io/bootstrapping'] !== undefined;

const distinctiveWords = (name: string): string[] =>
  name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '' && !COMMON.has(word));

/** Whether a binding was made for this account, judging by the name of the binding or of its role. */
function isMeantFor(binding: ViewObject, { namespace, name }: Account): boolean {
  const words = new Set([...distinctiveWords(binding.metadata.name), ...distinctiveWords(roleOf(binding).name)]);
  const own = distinctiveWords(name);
  return own.length > 0 ? own.some(word => words.has(word)) : distinctiveWords(namespace).some(word => words.has(word));
}

function roleFault(view: ClusterView, binding: ViewObject): Broken | undefined {
  const role = roleOf(binding);
  const kind = role.kind === 'Role' ? 'Role' : 'ClusterRole';
  if (view.sync(kind).state !== 'live') return undefined;
  const found = view.get(kind, role.namespace, role.name);
  if (found === undefined) return { is: 'role missing', object: binding, role };
  const isEmpty = list(found.rules).length === 0 && found.aggregationRule === undefined && !isShipped(found);
  return isEmpty ? { is: 'role empty', object: found, role } : undefined;
}

/** A subject that does not exist and was probably meant to be this account. */
function wrongSubject(view: ClusterView, binding: ViewObject, account: Account): string | undefined {
  for (const subject of list(binding.subjects)) {
    const [namespace, name] = [text(subject.namespace), text(subject.name)];
    if (subject.kind !== 'ServiceAccount' || view.get('ServiceAccount', namespace, name) !== undefined) continue;
    const isOtherNamespace = name === account.name && namespace !== account.namespace;
    const isTypo = namespace === account.namespace && nearest(name, [account.name]) !== undefined;
    if (isOtherNamespace || isTypo) return `${namespace}/${name}`;
  }
  return undefined;
}

/** What is wrong with the bindings and roles of an account. */
export function brokenFor(view: ClusterView, account: Account): Broken[] {
  const all = bindingsIn(view, account.namespace);
  const own = all.filter(binding => binds(binding, account));
  const faults = own.flatMap(binding => roleFault(view, binding) ?? []);
  const others = all.filter(binding => !own.includes(binding) && !isShipped(binding));
  const knowsAccounts = view.sync('ServiceAccount').state === 'live';
  const faultsOfOthers = others.flatMap((binding): Broken[] => {
    const role = roleOf(binding);
    if (list(binding.subjects).length === 0)
      return isMeantFor(binding, account) ? [{ is: 'subjects empty', object: binding, role }] : [];
    const wrong = knowsAccounts ? wrongSubject(view, binding, account) : undefined;
    return wrong === undefined ? [] : [{ is: 'wrong subject', object: binding, role, wrong }];
  });
  return [...faults, ...faultsOfOthers];
}

/** The first rules of a role as text: `get, list pods`. */
export const grantsText = (role: ViewObject | undefined): string =>
  list(role?.rules)
    .slice(0, 4)
    .map(rule => `${strings(rule.verbs).join(', ')} ${strings(rule.resources).join(', ')}`)
    .join('; ');
