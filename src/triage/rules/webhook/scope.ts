import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { VIEW_KINDS, type ViewKind } from '../../../health/view/kinds.ts';
import { matchesSelector } from '../../../health/view/selector.ts';
import type { Fields } from '../../../k8s/fields.ts';
import { fields, strings } from '../../../k8s/fields.ts';
import type { ApiResource, Discovery } from '../../../kube/discovery/discovery.ts';
import { templateLabels } from '../../facts/behind-service.ts';
import type { Hook } from './hooks.ts';

/** What a webhook is called for; if it is fail-closed and cannot be reached, it blocks these requests. */
export interface Scope {
  operations: readonly string[];
  /** `deployments.apps`, sorted. */
  resources: readonly string[];
  /** Whether some resources are cluster-scoped: a namespaceSelector does not exclude them. */
  clusterScoped: boolean;
  /** Names of the namespaces it is called in; undefined where namespaces were not read. */
  namespaces: readonly string[] | undefined;
  allNamespaces: boolean;
  /** Only for objects with certain labels, or under match conditions, which are not evaluated here. */
  conditional: boolean;
  /** Whether the scope includes anything that exists or could be created now. */
  matchesAnything: boolean;
  /** Whether the scope includes what the cluster itself needs. */
  critical: boolean;
}

/** What a cluster needs to work: heartbeats, leader election, pods and their network. */
const VITAL = new Set([
  'pods',
  'nodes',
  'leases.coordination.k8s.io',
  'endpoints',
  'endpointslices.discovery.k8s.io',
  'services',
  'secrets',
  'configmaps',
  'serviceaccounts',
  'deployments.apps',
  'replicasets.apps',
  'daemonsets.apps',
  'statefulsets.apps',
  'subjectaccessreviews.authorization.k8s.io',
  'tokenreviews.authentication.k8s.io',
  'certificatesigningrequests.certificates.k8s.io',
]);
/** Webhooks are never called for these. */
const EXEMPT = /webhookconfigurations|validatingadmissionpolic|mutatingadmissionpolic/;

/** The scope of a webhook among the resources that the cluster serves. */
export function scopeOf(view: ClusterView, hook: Hook): Scope {
  const found = new Map<string, boolean>();
  const operations = new Set<string>();
  for (const rule of hook.rules) {
    const matched = resourcesOf(rule, view.discovery);
    for (const { name, namespaced } of matched) if (!EXEMPT.test(name)) found.set(name, namespaced);
    if (matched.length > 0) for (const one of strings(rule.operations)) operations.add(one);
  }
  const namespaces = namespacesOf(view, hook);
  const resources = [...found.keys()].sort();
  const clusterScoped = [...found].some(([name, namespaced]) => !namespaced && name !== 'namespaces');
  const inNamespaces =
    [...found].some(([name, namespaced]) => namespaced || name === 'namespaces') && namespaces?.length !== 0;
  const labelled = isEmpty(hook.objectSelector) || anyObjectMatches(view, hook.objectSelector, resources);
  const matchesAnything = resources.length > 0 && (clusterScoped || inNamespaces) && labelled;
  return {
    operations: operations.has('*') ? ['*'] : [...operations].sort(),
    resources,
    clusterScoped,
    namespaces,
    allNamespaces: isEmpty(hook.namespaceSelector) || namespaces?.length === view.count('Namespace'),
    conditional: hook.conditional || !isEmpty(hook.objectSelector),
    matchesAnything,
    critical: matchesAnything && isEmpty(hook.objectSelector) && resources.some(name => VITAL.has(name)),
  };
}

const isEmpty = (selector: Fields): boolean =>
  Object.keys(fields(selector.matchLabels)).length === 0 &&
  (!Array.isArray(selector.matchExpressions) || selector.matchExpressions.length === 0);

function namespacesOf(view: ClusterView, { namespaceSelector }: Hook): string[] | undefined {
  if (view.sync('Namespace').state === 'blind') return undefined;
  return [...view.all('Namespace')]
    .filter(({ metadata }) =>
      matchesSelector(namespaceSelector, { 'kubernetes.io/metadata.name': metadata.name, ...metadata.labels }),
    )
    .map(({ metadata }) => metadata.name)
    .sort();
}

interface Matched {
  name: string;
  namespaced: boolean;
}

const nameOf = ({ group, resource }: { group: string; resource: string }): string =>
  group === '' ? resource : `${resource}.${group}`;

/** The served resources that a rule matches. Without discovery, those it names. */
function resourcesOf(rule: Fields, discovery: Discovery | undefined): Matched[] {
  const scope = typeof rule.scope === 'string' ? rule.scope : '*';
  const inScope = ({ namespaced }: Matched) => scope === '*' || (scope === 'Namespaced') === namespaced;
  const groups = strings(rule.apiGroups);
  const bases = new Set(strings(rule.resources).map(one => one.split('/')[0] ?? ''));
  const matched: Matched[] = [];
  for (const group of groups) for (const base of bases) matched.push(...served(group, base, discovery));
  return matched.filter(inScope);
}

function served(group: string, base: string, discovery: Discovery | undefined): Matched[] {
  const guess = [{ name: nameOf({ group, resource: base }), namespaced: true }];
  if (discovery === undefined || discovery.resources.length === 0) return guess;
  if (group !== '*' && base !== '*') {
    const resource = discovery.byResource(group, base);
    if (resource !== undefined) return [{ name: nameOf(resource), namespaced: resource.namespaced }];
    return discovery.blind.some(one => one.group === group || one.group.startsWith(`${group}/`)) ? guess : [];
  }
  const fits = (one: ApiResource) => (group === '*' || one.group === group) && (base === '*' || one.resource === base);
  return discovery.resources.filter(fits).map(one => ({ name: nameOf(one), namespaced: one.namespaced }));
}

/** Whether any object of the resources matches an objectSelector; true when that is not known. */
function anyObjectMatches(view: ClusterView, selector: Fields, resources: readonly string[]): boolean {
  const kinds = resources.map(name => kindOf(view, name));
  if (kinds.some(kind => kind === undefined)) return true;
  const carries = (object: ViewObject) =>
    matchesSelector(selector, object.metadata.labels) ||
    (object.spec.template !== undefined && matchesSelector(selector, templateLabels(object)));
  const all = [
    ...(kinds as ViewKind[]),
    ...(kinds.includes('Pod') ? (['Deployment', 'StatefulSet', 'DaemonSet'] as const) : []),
  ];
  return all.some(kind => [...view.all(kind)].some(carries));
}

function kindOf({ discovery }: ClusterView, name: string): ViewKind | undefined {
  const [resource = '', ...group] = name.split('.');
  const kind = discovery?.byResource(group.join('.'), resource)?.kind as ViewKind | undefined;
  return kind !== undefined && kind in VIEW_KINDS && kind !== 'Event' ? kind : undefined;
}

/** `CREATE, UPDATE of inferenceservices.serving.kserve.io in all namespaces`. */
export function scopeText({
  operations,
  resources,
  namespaces,
  allNamespaces,
  clusterScoped,
  conditional,
}: Scope): string {
  if (resources.length === 0) return 'nothing that the cluster serves';
  const some =
    resources.length > 6
      ? `${resources.slice(0, 5).join(', ')} and ${resources.length - 5} more kinds`
      : resources.join(', ');
  const where =
    allNamespaces || namespaces === undefined
      ? 'in all namespaces'
      : namespaces.length > 6
        ? `in ${namespaces.length} namespaces (${namespaces.slice(0, 5).join(', ')}, …)`
        : namespaces.length === 0
          ? 'in no namespace'
          : `in ${namespaces.length === 1 ? 'namespace' : 'namespaces'} ${namespaces.join(', ')}`;
  const what = operations.includes('*') ? 'every operation' : operations.join(', ');
  return `${what} of ${some} ${where}${clusterScoped && !allNamespaces ? ', and of cluster-scoped objects' : ''}${conditional ? ', where labels or conditions match' : ''}`;
}
