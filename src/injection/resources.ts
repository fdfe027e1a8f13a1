import { groupOf } from '../k8s/object-ref.ts';
import type { ApiResource, Discovery } from '../kube/discovery/discovery.ts';
import { FRAMEWORK_GROUP } from './record/markers.ts';

/** A resource with a word about it: why it is left out, or why it could not be read. */
export interface About {
  /** Plural name with the group; `*` for everything. */
  resource: string;
  reason: string;
}

/** What a scan does not look into, and why nothing is lost by it. `resource` is the plural; `*` for all of a group. */
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
    reason: 'worked out when it is asked for; nothing is stored that could carry an injection',
  },
  {
    group: /(^|\.)metrics\.k8s\.io$/,
    resource: '*',
    reason: 'measurements; nothing is stored that could carry an injection',
  },
  {
    group: 'packages.operators.coreos.com',
    resource: '*',
    reason: 'worked out from operator catalogues; nothing is stored that could carry an injection',
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
    reason: 'orders to inject, which are read and shown apart',
  },
];

/** Why a scan leaves this resource out; undefined where it looks. */
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
  ignored: About[];
}

/** What a scan lists: every listable resource but the ignored ones; in a single namespace only those that live in one. */
export function select(listable: readonly ApiResource[], namespace: string | undefined): Selection {
  const byKey = new Map<string, ApiResource>();
  const ignored = new Map<string, About>();
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
 * authorization.openshift.io. Kubernetes' own group is the object's name; 0 stands before 1.
 */
export function rankOf({ group, resource }: Pick<ApiResource, 'group' | 'resource'>): 0 | 1 {
  // What moved elsewhere, and the second name of what stayed.
  if (group === 'extensions' || (group === 'events.k8s.io' && resource === 'events')) return 1;
  return !group.includes('.') || group.endsWith('.k8s.io') ? 0 : 1;
}

/** The same order every time, whichever list answers first. */
export const byPreference = (a: ApiResource, b: ApiResource): number =>
  rankOf(a) - rankOf(b) || compare(a.group, b.group) || compare(a.resource, b.resource);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * What discovery could not tell: blind to groups that would have been scanned, a note for those of which nothing would. A group of which
 * nothing is known is one that would.
 */
export function undiscovered(discovery: Discovery): { blind: About[]; notes: About[] } {
  const blind: About[] = [];
  const notes: About[] = [];
  for (const { group: apiVersion, reason, unlistable } of discovery.blind) {
    // `*` is everything but the core group; a dot without a slash is a group of which not even a version is known.
    const group =
      apiVersion === '*' || apiVersion.includes('.') ? (apiVersion.split('/')[0] ?? '') : groupOf(apiVersion);
    const of = discovery.resources.filter(resource => resource.group === group);
    const isIgnored = of.length > 0 ? of.every(one => whyIgnored(one) !== undefined) : isGroupIgnored(group);
    (isIgnored || unlistable === true ? notes : blind).push({ resource: `*.${apiVersion}`, reason });
  }
  return { blind, notes };
}

const isGroupIgnored = (group: string): boolean => whyIgnored({ group, resource: '*' }) !== undefined;
