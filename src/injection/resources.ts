import { groupOf } from '../k8s/object-ref.ts';
import type { ApiResource, Discovery } from '../kube/discovery/discovery.ts';
import { FRAMEWORK_GROUP } from './record/markers.ts';

/** A resource and a reason: why it is left out, or why it could not be read. */
export interface ResourceNote {
  /** Plural name with the group; `*` for everything. */
  resource: string;
  reason: string;
}

/** A resource that a scan does not list, and why it misses nothing by that. `resource` is the plural; `*` means all of a group. */
interface Ignored {
  group: string | RegExp;
  resource: string;
  reason: string;
}

/** By group and plural, never by plural alone: a custom kind may have any plural. */
const IGNORED: readonly Ignored[] = [
  {
    group: '',
    resource: 'componentstatuses',
    reason: 'computed at each request; nothing is stored that could carry an injection',
  },
  {
    group: /(^|\.)metrics\.k8s\.io$/,
    resource: '*',
    reason: 'measurements; nothing is stored that could carry an injection',
  },
  {
    group: 'packages.operators.coreos.com',
    resource: '*',
    reason: 'computed from operator catalogues; nothing is stored that could carry an injection',
  },
  {
    group: 'image.openshift.io',
    resource: 'imagestreamtags',
    reason: 'views of image streams, which are looked at themselves',
  },
  {
    group: 'image.openshift.io',
    resource: 'imagetags',
    reason: 'views of image streams, which are looked at themselves',
  },
  {
    group: FRAMEWORK_GROUP,
    resource: 'chaosexperiments',
    reason: 'experiments, which are requests to inject; they are read and shown separately',
  },
];

/** Why a scan does not list this resource; undefined if it does. */
function whyIgnored({ group, resource }: { group: string; resource: string }): string | undefined {
  return IGNORED.find(one => isGroup(one.group, group) && (one.resource === '*' || one.resource === resource))?.reason;
}

const isGroup = (wanted: string | RegExp, group: string): boolean =>
  typeof wanted === 'string' ? wanted === group : wanted.test(group);

export const keyOf = ({ group, resource }: ApiResource): string => `${group}/${resource}`;
export const titleOf = ({ group, resource }: ApiResource): string => (group ? `${resource}.${group}` : resource);

export interface Selection {
  /** One version of each resource to list, Kubernetes' own groups first. */
  resources: ApiResource[];
  /** Listable resources that are left out, with the reason. */
  ignored: ResourceNote[];
}

/** The resources that a scan lists: every listable one except the ignored ones; in a single namespace only namespaced ones. */
export function select(listable: readonly ApiResource[], namespace: string | undefined): Selection {
  const byKey = new Map<string, ApiResource>();
  const ignored = new Map<string, ResourceNote>();
  for (const resource of listable) {
    if (!resource.verbs.includes('list')) continue;
    if (namespace !== undefined && !resource.namespaced) continue;
    const reason = whyIgnored(resource);
    if (reason !== undefined) ignored.set(keyOf(resource), { resource: titleOf(resource), reason });
    else if (!byKey.has(keyOf(resource))) byKey.set(keyOf(resource), resource);
  }
  return { resources: [...byKey.values()].toSorted(byPreference), ignored: [...ignored.values()] };
}

/**
 * One object may be served by two groups: events by `` and events.k8s.io, roles by rbac.authorization.k8s.io and OpenShift's
 * authorization.openshift.io. Kubernetes' own group (0) is preferred to others (1).
 */
export function rankOf({ group, resource }: Pick<ApiResource, 'group' | 'resource'>): 0 | 1 {
  // `extensions` holds kinds that moved to other groups; events.k8s.io serves the same events as the core group.
  if (group === 'extensions' || (group === 'events.k8s.io' && resource === 'events')) return 1;
  return !group.includes('.') || group.endsWith('.k8s.io') ? 0 : 1;
}

/** A fixed order, whichever list is answered first. */
export const byPreference = (a: ApiResource, b: ApiResource): number =>
  rankOf(a) - rankOf(b) || compare(a.group, b.group) || compare(a.resource, b.resource);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The API groups that discovery could not read: `blind` for those that a scan would list, `notes` for those that it would ignore. A group
 * about which nothing is known counts as blind.
 */
export function undiscoveredGroups(discovery: Discovery): { blind: ResourceNote[]; notes: ResourceNote[] } {
  const blind: ResourceNote[] = [];
  const notes: ResourceNote[] = [];
  for (const { group: apiVersion, reason, unlistable } of discovery.blind) {
    // `*` means every group except core; a name with a dot and without a slash is a group whose versions are not known.
    const group =
      apiVersion === '*' || apiVersion.includes('.') ? (apiVersion.split('/')[0] ?? '') : groupOf(apiVersion);
    const of = discovery.resources.filter(resource => resource.group === group);
    const isIgnored = of.length > 0 ? of.every(one => whyIgnored(one) !== undefined) : isGroupIgnored(group);
    (isIgnored || unlistable === true ? notes : blind).push({ resource: `*.${apiVersion}`, reason });
  }
  return { blind, notes };
}

const isGroupIgnored = (group: string): boolean => whyIgnored({ group, resource: '*' }) !== undefined;
