import type { Clock } from '../../host/clock.ts';
import { PREFIX } from '../../injection/record/markers.ts';
import type { Api, Collection, Page } from '../../kube/client/api.ts';
import type { Failure } from '../../kube/client/http/outcome.ts';
import { eachPage } from '../../kube/client/lists/pages.ts';
import { coreKind } from '../../kube/discovery/core-kinds.ts';
import type { Discovery } from '../../kube/discovery/discovery.ts';
import { type Clean, cleanText, literal, sanitise } from '../../text/sanitise.ts';
import type { Sync } from '../sync.ts';
import type { ClusterView } from './cluster-view.ts';
import { isNamespaced, whyNotRead } from './confined.ts';
import { VIEW_KINDS, type ViewKind } from './kinds.ts';
import { doesServe, servedAs } from './served.ts';
import { ALL_KINDS, createView } from './view.ts';

/** How many lists run in parallel. */
const WIDTH = 10;
/** The deadline of one page, milliseconds. */
const PAGE_MS = 15_000;
/** CRDs carry their schemas, up to a megabyte each. */
const CRDS_A_PAGE = 50;
/**
 * A page of pods is megabytes of text and needs several times that in memory. Watching commands use larger pages,
 * which are faster.
 */
const PODS_A_PAGE = 250;
/** Kinds with long lists, in the order in which they are started, after all others. Pods have by far the longest. */
const LONG: readonly ViewKind[] = [
  'Event',
  'ConfigMap',
  'ReplicaSet',
  'EndpointSlice',
  'CustomResourceDefinition',
  'Pod',
];

/** List options by kind. Triage does not use normal events, and there are very many. */
export const LIST_OPTIONS: { readonly [kind in ViewKind]?: { fieldSelector?: string; limit?: number } } = {
  Event: { fieldSelector: 'type=Warning' },
  CustomResourceDefinition: { limit: CRDS_A_PAGE },
};

/** A view being filled. */
export interface ViewLoading {
  readonly view: ClusterView;
  /** Resolves when these kinds (all by default) are known, or known not to be readable. Never rejects. */
  settled(kinds?: readonly ViewKind[]): Promise<void>;
}

export interface LoadOptions {
  /** All kinds of the view by default. */
  kinds?: readonly ViewKind[];
  /** Nothing beyond this namespace may be read: see `restrictionFor`. */
  onlyNamespace?: string | undefined;
  signal?: AbortSignal;
}

/** What is known while a view is being filled. */
interface Loading {
  readonly api: Pick<Api, 'list' | 'discovery' | 'identity' | 'serverTime'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly options: LoadOptions;
  readonly filled: ReturnType<typeof createView>;
  readonly syncs: Map<ViewKind, Sync>;
  /** Server time of the last answer for each kind. */
  readonly received: Map<ViewKind, number>;
  readonly discovered: ReturnType<Api['discovery']>;
  discovery?: Discovery;
  /** Why the server cannot be reached; then nothing more is read. */
  unreachable?: Clean;
}

/**
 * Reads the cluster once into a view: all kinds in parallel, the short lists first. What cannot be read is blind,
 * with the reason.
 */
export function loadView(
  api: Pick<Api, 'list' | 'discovery' | 'identity' | 'serverTime'>,
  clock: Pick<Clock, 'monotonic'>,
  options: LoadOptions = {},
): ViewLoading {
  const loading = beginLoading(api, clock, options);
  const wanted = options.kinds ?? ALL_KINDS;
  const queue = inOrder(wanted);
  const ends = new Map(queue.map(kind => [kind, Promise.withResolvers<void>()]));
  for (const kind of ALL_KINDS) if (!ends.has(kind)) blind(loading, kind, literal('not read'));

  async function work(): Promise<void> {
    for (let kind = queue.shift(); kind !== undefined; kind = queue.shift()) {
      try {
        await readKind(loading, kind);
      } catch (error) {
        blind(loading, kind, cleanText`cannot make sense of a ${sanitise(kind)}: ${sanitise(error, 300)}`);
      }
      ends.get(kind)?.resolve();
    }
  }
  for (let worker = 0; worker < WIDTH; worker += 1) void work();

  return {
    view: loading.filled.view,
    async settled(kinds = wanted) {
      await Promise.all([loading.discovered, ...kinds.map(kind => ends.get(kind)?.promise)]);
    },
  };
}

/** An empty view, and the discovery that was begun for it. */
function beginLoading(api: Loading['api'], clock: Loading['clock'], options: LoadOptions): Loading {
  const syncs = new Map<ViewKind, Sync>();
  const received = new Map<ViewKind, number>();
  const filled = createView(
    {
      sync: kind => syncs.get(kind) ?? { state: 'waiting' },
      discovery: () => loading.discovery,
      serves: kind => (isNotServed(syncs.get(kind)) ? false : doesServe(loading.discovery, kind)),
      lastReceivedAt: kind => received.get(kind),
      context: api.identity.context,
      onlyNamespace: options.onlyNamespace,
    },
    () => serverNow(api),
  );
  const discovered = api.discovery().then(found => {
    if (found.ok) loading.discovery = found.value;
    return found;
  });
  const loading: Loading = { api, clock, options, filled, syncs, received, discovered };
  return loading;
}

/** Reads all objects of a kind. `isSure`: by the version that discovery gives, also for built-in kinds. */
async function readKind(loading: Loading, kind: ViewKind, isSure = false): Promise<void> {
  const { api, clock, options, syncs } = loading;
  if (loading.unreachable !== undefined) return blind(loading, kind, loading.unreachable);
  const unreadable = whyNotRead(options.onlyNamespace, kind, loading.discovery);
  if (unreadable !== undefined) return blind(loading, kind, unreadable);
  const collection = await collectionOf(loading, kind, isSure);
  if (collection === undefined) return blind(loading, kind, literal('not served'));
  if ('ok' in collection) return blind(loading, kind, reasonOf(collection));
  let loaded = 0;
  const query = {
    timeoutMs: PAGE_MS,
    ...(kind === 'Pod' && { limit: PODS_A_PAGE }),
    ...LIST_OPTIONS[kind],
    ...(isBuiltIn(kind) && { managedFieldsWith: PREFIX }),
    ...(options.signal && { signal: options.signal }),
  };
  for await (const page of eachPage(api, clock, collection, query)) {
    if (!page.ok) return failed(loading, kind, page, isSure);
    loaded += page.value.items.length;
    addPage(loading, kind, page.value, loaded);
  }
  syncs.set(kind, { state: 'live' });
}

/** The collection of a kind: fixed for built-in kinds, from discovery for all others. */
async function collectionOf(
  loading: Loading,
  kind: ViewKind,
  isSure: boolean,
): Promise<Collection | Failure | undefined> {
  if (!isSure && isBuiltIn(kind)) return placed(loading, VIEW_KINDS[kind], kind);
  const found = await loading.discovered;
  if (!found.ok) return found;
  const served = servedAs(found.value, kind);
  if (served) return placed(loading, served.apiVersion, kind);
  return doesServe(found.value, kind) === false ? undefined : placed(loading, VIEW_KINDS[kind], kind);
}

/** The collection in the only namespace that may be read, where there is such a limit. */
const placed = ({ options, discovery }: Loading, apiVersion: string, kind: ViewKind): Collection => ({
  apiVersion,
  kind,
  ...(options.onlyNamespace !== undefined && isNamespaced(kind, discovery) && { namespace: options.onlyNamespace }),
});

function addPage({ api, filled, received, syncs }: Loading, kind: ViewKind, page: Page, loaded: number): void {
  const { items, remaining } = page;
  for (const item of items) {
    const row = filled.project(kind, item);
    if (row) filled.put(kind, row);
  }
  received.set(kind, api.serverTime().now);
  syncs.set(kind, { state: 'loading', loaded, total: remaining === undefined ? undefined : loaded + remaining });
}

async function failed(loading: Loading, kind: ViewKind, failure: Failure, isSure: boolean): Promise<void> {
  // A group may serve the kind only in another version, which is tried then.
  if (failure.status === 404)
    return isSure ? blind(loading, kind, literal('not served')) : readKind(loading, kind, true);
  // If the server has never answered, the other lists would only time out as well.
  if (failure.reason === 'unreachable' && loading.received.size === 0) loading.unreachable = reasonOf(failure);
  blind(loading, kind, reasonOf(failure));
}

function blind({ syncs }: Loading, kind: ViewKind, reason: Clean): void {
  syncs.set(kind, { state: 'blind', reason });
}

/** Whether it is a built-in kind of Kubernetes, with a known version and known fields. */
export const isBuiltIn = (kind: ViewKind): boolean => coreKind(VIEW_KINDS[kind], kind) !== undefined;

/** The short lists first, then the long ones. */
export const inOrder = (kinds: readonly ViewKind[]): ViewKind[] => [
  ...kinds.filter(kind => !LONG.includes(kind)),
  ...LONG.filter(kind => kinds.includes(kind)),
];

function serverNow(api: Pick<Api, 'serverTime'>): number | undefined {
  const { known, now } = api.serverTime();
  return known ? now : undefined;
}

const isNotServed = (sync: Sync | undefined): boolean => sync?.state === 'blind' && sync.reason === 'not served';

/** Why a list could not be read, as short as possible. */
function reasonOf({ reason, message }: Failure): Clean {
  if (reason === 'forbidden' || reason === 'unauthorized') return literal(reason);
  return sanitise(message, 400);
}
