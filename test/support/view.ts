import type { Sync } from '../../src/health/sync.ts';
import type { ClusterView, WarningEvent } from '../../src/health/view/cluster-view.ts';
import { VIEW_KINDS, type ViewKind } from '../../src/health/view/kinds.ts';
import { ALL_KINDS, createView, type FillableView } from '../../src/health/view/view.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { coreKind, splitApiVersion } from '../../src/kube/discovery/core-kinds.ts';
import { type ApiResource, createDiscovery, type Discovery } from '../../src/kube/discovery/discovery.ts';
import type { Clean } from '../../src/text/sanitise.ts';

/** An object as a test writes it: `apiVersion` may be left out for the view's kinds, uids everywhere. */
export interface Literal {
  apiVersion?: string;
  kind: string;
  metadata: { name: string; namespace?: string; ownerReferences?: readonly object[]; [field: string]: unknown };
  [field: string]: unknown;
}

export interface ViewOptions {
  /** Kinds that could not be read, with the reason: `{ Pod: 'forbidden' }`; `not served` means that the cluster has no such kind. */
  blind?: { readonly [kind in ViewKind]?: string };
  /** Kinds of other projects that the cluster serves; those of the given objects and of the given CRDs need no mention. */
  served?: readonly (ViewKind | ApiResource)[];
  /** Warnings, beside those that are given as Event objects. */
  events?: readonly WarningEvent[];
  discovery?: Discovery;
  context?: string;
  /** Server time; with it, events older than the API server's memory are no longer exact. */
  now?: number;
}

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const OTHERS = [
  ['v1', 'Secret'],
  ['v1', 'Endpoints'],
  ['v1', 'ReplicationController'],
] as const;

/** The uid that an object without one is given; owner references without one are given the same. */
const uidOf = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}/${namespace ?? ''}/${name}`;

/** A cluster view of literal objects, made by the same code as the real one. */
export function viewOf(objects: readonly Literal[], options: ViewOptions = {}): ClusterView {
  const whole = objects.map(completed);
  const blind = options.blind ?? {};
  const discovery = options.discovery ?? discoveryOf(whole, options.served ?? []);
  const filled: FillableView = createView(
    {
      sync: (kind): Sync => {
        const reason = blind[kind] ?? (serves(kind) === false ? 'not served' : undefined);
        return reason === undefined ? { state: 'live' } : { state: 'blind', reason: reason as Clean };
      },
      discovery: () => discovery,
      serves,
      lastReceivedAt: () => options.now,
      context: options.context ?? 'test',
    },
    () => options.now,
  );
  function serves(kind: ViewKind): boolean | undefined {
    if (blind[kind] === 'not served') return false;
    return discovery.byKind(VIEW_KINDS[kind], kind) !== undefined;
  }
  for (const object of whole) {
    const kind = ALL_KINDS.find(one => one === object.kind);
    if (kind === undefined || blind[kind] !== undefined) continue;
    const row = filled.project(kind, object);
    if (row) filled.put(kind, row);
  }
  for (const [index, event] of (options.events ?? []).entries())
    filled.put('Event', { uid: `event ${index}`, version: undefined, event });
  return filled.view;
}

function completed(literal: Literal): KubeObject {
  const known = ALL_KINDS.find(kind => kind === literal.kind);
  const { namespace, name, ownerReferences } = literal.metadata;
  return structuredClone({
    ...literal,
    apiVersion: literal.apiVersion ?? (known === undefined ? 'v1' : VIEW_KINDS[known]),
    metadata: {
      uid: uidOf(literal.kind, namespace, name),
      ...literal.metadata,
      ...(ownerReferences && {
        ownerReferences: (ownerReferences as { kind: string; name: string }[]).map(owner => ({
          apiVersion: VIEW_KINDS[owner.kind as ViewKind] ?? 'v1',
          uid: uidOf(owner.kind, owner.kind === 'Node' ? undefined : namespace, owner.name),
          ...owner,
        })),
      }),
    },
  }) as KubeObject;
}

const resourceOf = (apiVersion: string, kind: string, resource: string, namespaced: boolean): ApiResource => ({
  ...splitApiVersion(apiVersion),
  apiVersion,
  kind,
  resource,
  singular: kind.toLowerCase(),
  namespaced,
  verbs: VERBS,
  shortNames: [],
  subresources: [],
});

const pluralOf = (kind: string): string => {
  const lower = kind.toLowerCase();
  return lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : lower.endsWith('s') ? `${lower}es` : `${lower}s`;
};

/** What a cluster with these objects serves: the built-in kinds, the kinds of the CRDs and those that are told. */
export function discoveryOf(objects: readonly KubeObject[], served: readonly (ViewKind | ApiResource)[]): Discovery {
  const builtIn = [...ALL_KINDS.map(kind => [VIEW_KINDS[kind], kind] as const), ...OTHERS].flatMap(
    ([apiVersion, kind]) => {
      const found = coreKind(apiVersion, kind);
      return found === undefined ? [] : [{ ...found, verbs: VERBS }];
    },
  );
  const told = served.map(one =>
    typeof one === 'string' ? resourceOf(VIEW_KINDS[one], one, pluralOf(one), !one.startsWith('Cluster')) : one,
  );
  const given = objects
    .filter(({ apiVersion, kind }) => coreKind(apiVersion, kind) === undefined)
    .map(({ apiVersion, kind, metadata }) =>
      resourceOf(apiVersion, kind, pluralOf(kind), metadata.namespace !== undefined),
    );
  return createDiscovery([...builtIn, ...told, ...given, ...objects.flatMap(resourcesOfCrd)], []);
}

function resourcesOfCrd(object: KubeObject): ApiResource[] {
  if (object.kind !== 'CustomResourceDefinition') return [];
  const spec = object.spec as {
    group: string;
    scope?: string;
    names: { kind: string; plural: string };
    versions?: { name: string; served: boolean }[];
  };
  return (spec.versions ?? [])
    .filter(({ served }) => served)
    .map(({ name }) =>
      resourceOf(`${spec.group}/${name}`, spec.names.kind, spec.names.plural, spec.scope !== 'Cluster'),
    );
}
