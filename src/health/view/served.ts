import { splitApiVersion } from '../../kube/discovery/core-kinds.ts';
import type { ApiResource, Discovery } from '../../kube/discovery/discovery.ts';
import { VIEW_KINDS, type ViewKind } from './kinds.ts';

const isListed = (resource: ApiResource | undefined): resource is ApiResource =>
  resource?.verbs.includes('list') === true;

/** The resource of a kind: in the version that the view names, otherwise in the preferred version of its group. */
export function servedAs(discovery: Discovery, kind: ViewKind): ApiResource | undefined {
  const apiVersion = VIEW_KINDS[kind];
  const named = discovery.byKind(apiVersion, kind);
  if (isListed(named)) return named;
  const { group } = splitApiVersion(apiVersion);
  return discovery.resources.find(one => one.group === group && one.kind === kind);
}

/** Whether the cluster has a kind; undefined where discovery is not known, or blind to the group. */
export function doesServe(discovery: Discovery | undefined, kind: ViewKind): boolean | undefined {
  if (discovery === undefined) return undefined;
  if (servedAs(discovery, kind)) return true;
  const { group } = splitApiVersion(VIEW_KINDS[kind]);
  const isBlind = discovery.blind.some(one => one.group === '*' || splitApiVersion(one.group).group === group);
  return isBlind ? undefined : false;
}
