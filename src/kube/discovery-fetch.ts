import { type Clean, cleanText, sanitise } from '../text/sanitise.ts';
import type { RawRequest } from './api.ts';
import { splitApiVersion } from './core-kinds.ts';
import { type ApiResource, createDiscovery, type Discovery } from './discovery.ts';
import { failure } from './failure.ts';
import type { Outcome } from './outcome.ts';

type Ask = (request: RawRequest) => Promise<Outcome<unknown>>;
type Fields = Record<string, unknown>;
type Blind = { group: string; reason: Clean; unlistable?: boolean };

interface Found {
  resources: ApiResource[];
  blind: Blind[];
}

const AGGREGATED = ['v2', 'v2beta1']
  .map(version => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');
const LEGACY_PARALLEL = 12;

/** Asks the server what it serves: two requests where it aggregates, one for each group version where it does not. A group that fails is blind, not absent. */
export async function fetchDiscovery(ask: Ask): Promise<Outcome<Discovery>> {
  const roots = await Promise.all(['/api', '/apis'].map(path => ask({ path, accept: AGGREGATED })));
  const parts: Found[] = [];
  for (const [index, root] of roots.entries()) {
    if (!root.ok) {
      // Without the core group nothing works; without the others we go on, and say so.
      if (index === 0) return root;
      parts.push({ resources: [], blind: [{ group: '*', reason: root.message }] });
      continue;
    }
    parts.push(await read(ask, root.value));
  }
  if (parts.every(part => part.resources.length === 0)) {
    return failure('server-error', cleanText`the server serves no resources; is it a Kubernetes API server?`);
  }
  return {
    ok: true,
    status: 200,
    value: createDiscovery(
      parts.flatMap(part => part.resources),
      parts.flatMap(part => part.blind),
    ),
  };
}

async function read(ask: Ask, root: unknown): Promise<Found> {
  const fields = asFields(root);
  if (fields.kind === 'APIGroupDiscoveryList') return aggregated(fields);
  if (fields.kind === 'APIVersions') return legacy(ask, texts(fields.versions), '/api');
  const groups = entries(fields.groups).map(group => preferredFirst(group));
  return legacy(ask, groups.flat(), '/apis');
}

/** Group versions of one legacy group, the preferred one first. */
function preferredFirst(group: Fields): string[] {
  const preferred = asFields(group.preferredVersion).groupVersion;
  const all = entries(group.versions).map(version => String(version.groupVersion));
  return typeof preferred === 'string' ? [preferred, ...all.filter(version => version !== preferred)] : all;
}

async function legacy(ask: Ask, groupVersions: string[], prefix: string): Promise<Found> {
  const found: Found[] = new Array(groupVersions.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < groupVersions.length; index = next++) {
      found[index] = await legacyGroup(ask, groupVersions[index] as string, prefix);
    }
  };
  await Promise.all(Array.from({ length: LEGACY_PARALLEL }, worker));
  return { resources: found.flatMap(part => part.resources), blind: found.flatMap(part => part.blind) };
}

async function legacyGroup(ask: Ask, groupVersion: string, prefix: string): Promise<Found> {
  const answer = await ask({ path: `${prefix}/${groupVersion}` });
  if (!answer.ok) return { resources: [], blind: [{ group: groupVersion, reason: answer.message }] };
  const listed = entries(asFields(answer.value).resources);
  const subresources = new Map<string, string[]>();
  for (const { name } of listed) {
    const [parent, sub] = String(name).split('/');
    if (parent && sub) subresources.set(parent, [...(subresources.get(parent) ?? []), sub]);
  }
  const resources = listed
    .filter(entry => !String(entry.name).includes('/'))
    .map(entry =>
      resourceOf(groupVersion, {
        kind: String(entry.kind),
        resource: String(entry.name),
        singular: String(entry.singularName ?? ''),
        namespaced: entry.namespaced === true,
        verbs: texts(entry.verbs),
        shortNames: texts(entry.shortNames),
        subresources: subresources.get(String(entry.name)) ?? [],
      }),
    );
  return { resources, blind: [] };
}

function aggregated(list: Fields): Found {
  const found: Found = { resources: [], blind: [] };
  for (const item of entries(list.items)) {
    const group = String(asFields(item.metadata).name ?? '');
    for (const version of entries(item.versions)) {
      const groupVersion = group === '' ? String(version.version) : `${group}/${version.version}`;
      const resources = entries(version.resources).map(entry => aggregatedResource(groupVersion, entry));
      if (version.freshness === 'Stale') {
        const isListed = resources.some(({ verbs }) => verbs.includes('list'));
        found.blind.push({
          group: groupVersion,
          reason: cleanText`the server behind this API does not answer; what is known of it is stale`,
          ...(resources.length > 0 && !isListed ? { unlistable: true } : {}),
        });
      }
      found.resources.push(...resources);
    }
  }
  return found;
}

function aggregatedResource(groupVersion: string, entry: Fields): ApiResource {
  return resourceOf(groupVersion, {
    kind: String(asFields(entry.responseKind).kind ?? ''),
    resource: String(entry.resource),
    singular: String(entry.singularResource ?? ''),
    namespaced: entry.scope === 'Namespaced',
    verbs: texts(entry.verbs),
    shortNames: texts(entry.shortNames),
    subresources: entries(entry.subresources).map(sub => String(sub.subresource)),
  });
}

function resourceOf(groupVersion: string, rest: Omit<ApiResource, 'group' | 'version' | 'apiVersion'>): ApiResource {
  return {
    ...splitApiVersion(groupVersion),
    apiVersion: groupVersion,
    ...rest,
    kind: sanitise(rest.kind, 128),
    singular: rest.singular || rest.kind.toLowerCase(),
  };
}

const asFields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const entries = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(asFields) : []);
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
