import type { ClusterView, ViewObject } from '../../health/view/cluster-view.ts';
import { VIEW_KINDS, type ViewKind } from '../../health/view/kinds.ts';
import { coreKind } from '../../kube/discovery/core-kinds.ts';
import { knowledgeOf } from '../run/blind.ts';
import { nearMisses } from './near-miss.ts';

/** The result of looking up an object: the object, or one line that says what was expected, what was found and what to do. */
export type FindResult = { found: ViewObject } | { problem: string; isBlind: boolean };

// kubectl's short names of the built-in kinds; discovery has those of all others.
const SHORT: Readonly<Record<string, ViewKind>> = {
  po: 'Pod',
  no: 'Node',
  ns: 'Namespace',
  svc: 'Service',
  cm: 'ConfigMap',
  sa: 'ServiceAccount',
  quota: 'ResourceQuota',
  limits: 'LimitRange',
  pvc: 'PersistentVolumeClaim',
  pv: 'PersistentVolume',
  deploy: 'Deployment',
  rs: 'ReplicaSet',
  sts: 'StatefulSet',
  ds: 'DaemonSet',
  cj: 'CronJob',
  hpa: 'HorizontalPodAutoscaler',
  pdb: 'PodDisruptionBudget',
  ing: 'Ingress',
  netpol: 'NetworkPolicy',
  sc: 'StorageClass',
  pc: 'PriorityClass',
  crd: 'CustomResourceDefinition',
  app: 'Application',
  cert: 'Certificate',
};

/** The kinds of the view that a word such as `deploy`, `deployments.apps` or `Deployment` can mean. */
function kindsNamed(view: Pick<ClusterView, 'discovery'>, word: string): ViewKind[] {
  const wanted = word.toLowerCase();
  const [plain = wanted, ...group] = wanted.split('.');
  return (Object.keys(VIEW_KINDS) as ViewKind[]).filter(kind => {
    const apiVersion = VIEW_KINDS[kind];
    const served = view.discovery?.byKind(apiVersion, kind) ?? coreKind(apiVersion, kind);
    const names = [kind.toLowerCase(), served?.singular, served?.resource, ...(served?.shortNames ?? [])];
    const matchesName = SHORT[plain] === kind || names.includes(plain);
    return matchesName && (group.length === 0 || apiVersion.startsWith(`${group.join('.')}/`));
  });
}

/** Finds the object that `TYPE/NAME` names, in `namespace` where its kind has namespaces. */
export function findObject(view: ClusterView, asked: string, namespace: string): FindResult {
  const [type = '', name = '', ...rest] = asked.split('/');
  if (type === '' || name === '' || rest.length > 0)
    return { problem: `expected an object as TYPE/NAME, such as deploy/web, found ${asked}`, isBlind: false };
  const kinds = kindsNamed(view, type);
  if (kinds.length === 0) {
    const near = nearMisses(type, Object.keys(VIEW_KINDS)).map(each => each.name.toLowerCase());
    const meant = near.length > 0 ? `; did you mean ${near.slice(0, 3).join(', ')}?` : '';
    return {
      problem: `expected a kind that triage follows, such as deploy, pod or svc, found ${type}${meant}`,
      isBlind: false,
    };
  }
  for (const kind of kinds) {
    const found = view.get(kind, namespace, name) ?? view.get(kind, undefined, name);
    if (found) return { found };
  }
  return { ...notFound(view, kinds, name, namespace) };
}

function notFound(view: ClusterView, kinds: readonly ViewKind[], name: string, namespace: string): FindResult {
  for (const kind of kinds) {
    const known = knowledgeOf(view, kind);
    if (known.state === 'unknown')
      return {
        problem: `expected to read ${kind} objects, found: ${known.reason}; whether ${name} exists is not known`,
        isBlind: true,
      };
  }
  const kind = kinds[0] as ViewKind;
  const all = [...view.all(kind)].map(({ metadata }) => metadata);
  const isNamespaced = coreKind(VIEW_KINDS[kind], kind)?.namespaced ?? all.some(each => each.namespace !== undefined);
  const expected = `expected ${kind} ${name}${isNamespaced ? ` in namespace ${namespace}` : ''}`;
  const elsewhere = all.flatMap(each => (each.name === name && each.namespace !== undefined ? [each.namespace] : []));
  if (elsewhere.length > 0)
    return {
      problem: `${expected}, found it in ${elsewhere.slice(0, 5).join(', ')}: add -n ${elsewhere[0]}`,
      isBlind: false,
    };
  const inNamespace = all.filter(each => !isNamespaced || each.namespace === namespace).map(each => each.name);
  const near = nearMisses(name, inNamespace.length > 0 ? inNamespace : all.map(each => each.name)).map(
    each => each.name,
  );
  const meant =
    near.length > 0
      ? `did you mean ${near.slice(0, 3).join(', ')}?`
      : `found ${inNamespace.length} other objects of that kind`;
  return { problem: `${expected}, found none: ${meant}`, isBlind: false };
}
