import { type Clean, literal, sanitise } from '../../text/sanitise.ts';
import type { RawRequest } from '../client/api.ts';
import { failure } from '../client/http/failure.ts';
import type { Outcome } from '../client/http/outcome.ts';
import { splitApiVersion } from './core-kinds.ts';
import { type ApiResource, createDiscovery, type Discovery } from './discovery.ts';

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

/**
 * Asks the server what it serves: two requests with aggregated discovery, otherwise one for each group version. A
 * group that fails is blind, not absent.
 */
export async function fetchDiscovery(ask: Ask): Promise<Outcome<Discovery>> {
  const roots = await Promise.all(['/api', '/apis'].map(path => ask({ path, accept: AGGREGATED })));
  const parts: Found[] = [];
  for (const [index, root] of roots.entries()) {
    const found = root.ok ? await read(ask, root.value) : undefined;
    if (found === undefined || found.resources.length === 0) {
      const reason = root.ok ? literal('the server lists no resources there') : root.message;
      // Without the core group discovery fails; without the others it goes on and reports them as blind.
      if (index === 0) return root.ok ? failure('server-error', NO_CLUSTER) : root;
      parts.push({ resources: [], blind: [{ group: '*', reason }, ...(found?.blind ?? [])] });
      continue;
    }
    parts.push(found);
  }
  if (!parts.some(part => part.resources.some(resource => resource.verbs.includes('list')))) {
    return failure('server-error', NO_CLUSTER);
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

const NO_CLUSTER = literal('the server serves no resources; is it a Kubernetes API server?');

/** What one root serves; undefined when the answer is not a discovery document. */
async function read(ask: Ask, root: unknown): Promise<Found | undefined> {
  const { kind, items, versions, groups } = asFields(root);
  if (kind === 'APIGroupDiscoveryList') return Array.isArray(items) ? aggregated(items) : undefined;
  if (kind === 'APIVersions') return Array.isArray(versions) ? legacy(ask, texts(versions), '/api') : undefined;
  if (!Array.isArray(groups)) return undefined;
  return legacy(ask, entries(groups).flatMap(preferredFirst), '/apis');
}

/** Group versions of one legacy group, the preferred one first. */
function preferredFirst(group: Fields): string[] {
  const preferred = asFields(group.preferredVersion).groupVersion;
  const all = entries(group.versions)
    .map(version => text(version.groupVersion))
    .filter(Boolean);
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
  const { resources: all } = asFields(answer.value);
  if (!Array.isArray(all)) return { resources: [], blind: [{ group: groupVersion, reason: NO_DOCUMENT }] };
  const listed = entries(all);
  const subresources = new Map<string, string[]>();
  for (const { name } of listed) {
    const [parent, sub] = text(name).split('/');
    if (parent && sub) subresources.set(parent, [...(subresources.get(parent) ?? []), sub]);
  }
  return addressable(
    groupVersion,
    listed
      .filter(entry => !text(entry.name).includes('/'))
      .map(entry => ({
        kind: text(entry.kind),
        resource: text(entry.name),
        singular: text(entry.singularName),
        namespaced: entry.namespaced === true,
        verbs: texts(entry.verbs),
        shortNames: texts(entry.shortNames),
        subresources: subresources.get(text(entry.name)) ?? [],
      })),
  );
}

const NO_DOCUMENT = literal('what the server sent is not a list of resources');
const STALE = literal('the server behind this API does not answer; what is known of it is stale');
const INCOMPLETE = literal('the server lists resources there without a name, a kind or verbs');

type Entry = Omit<ApiResource, 'group' | 'version' | 'apiVersion'>;

/** The addressable resources of a group version; if it has others, it is blind. */
function addressable(groupVersion: string, listed: readonly Entry[]): Found {
  const whole = listed.filter(({ kind, resource, verbs }) => kind !== '' && isPathPart(resource) && verbs.length > 0);
  const blind = whole.length === listed.length ? [] : [{ group: groupVersion, reason: INCOMPLETE }];
  return { resources: whole.map(entry => resourceOf(groupVersion, entry)), blind };
}

const isPathPart = (resource: string): boolean => /^[a-z0-9][a-z0-9.-]*$/.test(resource);

function aggregated(items: readonly unknown[]): Found {
  const found: Found = { resources: [], blind: [] };
  for (const item of entries(items)) {
    const group = text(asFields(item.metadata).name);
    for (const version of entries(item.versions)) {
      const groupVersion = group === '' ? text(version.version) : `${group}/${text(version.version)}`;
      const part = addressable(groupVersion, entries(version.resources).filter(isAddressed).map(aggregatedEntry));
      if (version.freshness === 'Stale') {
        const isUnlistable = part.resources.length > 0 && !part.resources.some(({ verbs }) => verbs.includes('list'));
        found.blind.push({ group: groupVersion, reason: STALE, ...(isUnlistable ? { unlistable: true } : {}) });
      }
      found.resources.push(...part.resources);
      found.blind.push(...part.blind);
    }
  }
  return found;
}

/** A parent that is listed only for its subresources has no kind and no verbs. */
const isAddressed = ({ verbs, subresources }: Fields): boolean =>
  texts(verbs).length > 0 || entries(subresources).length === 0;

const aggregatedEntry = (entry: Fields): Entry => ({
  kind: text(asFields(entry.responseKind).kind),
  resource: text(entry.resource),
  singular: text(entry.singularResource),
  namespaced: entry.scope === 'Namespaced',
  verbs: texts(entry.verbs),
  shortNames: texts(entry.shortNames),
  subresources: entries(entry.subresources).map(sub => text(sub.subresource)),
});

function resourceOf(groupVersion: string, rest: Entry): ApiResource {
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
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(text).filter(Boolean) : []);
